import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import { type Problem, problemBody } from './problem.ts';

/**
 * Answers what never became a call: bytes that are not HTTP, headers without end, clients that do not finish. As problem
 * details too, and then the connection is closed, since nobody knows where the next call in it would begin (RFC 9112, 9.6).
 */
export function answerClientErrors(log: FastifyBaseLogger) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    // Reset by the other side: nobody is there to be told.
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const requestId = randomUUID();
    const problem = problemOf(error.code ?? '');
    log.debug({ reqId: requestId, code: error.code ?? null, status: problem.status }, 'not a call');
    if (socket.writable) socket.write(answer(problem, requestId));
    socket.destroy();
  };
}

function problemOf(code: string): Problem {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'too_slow', detail: 'The call took too long to arrive.', extra: {} };
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        code: 'too_large',
        detail: 'The headers are too large: at most 16 KiB.',
        extra: {},
      };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'too_large', detail: 'The chunk extensions are too large.', extra: {} };
    default:
      return { status: 400, code: 'invalid_input', detail: 'This is not a valid HTTP/1.1 call.', extra: {} };
  }
}

function answer(problem: Problem, requestId: string): string {
  const body = JSON.stringify(problemBody(problem, requestId));
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'x-content-type-options: nosniff',
    `x-request-id: ${requestId}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
