import type { Context } from '../context.ts';
import { printable } from '../display/printable.ts';
import { CliError, exitCodes } from '../exit.ts';
import { readSaved } from './saved.ts';
import { normalAddress } from './server-address.ts';

/** The address of the server in its one form (normalAddress). Throws CliError 78 for what it refuses. */
export function serverUrl(text: string, from: string): string {
  const address = normalAddress(text);
  if (address !== null) return address;
  throw new CliError(
    exitCodes.configuration,
    `${from} must be an https address such as https://daypass.example.com (http on this machine only), not ${printable(text)}`,
  );
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
