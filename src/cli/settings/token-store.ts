import { forgetServer, keepCurrentSignIn } from '../cache/keep.ts';
import { currentSignIn, signInOf } from '../cache/sign-in-folder.ts';
import type { Environment } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import { tokenFilePath } from './paths.ts';
import { forgetToken, readTokenFile, writeToken } from './token-file.ts';

/** Where the tokens are, one for each server. Whatever else is kept for a server is forgotten when its token changes. */
export interface TokenStore {
  read(url: string): Promise<string | null>;
  /** Returns where it was put, for people. */
  save(url: string, token: string): Promise<string>;
  forget(url: string): Promise<boolean>;
  /** False when the token is given from outside (DAYPASS_TOKEN) and cannot be exchanged for a stronger one. */
  readonly writable: boolean;
}

/** DAYPASS_TOKEN where set; else the keychain, and a file of mode 0600 where that does not work or DAYPASS_TOKEN_STORE=file. */
export function tokenStore(env: Environment): TokenStore {
  const given = env.DAYPASS_TOKEN;
  if (given !== undefined && given !== '') return givenToken(env, given);
  const choice = env.DAYPASS_TOKEN_STORE ?? '';
  if (choice !== '' && choice !== 'file') {
    throw new CliError(
      exitCodes.configuration,
      'DAYPASS_TOKEN_STORE can only be `file`; unset it for the keychain',
    );
  }
  return storedTokens(env, choice !== 'file');
}

function givenToken(env: Environment, token: string): TokenStore {
  if (!/^[A-Za-z0-9._~+/-]+=*$/.test(token)) {
    throw new CliError(
      exitCodes.configuration,
      'DAYPASS_TOKEN is not a token: it has characters that no token has',
    );
  }
  return {
    read: () => Promise.resolve(token),
    save: () =>
      Promise.reject(new CliError(exitCodes.configuration, 'DAYPASS_TOKEN is set: unset it to sign in')),
    async forget(url) {
      await forgetServer(env, url);
      return false;
    },
    writable: false,
  };
}

function storedTokens(env: Environment, useKeychain: boolean): TokenStore {
  return {
    writable: true,
    // The file first: it is there only when the keychain did not work, and the keychain's code takes time to load.
    async read(url) {
      const token = (await readTokenFile(env))[url];
      if (token !== undefined || !useKeychain) return token ?? null;
      const { readKeychain } = await import('./keychain.ts');
      const kept = await readKeychain(url);
      if (kept !== null && currentSignIn(env, url)?.name !== signInOf(env, url, kept).name) {
        await keepCurrentSignIn(env, url, signInOf(env, url, kept).name);
        // A logout at this very moment must not be undone.
        if ((await readKeychain(url)) !== kept) await forgetServer(env, url);
      }
      return kept;
    },
    async save(url, token) {
      if (useKeychain) {
        const { writeKeychain } = await import('./keychain.ts');
        if (await writeKeychain(url, token)) {
          await forgetToken(env, url);
          await forgetServer(env, url);
          await keepCurrentSignIn(env, url, signInOf(env, url, token).name);
          return 'the keychain';
        }
      }
      await writeToken(env, url, token);
      await forgetServer(env, url);
      return tokenFilePath(env);
    },
    async forget(url) {
      try {
        const inFile = await forgetToken(env, url);
        if (!useKeychain) return inFile;
        const { forgetKeychain } = await import('./keychain.ts');
        return (await forgetKeychain(url)) || inFile;
      } finally {
        await forgetServer(env, url);
      }
    },
  };
}
