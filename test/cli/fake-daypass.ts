import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A call that the fake service got. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON or the fields of a form; null without a body. */
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeDaypass extends AsyncDisposable {
  readonly url: string;
  readonly calls: Got[];
  /** Answers a method and path, such as `GET /v1/me`, or never; the last one set counts. */
  on(operation: string, answer: Reply | ((got: Got) => Reply | 'never')): void;
  /** Methods and paths in the order they were called. */
  called(): string[];
}

/** Something that speaks Daypass's REST API as a test wants it: what is not set answers 404 as the service does. */
export async function startFakeDaypass(): Promise<FakeDaypass> {
  const calls: Got[] = [];
  const answers = new Map<string, (got: Got) => Reply | 'never'>();
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const got: Got = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: bodyOf(text, request.headers['content-type'] ?? ''),
      };
      calls.push(got);
      const reply =
        answers.get(`${got.method} ${got.path}`)?.(got) ??
        problem(404, 'not_found', 'There is no such thing.');
      if (reply === 'never') return;
      const status = reply.status ?? 200;
      const type = status >= 400 ? 'application/problem+json' : 'application/json; charset=utf-8';
      response.writeHead(status, { 'content-type': type, ...reply.headers });
      response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    on: (operation, answer) =>
      void answers.set(operation, typeof answer === 'function' ? answer : () => answer),
    called: () => calls.map(({ method, path }) => `${method} ${path}`),
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function bodyOf(text: string, type: string): unknown {
  if (text === '') return null;
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text));
  return JSON.parse(text);
}

export function problem(status: number, code: string, detail: string, extra: object = {}): Reply {
  return { status, body: { title: code, status, code, detail, requestId: 'call_123', ...extra } };
}

/** The 401 of RFC 9470. */
export function stepUpNeeded(extra: object = {}): Reply {
  return {
    ...problem(401, 'insufficient_assurance', 'This needs a multi-factor sign-in.', extra),
    headers: {
      'www-authenticate':
        'Bearer error="insufficient_user_authentication", error_description="more", acr_values="mfa strong", max_age=3600',
    },
  };
}

/** Who the bearer of a call is: the token tells. */
export function meOf(got: Got): Reply {
  const token = got.headers.authorization?.replace('Bearer ', '') ?? '';
  if (token === '' || token === 'revoked') {
    return {
      ...problem(401, 'unauthenticated', 'Sign in.'),
      headers: { 'www-authenticate': 'Bearer realm="daypass"' },
    };
  }
  return {
    body: {
      id: token === 'somebody-else' ? 'prs_2' : 'prs_1',
      name: token === 'somebody-else' ? 'Mallory' : 'Erin',
      groups: ['engineers'],
      roles: { auditor: false, operator: false },
      assurance: { level: 'multi-factor', authenticatedAt: '2026-11-22T10:00:00Z' },
      signIn: { id: 'sgn_1', client: 'cli', expiresAt: '2026-11-22T22:00:00Z' },
    },
  };
}
