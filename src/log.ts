import { DrizzleQueryError } from 'drizzle-orm';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

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
    serializers: { err: serializeError, error: serializeError },
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization', 'headers.cookie'],
      censor: '[secret]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  // Its message holds the query's parameters; the cause says what went wrong.
  if (error instanceof DrizzleQueryError) {
    const cause = error.cause instanceof Error ? error.cause : new Error('query failed');
    return { ...plain(cause), query: error.query };
  }
  return plain(error);
}

function plain(error: Error): Record<string, unknown> {
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error ? { code: error.code } : {};
  return { type, message, ...code, stack };
}
