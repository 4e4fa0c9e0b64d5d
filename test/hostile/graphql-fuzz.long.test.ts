import { fuzzGraphql } from './fuzz-graphql.ts';

fuzzGraphql(600);
