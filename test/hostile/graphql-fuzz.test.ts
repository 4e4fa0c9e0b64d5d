import { fuzzGraphql } from './fuzz-graphql.ts';

fuzzGraphql(60);
