import { DrizzleQueryError } from './db/drizzle.ts';
import { type DestinationStream, type Logger, pino } from 'pino';

/**
 * The service's log: JSON lines. Values of queries never reach it (they can be people's words or hashes of tokens), and a
 * `Secret` prints as a placeholder wherever it stands.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service: 'daypass' },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      err: (error: unknown) => serializeError(error),
      error: (error: unknown) => serializeError(error),
    },
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization', 'headers.cookie'],
      censor: '[secret]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

// Causes one by one: an error's own text never holds the values of a query, wherever in the chain the query failed.
function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error))
    return { message: typeof error === 'string' ? error : 'something that is no error was thrown' };
  return {
    type: error.name,
    message: messageOf(error),
    ...('code' in error ? { code: error.code } : {}),
    ...(error instanceof DrizzleQueryError ? { query: error.query } : {}),
    stack: frames(error),
    ...(error.cause === undefined || depth >= 4 ? {} : { cause: serializeError(error.cause, depth + 1) }),
  };
}

/** What an error says, without the values of a query that failed. */
export function messageOf(error: unknown): string {
  if (error instanceof DrizzleQueryError)
    return error.cause instanceof Error ? error.cause.message : 'a query failed';
  return error instanceof Error ? error.message : String(error);
}

// A stack begins with the message, which for a failed query holds its values.
function frames(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
