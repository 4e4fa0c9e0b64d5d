import type { ExecutionResult } from 'graphql/index.js';
import { GraphQLError } from 'graphql/index.js';
import type { FastifyRequest } from 'fastify';
import { type Problem, toProblem } from '../problem.ts';

interface Answer {
  readonly statusCode: number;
  readonly response: { data: Record<string, unknown> | null; errors: GraphQLError[] };
}

/**
 * The errors that a caller may see, each with `extensions.code` and the id of the call. Texts of unknown errors stay in the
 * log. A document that does not parse or validate is the caller's, and is told what is wrong, without its values.
 */
export function answerErrors(
  execution: { readonly data?: ExecutionResult['data']; readonly errors?: readonly GraphQLError[] },
  request: FastifyRequest,
): Answer {
  const errors = (execution.errors ?? []).map((error) => masked(error, request));
  return { statusCode: 200, response: { data: execution.data ?? null, errors } };
}

/** Errors of a document that was refused before anything ran; null when the error is something else. */
export function documentErrors(error: unknown): readonly GraphQLError[] | null {
  if (error instanceof GraphQLError) return [error];
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'MER_ERR_GQL_VALIDATION') return null;
  const errors: unknown = 'errors' in error ? error.errors : null;
  if (!Array.isArray(errors)) return [new GraphQLError('The query is not valid.')];
  return (errors as unknown[]).map((e) =>
    e instanceof GraphQLError
      ? e
      : new GraphQLError(e instanceof Error ? e.message : 'The query is not valid.'),
  );
}

function masked(error: GraphQLError, request: FastifyRequest): GraphQLError {
  // No original error: graphql itself refused the document or its variables.
  const original = error.originalError;
  if (original === undefined || original instanceof GraphQLError) {
    return shown(error, unrepeated(error.message), 'invalid_input', {}, request);
  }
  const problem: Problem = toProblem(original);
  if (problem.status >= 500) request.log.error({ err: original, code: problem.code }, 'field failed');
  return shown(error, problem.detail, problem.code, problem.extra, request);
}

// graphql's own texts repeat what was sent: values, of which one can be a token that slipped, and names. Names stay where they
// look like words.
const word = /^(?:[$@]?\[*[A-Za-z_]{1,32}(?:\.[A-Za-z_]{1,32})?[!\]]*|[^A-Za-z0-9]{1,3})$/;

function unrepeated(message: string): string {
  return message
    .replace(/ got invalid value [\s\S]*$/, ' got an invalid value.')
    .replace(/ value: [\s\S]*$/, ' value.')
    .replace(/^(Expected value of type "[^"]*"), found [\s\S]*$/, '$1.')
    .replace(/\b(Name|String|BlockString|Int|Float) "[\s\S]*"/, '$1')
    .replaceAll(/"([^"]*)"/g, (quoted, name: string) => (word.test(name) ? quoted : '"…"'));
}

function shown(
  error: GraphQLError,
  message: string,
  code: string,
  extra: Readonly<Record<string, unknown>>,
  request: FastifyRequest,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions: { ...extra, code, requestId: request.id },
  });
}
