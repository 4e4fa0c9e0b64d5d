import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../context.ts';

/** Where Daypass keeps its settings, by the XDG Base Directory Specification: relative values are ignored. */
export function configDirectory(env: Environment): string {
  return xdg(env.XDG_CONFIG_HOME, '.config', env);
}

/** Where Daypass keeps its tokens when the keychain does not work. */
export function stateDirectory(env: Environment): string {
  return xdg(env.XDG_STATE_HOME, '.local/state', env);
}

/** Where compiled code may be kept between runs. */
export function cacheDirectory(env: Environment): string {
  return xdg(env.XDG_CACHE_HOME, '.cache', env);
}

/** The home directory: HOME where it is set. */
export function home(env: Environment): string {
  return env.HOME !== undefined && isAbsolute(env.HOME) ? env.HOME : homedir();
}

function xdg(value: string | undefined, standard: string, env: Environment): string {
  const base = value !== undefined && isAbsolute(value) ? value : join(home(env), standard);
  return join(base, 'daypass');
}
