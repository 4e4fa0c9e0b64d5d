import { readFileSync } from 'node:fs';
// By its file, here and in the files beside: mercurius requires this build, and graphql refuses two builds in one process.
import { buildSchema, type GraphQLSchema } from 'graphql/index.js';

export const schemaFile = new URL('./schema.graphql', import.meta.url);

/** The schema as schema.graphql says it, without resolvers. */
export function readSchema(): GraphQLSchema {
  return buildSchema(readFileSync(schemaFile, 'utf8'));
}
