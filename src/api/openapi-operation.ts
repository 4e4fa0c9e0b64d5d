import type { RouteOptions } from 'fastify';
import type { Rule } from './authorisation.ts';
import { ref } from './rest/schemas/ref.ts';
import { Problem } from './rest/schemas/problem.ts';

declare module 'fastify' {
  interface FastifySchema {
    /** Refusals particular to this operation, by status; what every operation can answer is added. */
    problems?: Readonly<Record<number, string>>;
    /** The name of the operation in the contract; filled in from the authorisation table. */
    operationId?: string;
  }
}

const always: Readonly<Record<number, string>> = {
  400: 'The input is not valid; `errors` lists every field.',
  429: 'Too many calls; `Retry-After` says when to try again.',
  500: 'A fault of Daypass; give the request id to an operator.',
  503: 'Something that Daypass needs is out of reach; try again.',
};
const whenSignedIn: Readonly<Record<number, string>> = {
  401: 'Not signed in, or not strongly enough: WWW-Authenticate says what is needed (RFC 9470).',
  403: 'Signed in, and not allowed.',
};

/**
 * Completes a REST route's description from its rule: name, security and the problems it can answer. Routes without a
 * schema or hidden ones (pages) are left alone.
 */
export function describeOperation(route: RouteOptions, rule: Rule): void {
  const schema = route.schema;
  const operation = route.config?.operation;
  if (schema === undefined || schema.hide === true || operation === undefined) return;
  const problems = { ...always, ...(rule.who === 'anyone' ? {} : whenSignedIn), ...schema.problems };
  const response: Record<string, unknown> = { ...(schema.response as Record<string, unknown> | undefined) };
  for (const [status, description] of Object.entries(problems)) {
    response[status] ??= {
      description,
      content: { 'application/problem+json': { schema: ref(Problem) } },
    };
  }
  schema.operationId = operation;
  schema.description ??= rule.note;
  schema.security = rule.credential === 'bearer' ? [{ bearer: [] }] : [];
  schema.response = response;
}
