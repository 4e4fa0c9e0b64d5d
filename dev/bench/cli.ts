import { execFile, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

/** What `daypass creds` from its cache costs beside a Node program that does nothing: medians of one run, wall time in milliseconds. */
export interface CliCost {
  readonly runs: number;
  readonly emptyMs: number;
  /** The package as `npm run build` makes it. */
  readonly builtMs: number;
  /** bin/daypass of this checkout, whose TypeScript is read as it is. */
  readonly checkoutMs: number;
  /** The goal: at most 1.5. */
  readonly builtRatio: number;
  readonly checkoutRatio: number;
}

/**
 * Measures `node -e 0`, the built command and that of the checkout in turn, `runs` times each. The command is built anew; its
 * cache is filled by itself, from a server that is gone when the measuring begins.
 */
export async function measureCli(runs: number): Promise<CliCost> {
  const home = await mkdtemp(join(tmpdir(), 'daypass-bench-'));
  // Below the root, from where it finds its dependencies as an installed package does.
  await mkdir(join(root, '.daypass'), { recursive: true });
  const built = await mkdtemp(join(root, '.daypass/bench-cli-'));
  try {
    const tsc = join(root, 'node_modules/.bin/tsc');
    // Types are for `npm run check`.
    const outDir = join(built, 'dist');
    await run(tsc, ['-p', join(root, 'tsconfig.build.json'), '--noCheck', '--outDir', outDir]);
    await copyFile(join(root, 'package.json'), join(built, 'package.json'));
    const environment = { HOME: home, PATH: process.env.PATH ?? '', DAYPASS_TOKEN: 'bench' };
    const main = join(built, 'dist/cli/main.js');
    const url = await fillCache((address) =>
      run(process.execPath, [main, ...credsAt(address)], { env: environment }),
    );
    const commands = [
      [process.execPath, '-e', '0'],
      [process.execPath, main, ...credsAt(url)],
      [join(root, 'bin/daypass'), ...credsAt(url)],
    ];
    // Once beforehand: what is compiled is kept, and the machine has read the files.
    for (const command of commands) timeOf(command, environment);
    const times: number[][] = commands.map(() => []);
    for (let round = 0; round < runs; round++)
      commands.forEach((command, index) => times[index]?.push(timeOf(command, environment)));
    const [emptyMs = 0, builtMs = 0, checkoutMs = 0] = times.map(median);
    return {
      runs,
      emptyMs,
      builtMs,
      checkoutMs,
      builtRatio: builtMs / emptyMs,
      checkoutRatio: checkoutMs / emptyMs,
    };
  } finally {
    await rm(built, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

function credsAt(url: string): string[] {
  return ['creds', 'prod/admin', '--url', url];
}

/** Has the command fetch credentials once. Returns the server's address; nobody is there any more. */
async function fillCache(fetchOnce: (url: string) => Promise<unknown>): Promise<string> {
  const server = createServer((request, response) => {
    const body = request.method === 'POST' ? session() : { items: [grant()], next: null };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await fetchOnce(url);
    return url;
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

function grant(): object {
  return {
    id: 'grt_bench',
    entitlement: 'prod/admin',
    account: { id: '111122223333', name: 'Production' },
    target: 'role',
    state: 'active',
    startsAt: inSeconds(-60),
    endsAt: inSeconds(7200),
  };
}

function session(): object {
  const credentials = {
    accessKeyId: 'ASIABENCHBENCHBENCH0',
    secretAccessKey: 'x'.repeat(40),
    // As long as those of STS.
    sessionToken: 'x'.repeat(1_000),
    expiration: inSeconds(3600),
  };
  return { sessionId: 'ses_bench', grantId: 'grt_bench', credentials, endsAt: inSeconds(3600), limits: [] };
}

function inSeconds(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

function timeOf([command = '', ...args]: readonly string[], env: Record<string, string>): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const elapsed = performance.now() - before;
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr.toString()}`);
  return elapsed;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
