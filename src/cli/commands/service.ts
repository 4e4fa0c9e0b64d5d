import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Context, show } from '../context.ts';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Runs a command of the service itself (`serve`, `migrate`, `catalog check`) with its own output. Returns its exit code. */
export async function runService(args: readonly string[]): Promise<number> {
  return started(args, 'inherit').ended;
}

/** The same for one that reads a text from its standard input. */
export async function runServiceOn(input: string, args: readonly string[]): Promise<number> {
  const { child, ended } = started(args, 'inherit', 'pipe');
  // One that refuses its arguments reads nothing, and is gone.
  child.stdin?.on('error', () => undefined).end(input);
  return ended;
}

/** The same with --json: what it said, line by line, and whether it went well. */
export async function runServiceAsJson(context: Context, args: readonly string[]): Promise<number> {
  const { child, ended } = started(args, 'pipe');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const exitCode = await ended;
  const messages = said.split(/\r?\n/).filter((line) => line !== '');
  show(context, { ok: exitCode === 0, exitCode, messages }, () => '');
  return exitCode;
}

function started(args: readonly string[], output: 'inherit' | 'pipe', input: 'inherit' | 'pipe' = 'inherit') {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const main = fileURLToPath(new URL(`../../main.${extension}`, import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: [input, output, output] });
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  // Whoever stops us means the service: it stops gracefully and we wait for it.
  const pass = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' && process.stdin.isTTY) return;
    child.kill(signal);
  };
  for (const signal of signals) process.on(signal, pass);
  child.once('error', reject);
  child.once('close', (code) => {
    for (const signal of signals) process.off(signal, pass);
    resolve(code ?? 1);
  });
  return { child, ended };
}
