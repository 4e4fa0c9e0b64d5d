import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CliError, exitCodes } from '../exit.ts';

/**
 * The command line by which AWS's tools get credentials. It names this very `daypass` by its full path and the server, so that
 * it does the same whoever's PATH and environment it runs with.
 */
export function credentialProcess(url: string, entitlement: string): string {
  return [...ownCommand(), 'creds', entitlement, '--format', 'credential-process', '--url', url]
    .map(word)
    .join(' ');
}

/** How to start this command again, as absolute paths. */
function ownCommand(): string[] {
  const main = fileURLToPath(
    new URL(`../main${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url),
  );
  const started = process.argv[1] ?? '';
  // Installed: a link by the command's own name.
  if (process.platform !== 'win32' && isAbsolute(started) && basename(started) === 'daypass')
    return [started];
  const wrapper = fileURLToPath(new URL('../../../bin/daypass', import.meta.url));
  if (process.platform !== 'win32' && existsSync(wrapper)) return [wrapper];
  return [process.execPath, main];
}

// Some SDKs give the line to a shell and some split it themselves: only words that mean the same to all may be in it.
function word(text: string): string {
  if (/^[A-Za-z0-9_@+=:,./\\-]+$/.test(text) && (process.platform === 'win32' || !text.includes('\\')))
    return text;
  const quotable = /^[\x20-\x7e]+$/.test(text) && !/["$`!%#;]/.test(text) && !text.endsWith('\\');
  if (quotable && (process.platform === 'win32' || !text.includes('\\'))) return `"${text}"`;
  throw new CliError(
    exitCodes.configuration,
    `${JSON.stringify(text)} cannot stand in ~/.aws/config in a way that every AWS tool reads alike: install daypass under a plainer path`,
  );
}
