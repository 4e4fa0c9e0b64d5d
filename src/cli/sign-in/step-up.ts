import type { Me } from '../api.ts';
import type { Context } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { CliError, exitCodes } from '../exit.ts';
import { askForCode } from '../prompt.ts';
import type { Challenge } from '../server/challenge.ts';
import { problemError } from '../server/problem.ts';
import { send } from '../server/send.ts';
import { tokenStore } from '../settings/token-store.ts';
import { revoke, signIn } from './sign-in.ts';

const tries = 3;

/**
 * Meets a step-up challenge with the person at the terminal and returns the new token, which takes the old one's place.
 * Throws CliError 4 when somebody else signed in: what was begun by one person is not finished by another.
 */
export async function signInAgain(
  context: Context,
  url: string,
  challenge: Challenge,
  oldToken: string,
): Promise<string> {
  context.terminal.err('This needs a stronger or fresher sign-in.\n');
  const before = await whoHas(url, oldToken);
  const token = await signIn(context, url, { demand: challenge, openBrowser: true });
  const after = await whoHas(url, token);
  if (before.id !== after.id) {
    await revoke(url, token);
    throw new CliError(
      exitCodes.signInNeeded,
      `${nameOf(after)} signed in, but this was begun by ${nameOf(before)}: run daypass login to change over`,
    );
  }
  await tokenStore(context.env).save(url, token);
  await revoke(url, oldToken);
  return token;
}

/** Asks for a one-time code, at most three times. */
export async function enterCode(context: Context, verify: (code: string) => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt++) {
    if (await verify(await askForCode())) return;
    context.terminal.err('That code is wrong or was used before; wait for the next one.\n');
  }
  throw new CliError(exitCodes.denied, 'no right code in three tries');
}

async function whoHas(url: string, token: string): Promise<Me> {
  const answer = await send(url, { method: 'GET', path: '/v1/me' }, token);
  if (answer.status !== 200) throw problemError(answer);
  return answer.body as Me;
}
