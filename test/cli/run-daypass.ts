import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';
import { childEnvironment } from '../../dev/child-environment.ts';

// Of a whole test file, so that not every test compiles anew.
const cache = mkdtempSync(join(tmpdir(), 'daypass-cli-cache-'));
afterAll(() => rm(cache, { recursive: true, force: true }));

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Home extends AsyncDisposable {
  readonly path: string;
  /** The environment of a person with an empty home who uses the token file. */
  readonly env: Record<string, string>;
}

export async function newHome(url: string, token?: string): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'daypass-cli-'));
  return {
    path,
    env: {
      ...childEnvironment(),
      HOME: path,
      XDG_CACHE_HOME: cache,
      DAYPASS_TOKEN_STORE: 'file',
      DAYPASS_URL: url,
      ...(token === undefined ? {} : { DAYPASS_TOKEN: token }),
    },
    // A browser that was opened is nobody's child, and may still be writing.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  };
}

/** Runs `daypass` as a process of its own, without a terminal. */
export async function runDaypass(
  args: readonly string[],
  env: Record<string, string>,
  options: {
    readonly input?: string;
    onStderr?(text: string, kill: (signal: NodeJS.Signals) => void): void;
    /** Sent to it as soon as it is known. */
    readonly signal?: Promise<NodeJS.Signals>;
  } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(stderr, (signal) => child.kill(signal));
  });
  void options.signal?.then((signal) => child.kill(signal));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const { promise, resolve: ended, reject } = Promise.withResolvers<Ended>();
  child.once('error', reject);
  child.once('close', (code, signal) => ended({ code, signal, stdout, stderr }));
  return promise;
}

/** A BROWSER that opens the address, follows where it leads, and keeps what it was shown. */
export async function aBrowser(home: Home): Promise<string> {
  const path = join(home.path, 'browser.mjs');
  const shown = JSON.stringify(join(home.path, 'shown.txt'));
  await writeFile(
    path,
    `#!${process.execPath}
import { writeFileSync } from 'node:fs';
const page = await fetch(process.argv[2]);
writeFileSync(${shown}, page.headers.get('content-type') + ' ' + (await page.text()));
console.log('noise of a browser');
`,
    { mode: 0o755 },
  );
  return path;
}
