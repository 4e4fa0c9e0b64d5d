import { readKnownGrants } from './cache/known-grants.ts';
import { currentSignIn } from './cache/sign-in-folder.ts';
import type { Environment } from './context.ts';
import { promptText } from './credentials/prompt-text.ts';
import { serverAtOnce } from './settings/server-address.ts';

/** Prints what `status --prompt` says, from what is kept alone. False where these arguments are not that. */
export function answerPrompt(args: readonly string[], env: Environment): boolean {
  const rest = args.slice(1).filter((arg) => arg !== '--prompt' && arg !== '--json');
  if (args[0] !== 'status' || !args.includes('--prompt')) return false;
  if (rest.length !== 0 && !(rest.length === 2 && rest[0] === '--url')) return false;
  process.stdout.write(promptLine(env, rest[1] ?? null, args.includes('--json'), Date.now()));
  return true;
}

/** The line for a server (--url or null); empty where nothing is known. Never asks the server. `now` in milliseconds. */
export function promptLine(env: Environment, option: string | null, json: boolean, now: number): string {
  const url = serverAtOnce(option, env);
  const signIn = url === null ? null : currentSignIn(env, url);
  return promptText(signIn === null ? [] : readKnownGrants(signIn, now), now, json);
}
