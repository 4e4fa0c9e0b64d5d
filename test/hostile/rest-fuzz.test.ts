import { fuzzRest } from './fuzz-rest.ts';

fuzzRest(60);
