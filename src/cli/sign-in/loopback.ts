import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerLocally, serveLocally } from '../local-page.ts';

/** What the browser brought back (RFC 6749, 4.1.2). */
export type Redirected =
  | { readonly is: 'code'; readonly code: string }
  | { readonly is: 'error'; readonly error: string; readonly description: string | null };

export interface Loopback {
  readonly redirectUri: string;
  /** Resolves once, with the first redirect that carries the right state; rejects with NobodyCame after the time limit. */
  readonly redirected: Promise<Redirected>;
  close(): void;
}

const path = '/callback';

/**
 * Waits on a free port of 127.0.0.1 for the browser to come back (RFC 8252, 7.3). Answers one path and one redirect; one
 * with another state is refused and the waiting goes on, because anything on this machine can send it.
 */
export async function listenForRedirect(state: string, timeoutMs: number): Promise<Loopback> {
  let done = false;
  const page = await serveLocally<Redirected>(timeoutMs, (request, response, visit) => {
    const found = done ? null : redirectIn(request, state);
    if (found === null) return refuse(request, response);
    done = true;
    answerLocally(response, 200, 'You can close this window.\n', () => visit(found));
  });
  return { redirectUri: `${page.origin}${path}`, redirected: page.visited, close: page.close };
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
  if (queryAt(request) === null) answerLocally(response, 404, 'Nothing here.\n');
  else answerLocally(response, 400, 'This is not the sign-in that daypass waits for.\n');
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
