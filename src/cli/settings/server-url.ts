import type { Context } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { readSaved } from './saved.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of the server in one form, without a slash at the end. https, or http on this machine only: the token goes
 * there. Throws CliError 78 for anything else.
 */
export function serverUrl(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const safe =
    url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && loopback.has(url.hostname)));
  if (url === null || !plain || !safe) {
    throw new CliError(
      exitCodes.configuration,
      `${from} must be an https address such as https://daypass.example.com (http on this machine only), not ${printable(text)}`,
    );
  }
  return url.href.replace(/\/+$/, '');
}

/** The server to talk to: --url, else DAYPASS_URL, else what `login` saved. Throws CliError 78 when there is none. */
export async function chooseServer(context: Context): Promise<string> {
  if (context.url !== undefined) return serverUrl(context.url, '--url');
  const fromEnvironment = context.env.DAYPASS_URL;
  if (fromEnvironment !== undefined && fromEnvironment !== '')
    return serverUrl(fromEnvironment, 'DAYPASS_URL');
  const { url } = await readSaved(context.env);
  if (url !== undefined) return serverUrl(url, 'the saved address');
  throw new CliError(
    exitCodes.configuration,
    'no server is set: run `daypass login --url https://…`, or set DAYPASS_URL',
  );
}
