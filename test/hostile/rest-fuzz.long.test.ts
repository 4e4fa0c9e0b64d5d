import { fuzzRest } from './fuzz-rest.ts';

fuzzRest(1_000);
