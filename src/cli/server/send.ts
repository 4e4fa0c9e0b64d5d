import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';

/** One call of the REST API. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the server's address, with its leading slash. */
  readonly path: string;
  /** Left out where undefined. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON; a URLSearchParams as a form. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** 30 seconds when left out. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  /** The parsed JSON; null when there is none. */
  readonly body: unknown;
  readonly challenge: string | null;
}

/**
 * Sends one call, with a token if there is one. Follows no redirects: the token is for this server alone. Throws CliError 6
 * when the server cannot be reached in time or answers with what is no JSON.
 */
export async function send(url: string, call: Call, token: string | null): Promise<Answer> {
  const response = await reach(url, call, token);
  if (response.status >= 300 && response.status < 400) {
    const to = printable(response.headers.get('location') ?? 'elsewhere');
    throw new CliError(
      exitCodes.unavailable,
      `${url} sends us on to ${to}: give the address of Daypass itself (--url)`,
    );
  }
  const challenge = response.headers.get('www-authenticate');
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text().catch(() => {
    throw new CliError(exitCodes.unavailable, `the connection to ${url} broke: try again`);
  });
  if (text === '') return { status: response.status, body: null, challenge };
  const body = /^application\/(?:[a-z.-]+\+)?json\b/i.test(type) ? parsed(text) : undefined;
  if (body === undefined) {
    throw new CliError(
      exitCodes.unavailable,
      `${url} answered ${response.status} with something that is not Daypass's: is the address right?`,
    );
  }
  return { status: response.status, body, challenge };
}

async function reach(url: string, call: Call, token: string | null): Promise<Response> {
  const form = call.body instanceof URLSearchParams;
  try {
    return await fetch(`${url}${call.path}${queryOf(call)}`, {
      method: call.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(call.timeoutMs ?? 30_000),
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(call.body === undefined || form ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
      ...bodyOf(call),
    });
  } catch (error) {
    const why =
      error instanceof Error && error.name === 'TimeoutError'
        ? 'did not answer in time'
        : 'cannot be reached';
    throw new CliError(exitCodes.unavailable, `${url} ${why}${causeOf(error)}: try again in a moment`);
  }
}

function bodyOf(call: Call): { body?: string | URLSearchParams } {
  if (call.body === undefined) return {};
  return { body: call.body instanceof URLSearchParams ? call.body : JSON.stringify(call.body) };
}

function queryOf(call: Call): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.append(name, String(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${printable(code)})` : '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
