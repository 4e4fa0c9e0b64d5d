import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { printable } from '../display/printable.ts';

const forwarded = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/**
 * Runs a command in our place: with our input and output, and the signals that come to us. Returns its exit code, 126 or 127
 * when it cannot be run (as shells have it); when a signal ended it, the same signal ends us.
 */
export async function runChild(
  command: readonly string[],
  env: Record<string, string>,
  report: (text: string) => void,
): Promise<number> {
  const [file = '', ...args] = command;
  const { promise, resolve } = Promise.withResolvers<number>();
  const child = spawn(file, args, { stdio: 'inherit', env });
  const pass = (signal: NodeJS.Signals) => {
    // A terminal sends Ctrl-C and Ctrl-\ to the child as well: passing them on would deliver them twice.
    if (process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
    child.kill(signal);
  };
  for (const signal of forwarded) process.on(signal, pass);
  child.once('error', (error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    report(`${printable(file)} ${missing ? 'is not there' : 'cannot be run'}`);
    resolve(missing ? 127 : 126);
  });
  child.once('exit', (code, signal) => {
    for (const each of forwarded) process.off(each, pass);
    if (signal !== null) {
      process.kill(process.pid, signal);
      resolve(128 + (constants.signals[signal] ?? 0));
    } else resolve(code ?? 1);
  });
  return promise;
}
