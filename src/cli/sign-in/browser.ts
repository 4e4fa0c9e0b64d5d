import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Environment } from '../context.ts';

/**
 * Opens an address in the person's browser: the command in BROWSER where set (`%s` in it stands for the address, else it
 * comes last), else the desktop's own. Never through a shell. Failing is no error: the address is printed too.
 */
export async function openBrowser(env: Environment, address: string): Promise<void> {
  const chosen = env.BROWSER ?? '';
  if (chosen !== '') return runBrowser(chosen, address);
  try {
    const { default: open } = await import('open');
    const child = await open(address);
    child.once('error', () => undefined);
  } catch {
    // No desktop here.
  }
}

function runBrowser(chosen: string, address: string): void {
  const words = existsSync(chosen) ? [chosen] : chosen.split(/\s+/).filter((word) => word !== '');
  const [command = chosen, ...rest] = words;
  const placed = rest.map((word) => word.replaceAll('%s', () => address));
  const args = rest.some((word) => word.includes('%s')) ? placed : [...placed, address];
  // Nothing that it prints belongs into our output.
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => undefined);
  child.unref();
}
