import type { Me } from '../api.ts';
import { type Context, show } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { problemError } from '../server/problem.ts';
import { send } from '../server/send.ts';
import { saveUrl } from '../settings/saved.ts';
import { chooseServer } from '../settings/server-url.ts';
import { type TokenStore, tokenStore } from '../settings/token-store.ts';
import { revoke, signIn } from '../sign-in/sign-in.ts';

export interface LoginOptions {
  /** commander's name for --no-browser. */
  readonly browser: boolean;
  /** The acr values to ask for; true for --step-up alone. */
  readonly stepUp?: string | true;
  /** Seconds. */
  readonly maxAge?: number;
}

/** Signs in and keeps the token; what was signed in before is ended. */
export async function login(context: Context, options: LoginOptions): Promise<void> {
  const url = await chooseServer(context);
  const tokens = tokenStore(context.env);
  if (!tokens.writable) {
    throw new CliError(
      exitCodes.configuration,
      'DAYPASS_TOKEN is set and would go before any sign-in: unset it first',
    );
  }
  refuseWithoutPerson(context, options);
  // Told before the person takes the trouble: a store that cannot be used is no place for a token.
  const old = await tokens.read(url);
  const token = await signIn(context, url, { demand: demandOf(options), openBrowser: options.browser });
  const me = await whoHas(url, token);
  const place = await tokens.save(url, token);
  if (old !== null) await revoke(url, old);
  await saveUrl(context.env, url);
  show(
    context,
    { url, ...me },
    () =>
      `Signed in to ${url} as ${nameOf(me)}, ${printable(me.assurance.level)}. The token is in ${place}.\n`,
  );
}

/** Ends the sign-in at the server and forgets the token here. */
export async function logout(context: Context): Promise<void> {
  const url = await chooseServer(context);
  const tokens: TokenStore = tokenStore(context.env);
  const token = await tokens.read(url);
  const revoked = token === null ? false : await revoke(url, token);
  await tokens.forget(url);
  if (token !== null && !revoked) {
    throw new CliError(
      exitCodes.unavailable,
      `the token is forgotten here, but ${url} could not be told: there it lives until it expires`,
    );
  }
  show(context, { url, signedOut: revoked }, () =>
    revoked ? `Signed out of ${url}.\n` : `You were not signed in to ${url}.\n`,
  );
}

// Without a terminal nobody watches for a browser to open; BROWSER and --no-browser say that somebody has thought of it.
function refuseWithoutPerson(context: Context, options: LoginOptions): void {
  if (context.terminal.person || !options.browser || (context.env.BROWSER ?? '') !== '') return;
  throw new CliError(
    exitCodes.signInNeeded,
    'nobody is there to sign in: run daypass login in a terminal, or daypass login --no-browser',
  );
}

function demandOf(options: LoginOptions): { acrValues: string | null; maxAge: number | null } {
  const acrValues = typeof options.stepUp === 'string' && options.stepUp !== '' ? options.stepUp : null;
  if (options.maxAge !== undefined) return { acrValues, maxAge: options.maxAge };
  // --step-up that names no strength asks for a fresh proof at least.
  return { acrValues, maxAge: options.stepUp !== undefined && acrValues === null ? 0 : null };
}

async function whoHas(url: string, token: string): Promise<Me> {
  const answer = await send(url, { method: 'GET', path: '/v1/me' }, token);
  if (answer.status !== 200) throw problemError(answer);
  return answer.body as Me;
}
