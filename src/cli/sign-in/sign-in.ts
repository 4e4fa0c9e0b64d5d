import type { Context } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Challenge } from '../server/challenge.ts';
import { problemError } from '../server/problem.ts';
import { send } from '../server/send.ts';
import { openBrowser } from './browser.ts';
import { NobodyCame } from '../local-page.ts';
import { listenForRedirect, type Redirected } from './loopback.ts';
import { newPkce, randomToken } from './pkce.ts';

const clientId = 'daypass-cli';
const patienceMs = 5 * 60_000;

export interface SignInOptions {
  /** What the server asked for beyond an ordinary sign-in. */
  readonly demand: Challenge;
  /** False: only print the address. */
  readonly openBrowser: boolean;
}

/**
 * Signs a person in through their browser: authorization code with PKCE and a loopback redirect (RFC 8252). Returns the access
 * token. Throws CliError 3 when the sign-in was refused, 5 when nobody came back within five minutes, 6 when the server failed.
 */
export async function signIn(context: Context, url: string, options: SignInOptions): Promise<string> {
  await requireServer(url);
  const state = randomToken();
  const pkce = newPkce();
  const loopback = await listenForRedirect(state, patienceMs);
  try {
    const address = authorizeUrl(url, loopback.redirectUri, state, pkce.challenge, options.demand);
    context.terminal.err(`Sign in with your browser at\n${address}\n`);
    let waiting = true;
    const notOpened = () => {
      if (waiting)
        context.terminal.err(`No browser could be opened: open this address yourself\n${address}\n`);
    };
    if (options.openBrowser) await openBrowser(context.env, address, notOpened);
    const code = codeOf(await loopback.redirected.finally(() => (waiting = false)));
    return await exchange(url, code, loopback.redirectUri, pkce.verifier);
  } catch (error) {
    if (!(error instanceof NobodyCame)) throw error;
    throw new CliError(exitCodes.pending, 'nobody signed in within 5 minutes: run it again');
  } finally {
    loopback.close();
  }
}

// Before the person is sent to a page that would not open, and five minutes of waiting for nothing.
async function requireServer(url: string): Promise<void> {
  const call = { method: 'GET', path: '/.well-known/oauth-authorization-server', timeoutMs: 10_000 } as const;
  const answer = await send(url, call, null);
  if (answer.status >= 500) throw problemError(answer);
}

/** Ends a token for good (RFC 7009). False when the server could not be reached: then it lives until it expires. */
export async function revoke(url: string, token: string): Promise<boolean> {
  const body = new URLSearchParams({ token, token_type_hint: 'access_token', client_id: clientId });
  try {
    const answer = await send(url, { method: 'POST', path: '/oauth/revoke', body, timeoutMs: 10_000 }, null);
    return answer.status < 300;
  } catch {
    return false;
  }
}

function authorizeUrl(
  url: string,
  redirectUri: string,
  state: string,
  codeChallenge: string,
  demand: Challenge,
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
    ...(demand.acrValues === null ? {} : { acr_values: demand.acrValues }),
    ...(demand.maxAge === null ? {} : { max_age: String(demand.maxAge) }),
  });
  return `${url}/oauth/authorize?${query.toString()}`;
}

function codeOf(redirected: Redirected): string {
  if (redirected.is === 'code') return redirected.code;
  const { error, description } = redirected;
  const later = error === 'temporarily_unavailable' || error === 'server_error';
  throw new CliError(
    later ? exitCodes.unavailable : exitCodes.denied,
    `the sign-in failed: ${printable(description ?? error)}`,
  );
}

async function exchange(url: string, code: string, redirectUri: string, verifier: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  const answer = await send(url, { method: 'POST', path: '/oauth/token', body }, null);
  const token = textIn(answer.body, 'access_token');
  if (answer.status === 200 && token !== null) return token;
  // This endpoint speaks OAuth (RFC 6749, 5.2) unless the fault lies deeper.
  const why = textIn(answer.body, 'error_description') ?? textIn(answer.body, 'detail') ?? 'run it again';
  throw new CliError(
    answer.status >= 500 || answer.status === 200 ? exitCodes.unavailable : exitCodes.denied,
    `the server gave no token for this sign-in: ${printable(why)}`,
  );
}

function textIn(body: unknown, name: string): string | null {
  if (typeof body !== 'object' || body === null) return null;
  const value: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof value === 'string' && value !== '' ? value : null;
}
