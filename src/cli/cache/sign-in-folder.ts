import { join } from 'node:path';
import type { Environment } from '../context.ts';
import { tokenFilePath } from '../settings/paths.ts';
import { currentSignInFile, serverFolder, signInName } from '../settings/paths.ts';
import { readPrivateFile } from './private-file.ts';

/** Where things are kept for whoever is signed in to a server, and that sign-in's name. */
export interface SignIn {
  readonly name: string;
  readonly folder: string;
}

/** The place for what is fetched with this token. */
export function signInOf(env: Environment, url: string, token: string): SignIn {
  return named(env, url, signInName(url, token));
}

/**
 * Who is signed in now, by the rules of the token store but without asking the keychain, which would take longer than all the
 * rest. Null where nobody is, or where the token store has something to say first.
 */
export function currentSignIn(env: Environment, url: string): SignIn | null {
  const given = env.DAYPASS_TOKEN ?? '';
  if (given !== '') return signInOf(env, url, given);
  const choice = env.DAYPASS_TOKEN_STORE ?? '';
  if (choice !== '' && choice !== 'file') return null;
  const text = readPrivateFile(tokenFilePath(env));
  if (text === null) return null;
  const token = text === undefined ? null : tokenIn(text, url);
  if (token !== null) return signInOf(env, url, token);
  const name = choice === '' ? readPrivateFile(currentSignInFile(env, url)) : null;
  return typeof name === 'string' && /^[0-9a-f]{16}$/.test(name) ? named(env, url, name) : null;
}

function named(env: Environment, url: string, name: string): SignIn {
  return { name, folder: join(serverFolder(env, url), name) };
}

function tokenIn(text: string, url: string): string | null {
  try {
    const tokens: unknown = JSON.parse(text);
    if (typeof tokens !== 'object' || tokens === null || !Object.hasOwn(tokens, url)) return null;
    const token = (tokens as Record<string, unknown>)[url];
    return typeof token === 'string' ? token : null;
  } catch {
    return null;
  }
}
