#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheDirectory } from './settings/paths.ts';
import { processTerminal } from './terminal.ts';

// The `daypass` command. A cache of compiled code, in a directory that is the person's own, halves the time to start, which
// counts where AWS's tools run `daypass creds` again and again.
enableCompileCache(join(cacheDirectory(process.env), 'code'));

const { runProgram } = await import('./program.ts');
process.exitCode = await runProgram(process.argv.slice(2), {
  env: process.env,
  terminal: processTerminal(),
  now: () => new Date(),
});
