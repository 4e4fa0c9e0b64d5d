import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the browser brought back (RFC 6749, 4.1.2). */
export type Redirected =
  | { readonly is: 'code'; readonly code: string }
  | { readonly is: 'error'; readonly error: string; readonly description: string | null };

export interface Loopback {
  readonly redirectUri: string;
  /** Resolves once, with the first redirect that carries the right state; rejects after the time limit. */
  readonly redirected: Promise<Redirected>;
  close(): void;
}

const path = '/callback';

/** Thrown when the browser did not come back in time. */
export class NobodyCame extends Error {}

/**
 * Waits on a free port of 127.0.0.1 for the browser to come back (RFC 8252, 7.3). Answers one path and one redirect; one
 * with another state is refused and the waiting goes on, because anything on this machine can send it.
 */
export async function listenForRedirect(state: string, timeoutMs: number): Promise<Loopback> {
  const { promise, resolve, reject } = Promise.withResolvers<Redirected>();
  let done = false;
  const server = createServer((request, response) => {
    const found = done ? null : redirectIn(request, state);
    if (found === null) return refuse(request, response);
    done = true;
    answer(response, 200, 'You can close this window.\n', () => resolve(found));
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen({ host: '127.0.0.1', port: 0 }, listening);
  });
  const timer = setTimeout(() => reject(new NobodyCame()), timeoutMs);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return {
    redirectUri: `http://127.0.0.1:${address.port}${path}`,
    redirected: promise,
    close: () => {
      clearTimeout(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

function redirectIn(request: IncomingMessage, state: string): Redirected | null {
  const query = queryAt(request);
  if (query === null || !sameText(query.get('state') ?? '', state)) return null;
  const code = query.get('code');
  const error = query.get('error');
  if (error !== null) return { is: 'error', error, description: query.get('error_description') };
  return code === null || code === '' ? null : { is: 'code', code };
}

function queryAt(request: IncomingMessage): URLSearchParams | null {
  const target = request.url ?? '';
  const [pathname, ...rest] = target.split('?');
  return request.method === 'GET' && pathname === path ? new URLSearchParams(rest.join('?')) : null;
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  if (queryAt(request) === null) answer(response, 404, 'Nothing here.\n');
  else answer(response, 400, 'This is not the sign-in that daypass waits for.\n');
}

function answer(response: ServerResponse, status: number, text: string, sent?: () => void): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
  response.writeHead(status, headers).end(text, sent);
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
