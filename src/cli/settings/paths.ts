import { isAbsolute, join } from 'node:path';
import type { Environment } from '../context.ts';

/** Where Daypass keeps its settings, by the XDG Base Directory Specification: relative values are ignored. */
export function configDirectory(env: Environment): string {
  return xdg(env.XDG_CONFIG_HOME, '.config', env);
}

/** Where Daypass keeps its tokens when the keychain does not work, and what it knows of running grants. */
export function stateDirectory(env: Environment): string {
  return xdg(env.XDG_STATE_HOME, '.local/state', env);
}

/** The settings file. */
export function settingsPath(env: Environment): string {
  return join(configDirectory(env), 'config.json');
}

/** The tokens, where the keychain is not used. */
export function tokenFilePath(env: Environment): string {
  return join(stateDirectory(env), 'tokens.json');
}

/** Where compiled code may be kept between runs. */
export function cacheDirectory(env: Environment): string {
  return xdg(env.XDG_CACHE_HOME, '.cache', env);
}

/** The home directory: HOME where it is set. */
export function home(env: Environment): string {
  if (env.HOME !== undefined && isAbsolute(env.HOME)) return env.HOME;
  // Loaded where it is needed, which is seldom: what `creds` answers from the cache is over in a moment.
  return process.getBuiltinModule('node:os').homedir();
}

function xdg(value: string | undefined, standard: string, env: Environment): string {
  const base = value !== undefined && isAbsolute(value) ? value : join(home(env), standard);
  return join(base, 'daypass');
}

// What is kept between runs of grants and credentials: credentials/<server>/<sign-in>/… and credentials/locks/…, every folder of
// mode 0700, every file 0600. Servers, sign-ins and entitlements are named by fingerprints, so that no token is in a name.

/** Everything that is kept. */
export function cacheFolder(env: Environment): string {
  return join(stateDirectory(env), 'credentials');
}

/** What is kept for one server. */
export function serverFolder(env: Environment, url: string): string {
  return join(cacheFolder(env), fingerprint(url));
}

/** Names a sign-in without telling its token: a new sign-in, of whomever, has a new name. */
export function signInName(url: string, token: string): string {
  return fingerprint(`${url}\n${token}`);
}

/** Says which sign-in the keychain holds for a server, so that nobody has to look there. */
export function currentSignInFile(env: Environment, url: string): string {
  return join(serverFolder(env, url), 'signed-in');
}

/** The credentials of one entitlement, in the folder of a sign-in. */
export function credentialsFile(folder: string, entitlement: string): string {
  return join(folder, `creds-${fingerprint(entitlement)}.json`);
}

/** The grants that were seen last, in the folder of a sign-in. */
export function grantsFile(folder: string): string {
  return join(folder, 'grants.json');
}

/** Is there once a grant was ended from here: what was issued under it is not kept any more. */
export function endedMark(env: Environment, url: string, grantId: string): string {
  return join(serverFolder(env, url), `ended-${fingerprint(grantId)}`);
}

/** Held by the one who fetches credentials for an entitlement of a server. */
export function lockFile(env: Environment, url: string, entitlement: string): string {
  return join(cacheFolder(env), 'locks', `${fingerprint(`${url}\n${entitlement}`)}.lock`);
}

// FNV-1a, twice 32 bits. It names things in a folder of our own and proves nothing: files say inside what they are for, and of
// a token of 128 random bits or more it gives away no part that helps. Loading node:crypto takes as long as all else that
// `creds` does from the cache.
function fingerprint(text: string): string {
  let [one, two] = [0x811c9dc5, 0x050c5d1f];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit ^ (one >>> 13), 0x01000193);
  }
  return [one, two].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
