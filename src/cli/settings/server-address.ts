import { readFileSync } from 'node:fs';
import type { Environment } from '../context.ts';
import { settingsPath } from './paths.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of a server in its one form, without a slash at the end; null for what the token must not go to: https, or http
 * on this machine only, and nothing but host, port and path.
 */
export function normalAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    return null;
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname));
  return safe ? url.href.replace(/\/+$/, '') : null;
}

/** The server as chooseServer finds it, with the value of --url or null, at once; null where that would have something to say. */
export function serverAtOnce(option: string | null, env: Environment): string | null {
  if (option !== null) return normalAddress(option);
  const fromEnvironment = env.DAYPASS_URL ?? '';
  return normalAddress(fromEnvironment === '' ? savedAddress(env) : fromEnvironment);
}

function savedAddress(env: Environment): string {
  try {
    const { url } = JSON.parse(readFileSync(settingsPath(env), 'utf8')) as { url?: unknown };
    return typeof url === 'string' ? url : '';
  } catch {
    return '';
  }
}
