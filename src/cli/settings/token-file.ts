import { constants } from 'node:fs';
import { chmod, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Environment } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import { shellQuote } from '../shell-quote.ts';
import { writeAtomically } from './atomic-write.ts';
import { tokenFilePath } from './paths.ts';
import { isMissing } from './saved.ts';

// Tokens by server address, in a file that only its owner can read, in a directory that only its owner can enter.

type Tokens = Readonly<Record<string, string>>;

/** Throws CliError 78 when others can read the file or change its directory, and when it is damaged. */
export async function readTokenFile(env: Environment): Promise<Tokens> {
  const path = tokenFilePath(env);
  let text: string;
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      // The mode of what was opened, not of what may stand there a moment later.
      refuseShared(path, (await file.stat()).mode, 0o077, '600');
      refuseShared(dirname(path), (await stat(dirname(path))).mode, 0o022, '700');
      text = await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return {};
    if (error instanceof CliError) throw error;
    throw damaged(path);
  }
  return parseTokens(text) ?? throwDamaged(path);
}

export async function writeToken(env: Environment, url: string, token: string): Promise<void> {
  await write(env, { ...(await readTokenFile(env)), [url]: token });
}

/** Returns whether there was one. */
export async function forgetToken(env: Environment, url: string): Promise<boolean> {
  const { [url]: token, ...rest } = await readTokenFile(env);
  if (token === undefined) return false;
  await write(env, rest);
  return true;
}

async function write(env: Environment, tokens: Tokens): Promise<void> {
  const path = tokenFilePath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await chmod(dirname(path), 0o700);
  const content = Buffer.from(`${JSON.stringify(tokens, null, 2)}\n`);
  await writeAtomically(path, content, { mode: 0o600, forceMode: true });
}

function parseTokens(text: string): Tokens | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    const entries = Object.entries(value).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
  } catch {
    return null;
  }
}

function refuseShared(path: string, mode: number, others: number, right: string): void {
  // Windows has no such bits; there the profile directory keeps others out.
  if (process.platform === 'win32' || (mode & others) === 0) return;
  throw new CliError(
    exitCodes.configuration,
    `${path} is open to others and will not be used: run \`chmod ${right} ${shellQuote(path)}\`, then \`daypass login\` for a token nobody has seen`,
  );
}

function damaged(path: string): CliError {
  return new CliError(exitCodes.configuration, `${path} cannot be used: delete it and run \`daypass login\``);
}

function throwDamaged(path: string): never {
  throw damaged(path);
}
