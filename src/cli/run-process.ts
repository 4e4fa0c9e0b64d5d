import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDirectory } from './settings/paths.ts';
import { isPrivateFolder } from './settings/private-folder.ts';
import { processTerminal } from './terminal.ts';

/** Runs the command that this process was started with, and sets the exit code. */
export async function runProcess(): Promise<void> {
  // A cache of compiled code, in a directory that is the person's own, halves the time to start.
  const folder = join(cacheDirectory(process.env), 'code');
  if (isPrivateFolder(folder)) enableCompileCache(folder);
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2), {
    env: process.env,
    terminal: processTerminal(),
    now: () => new Date(),
    later(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      timer.unref();
      return () => clearTimeout(timer);
    },
  });
}
