import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Environment } from '../context.ts';

/**
 * Opens an address in the person's browser: the command in BROWSER where set (`%s` in it stands for the address, else it
 * comes last), else the desktop's own. Never through a shell. Failing is no error; `failed` is told, now or a little later.
 */
export async function openBrowser(env: Environment, address: string, failed: () => void): Promise<void> {
  const chosen = env.BROWSER ?? '';
  try {
    const child = chosen === '' ? await (await import('open')).default(address) : runBrowser(chosen, address);
    watch(child, failed);
  } catch {
    failed();
  }
}

function runBrowser(chosen: string, address: string): ChildProcess {
  const words = existsSync(chosen) ? [chosen] : chosen.split(/\s+/).filter((word) => word !== '');
  const [command = chosen, ...rest] = words;
  const placed = rest.map((word) => word.replaceAll('%s', () => address));
  const args = rest.some((word) => word.includes('%s')) ? placed : [...placed, address];
  // Nothing that it prints belongs into our output.
  return spawn(command, args, { stdio: 'ignore', detached: true });
}

// Openers end at once, with an exit code that says whether they found a browser; browsers themselves stay.
function watch(child: ChildProcess, failed: () => void): void {
  child.once('error', failed);
  child.once('exit', (code) => {
    if (code !== null && code !== 0) failed();
  });
  child.unref();
}
