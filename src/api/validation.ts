import { Ajv, type ErrorObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { FastifyInstance } from 'fastify';
import { once } from './once.ts';
import { components } from './rest/schemas/components.ts';

/**
 * Checks input against the schemas of the routes, strictly: unknown fields are errors, nothing is removed, and a body is
 * taken as it was sent. Only parameters in the address, which are always text, are read as the type they are declared as.
 */
export function installValidation(app: FastifyInstance): void {
  const strict = once(() => compiler(false));
  const fromText = once(() => compiler(true));
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    const compiled = once(() => (httpPart === 'body' ? strict() : fromText()).compile(schema));
    const validate = (data: unknown): boolean => {
      const ok = compiled()(data);
      validate.errors = compiled().errors ?? null;
      return ok;
    };
    validate.errors = null as ErrorObject[] | null;
    return validate;
  });
}

function compiler(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({
    // All faults at once; bodies are small and lists in them are bounded.
    allErrors: true,
    verbose: true,
    removeAdditional: false,
    coerceTypes,
    useDefaults: false,
    allowUnionTypes: true,
    // Schemas also carry words for the contract (examples and the like).
    strict: true,
    keywords: ['example'],
  });
  addFormats.default(ajv, ['date-time']);
  for (const schema of components) ajv.addSchema(schema);
  return ajv;
}
