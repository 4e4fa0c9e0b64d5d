#!/usr/bin/env node
import { writeSync } from 'node:fs';
import { isFresh, readKept } from './cache/kept-credentials.ts';
import { currentSignIn } from './cache/sign-in-folder.ts';
import type { Environment } from './context.ts';
import type { Format } from './credentials/format.ts';
import { serverAtOnce } from './settings/server-address.ts';

// The `daypass` command. AWS's tools run `daypass creds` again and again, many at once: credentials that are kept are printed
// before anything else is loaded. Every module counts here, and node:crypto and process.stdout count as much as five.
// Whatever is not plain, wrong options included, is left to the program proper, which does the same and says what is the matter.

const args = process.argv.slice(2);
const answered =
  (await answerFromCache(args, process.env)) ||
  (args[0] === 'status' && (await import('./fast-prompt.ts')).answerPrompt(args, process.env));
if (!answered) await (await import('./run-process.ts')).runProcess();

interface Plain {
  readonly entitlement: string;
  readonly format: Format;
  readonly url: string | null;
}

/** Prints credentials that are kept and returns true where what is kept gives it; false where the program has to. */
async function answerFromCache(args: readonly string[], env: Environment): Promise<boolean> {
  const plain = readArguments(args);
  const url = plain === null ? null : serverAtOnce(plain.url, env);
  const signIn = url === null ? null : currentSignIn(env, url);
  if (plain === null || url === null || signIn === null) return false;
  const kept = readKept(signIn, url, plain.entitlement);
  const now = Date.now();
  if (kept === null || !isFresh(kept, now)) return false;
  // Near the end somebody at a terminal is told so, by the program.
  if (Date.parse(kept.credentials.expiration) - now <= 300_000 && process.stderr.isTTY) return false;
  if (plain.format === 'credential-process') printAtOnce(`${kept.line}\n`);
  else printAtOnce((await import('./credentials/format.ts')).formatCredentials(plain.format, kept));
  return true;
}

function readArguments(args: readonly string[]): Plain | null {
  if (args[0] !== 'creds') return null;
  let entitlement: string | null = null;
  let format: Format | null = null;
  let json = false;
  let url: string | null = null;
  for (let index = 1; index < args.length; index++) {
    const arg = args[index] ?? '';
    const value = args[index + 1];
    if (arg === '--json') json = true;
    else if (arg === '--url' && value !== undefined) [url, index] = [value, index + 1];
    else if (arg === '--format') {
      if (value !== 'credential-process' && value !== 'env' && value !== 'json') return null;
      [format, index] = [value, index + 1];
    } else if (entitlement === null && /^[a-z0-9]/.test(arg)) entitlement = arg;
    else return null;
  }
  if (entitlement === null || (json && format === 'env')) return null;
  return { entitlement, format: format ?? (json ? 'json' : 'credential-process'), url };
}

/** Writes to standard output by its number: process.stdout takes a while to come up. */
function printAtOnce(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      // A pipe that is full, and set not to wait: the stream knows how.
      if (code === 'EAGAIN') {
        process.stdout.write(rest);
        return;
      }
      // A reader that went away has seen enough.
      if (code === 'EPIPE') return;
      throw error;
    }
  }
}
