import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A page on this machine that waits for one browser. */
export interface LocalPage<T> {
  /** Such as `http://127.0.0.1:49152`. */
  readonly origin: string;
  /** Resolves once, with what the browser brought; rejects with NobodyCame after the time limit. */
  readonly visited: Promise<T>;
  readonly close: () => void;
}

/** Thrown when the browser did not come in time. */
export class NobodyCame extends Error {}

/**
 * Waits on a free port of 127.0.0.1 for a browser.
 * @param handle answers each call; it calls `visit` once the right one has had its answer
 * @param timeoutMs how long to wait, in milliseconds
 */
export async function serveLocally<T>(
  timeoutMs: number,
  handle: (request: IncomingMessage, response: ServerResponse, visit: (brought: T) => void) => void,
): Promise<LocalPage<T>> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const server = createServer((request, response) => handle(request, response, resolve));
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen({ host: '127.0.0.1', port: 0 }, listening);
  });
  const timer = setTimeout(() => reject(new NobodyCame()), timeoutMs);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    visited: promise,
    close: () => {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Answers in plain text that nobody keeps. @param sent called once the answer is on its way */
export function answerLocally(
  response: ServerResponse,
  status: number,
  text: string,
  sent?: () => void,
): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  response.writeHead(status, headers).end(text, sent);
}
