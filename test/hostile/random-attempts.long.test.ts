import { tryAtRandom } from './random-attempts.ts';

tryAtRandom(5_000);
