import fastJsonStringify, { type Schema } from 'fast-json-stringify';
import type { FastifyInstance } from 'fastify';
import { once } from './once.ts';
import { components } from './rest/schemas/components.ts';

/**
 * Writes answers by the schemas of the routes: what a schema does not name is left out, and so never leaves by mistake.
 */
export function installSerialisation(app: FastifyInstance): void {
  const named = Object.fromEntries(components.map((schema) => [schema.$id, schema as Schema]));
  app.setSerializerCompiler<Schema>(({ schema }) => {
    const compiled = once(() => fastJsonStringify(schema, { schema: named }));
    return (data) => compiled()(data);
  });
}
