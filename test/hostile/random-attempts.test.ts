import { tryAtRandom } from './random-attempts.ts';

tryAtRandom(500);
