import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { mendLinks, platformPackage, usableBinaries } from '../../dev/postgres/binaries.ts';
import { serverIdentity } from '../../dev/postgres/identity.ts';
import { stopLeftover } from '../../dev/postgres/leftover.ts';
import { isRunning } from '../../dev/postgres/processes.ts';
import { ownDirectory } from '../../dev/postgres/private-directory.ts';
import { claimDataDir, type Postgres, startPostgres } from '../../dev/postgres/start.ts';

const asRoot = process.geteuid?.() === 0;
let place = '';
let started: { stop(): Promise<void> }[] = [];
let children: ChildProcess[] = [];

async function newPlace(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'daypass-postgres-test-')));
  if (asRoot) await chmod(path, 0o711);
  return path;
}

/** One server for the tests that only look at it. */
let shared: Postgres;
let sharedPlace = '';

beforeAll(async () => {
  sharedPlace = await newPlace();
  shared = await startPostgres({ dataDir: join(sharedPlace, 'data') });
});

afterAll(async () => {
  await shared.stop();
  await rm(sharedPlace, { recursive: true, force: true });
});

beforeEach(async () => {
  place = await newPlace();
  started = [];
  children = [];
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(started.map((server) => server.stop()));
  // Servers that a killed child left, when the test failed before it came to them.
  for (const name of await readdir(place)) await stopLeftover(join(place, name, 'cluster'));
  await rm(place, { recursive: true, force: true });
});

async function start(dataDir: string, keep = false): Promise<Postgres> {
  const server = await startPostgres({ dataDir, keep });
  started.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Starts a server in a process of its own, which prints `line` of it and then does nothing. */
async function startElsewhere(expression: string): Promise<{ child: ChildProcess; line: string }> {
  const module = JSON.stringify(new URL('../../dev/postgres/start.ts', import.meta.url).href);
  const script = `const m = await import(${module}); console.log(await (${expression})(m)); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  for await (const line of createInterface({ input: child.stdout })) return { child, line };
  throw new Error('The other process ended without a word.');
}

const startAndTellPid = (dataDir: string) =>
  startElsewhere(
    `async (m) => (await m.startPostgres({ dataDir: ${JSON.stringify(dataDir)}, keep: true })).pid`,
  );

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

test('databases use UTF-8 and the built-in C.UTF-8 locale, whatever the machine is set to', async () => {
  await shared.createDatabase('one');
  const sql =
    "SELECT concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale) FROM pg_database WHERE datname = 'one'";
  expect(await ask(shared.url('one', 'app'), sql)).toBe('UTF8 b C.UTF-8');
});

test('the server listens on 127.0.0.1 only and has no socket file', async () => {
  const url = shared.superuserUrl('postgres');
  expect(await ask(url, 'SHOW listen_addresses')).toBe('127.0.0.1');
  expect(await ask(url, 'SHOW unix_socket_directories')).toBe('');
});

test('a wrong password is refused, for the superuser too', async () => {
  for (const good of [shared.superuserUrl('postgres'), shared.url('postgres', 'app')]) {
    const url = new URL(good);
    url.password = 'wrong';
    await expect(ask(url.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  }
});

test('a new database belongs to the owner role; the app can connect to it and create nothing', async () => {
  await shared.createDatabase('owned');
  await ask(shared.url('owned', 'owner'), 'CREATE TABLE mine (id int)');
  expect(await ask(shared.url('owned', 'sequencer'), 'SELECT current_user')).toBe('daypass_sequencer');
  await expect(ask(shared.url('owned', 'app'), 'CREATE TABLE public.theirs (id int)')).rejects.toThrow(
    /permission denied/,
  );
  await expect(ask(shared.url('owned', 'app'), 'SELECT * FROM public.mine')).rejects.toThrow(
    /permission denied/,
  );
  const sql =
    "SELECT bool_or(rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls) FROM pg_roles WHERE rolname ~ '^daypass_'";
  expect(await ask(shared.url('owned', 'app'), sql)).toBe(false);
});

test('no file in the data directory can be read by others, and initdb leaves no password behind', async () => {
  const dataDir = join(place, 'data');
  const server = await start(dataDir, true);
  await server.stop();
  const password = new URL(server.superuserUrl('postgres')).password;
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // A directory that PostgreSQL's user passes through may be entered (1), never listed.
    expect((await lstat(path)).mode & 0o066, path).toBe(0);
    if (entry.isFile() && entry.name !== 'passwords.json')
      expect(await readFile(path, 'latin1')).not.toContain(password);
  }
  expect((await stat(dataDir)).mode & 0o066).toBe(0);
});

test('what was written is still there after a stop and a start when the data are kept', async () => {
  const first = await start(join(place, 'data'), true);
  await first.createDatabase('one');
  await ask(first.url('one', 'owner'), 'CREATE TABLE mine AS SELECT 42 AS answer');
  await first.stop();
  const second = await start(join(place, 'data'), true);
  expect(await ask(second.url('one', 'owner'), 'SELECT answer FROM mine')).toBe(42);
});

test('nothing is left on disk after a stop when the data are not kept', async () => {
  const server = await start(join(place, 'data'));
  await server.stop();
  expect(await readdir(place)).toEqual([]);
});

test('a server whose parent was killed is stopped, and its data served again from the same directory', async () => {
  const dataDir = join(place, 'data');
  const { child, line } = await startAndTellPid(dataDir);
  const leftover = Number(line);
  await kill(child);
  expect(isRunning(leftover)).toBe(true);
  const server = await start(dataDir, true);
  expect(isRunning(leftover)).toBe(false);
  expect(server.pid).not.toBe(leftover);
  expect(await ask(server.superuserUrl('postgres'), 'SELECT 1')).toBe(1);
});

test('a process that merely got the pid of an earlier server is not stopped', async () => {
  const dataDir = join(place, 'data');
  const first = await start(dataDir, true);
  await first.stop();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  children.push(stranger);
  await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), `${stranger.pid}\n`);
  const second = await start(dataDir, true);
  expect(await ask(second.superuserUrl('postgres'), 'SELECT 1')).toBe(1);
  expect(isRunning(stranger.pid ?? 0)).toBe(true);
});

test('a server does not outlive a parent that ends without stopping it', async () => {
  const expression = `async (m) => { const s = await m.startPostgres({ dataDir: ${JSON.stringify(join(place, 'data'))} });
    setTimeout(() => process.exit(0), 50); return s.pid; }`;
  const { child, line } = await startElsewhere(expression);
  if (child.exitCode === null) await once(child, 'exit');
  await expect.poll(() => isRunning(Number(line)), { timeout: 15_000 }).toBe(false);
});

test('two servers run at once on two data directories', async () => {
  const [one, two] = await Promise.all([start(join(place, 'one')), start(join(place, 'two'))]);
  expect(one.port).not.toBe(two.port);
  expect(await ask(one.superuserUrl('postgres'), 'SELECT 1')).toBe(1);
  expect(await ask(two.superuserUrl('postgres'), 'SELECT 1')).toBe(1);
});

test('a data directory in use is refused with the process that uses it', async () => {
  const dataDir = join(place, 'data');
  const { child } = await startAndTellPid(dataDir);
  await expect(startPostgres({ dataDir })).rejects.toThrow(`${dataDir} is in use by process ${child.pid}`);
  await kill(child);
  await start(dataDir);
});

test('claiming gives each process a directory of its own, and that of a dead process again', async () => {
  const base = join(place, 'base');
  const claim = () => startElsewhere(`(m) => m.claimDataDir(${JSON.stringify(base)})`);
  const [first, second] = await Promise.all([claim(), claim()]);
  expect([first.line, second.line].sort()).toEqual([join(base, '1'), join(base, '2')]);
  expect(await claimDataDir(base)).toBe(join(base, '3'));
  await kill(first.child);
  expect(await claimDataDir(base)).toBe(first.line);
});

test('of many processes that find one stale claim exactly one takes it over', async () => {
  const base = join(place, 'base');
  const claim = () => startElsewhere(`(m) => m.claimDataDir(${JSON.stringify(base)})`);
  await kill((await claim()).child);
  const claims = await Promise.all(Array.from({ length: 4 }, claim));
  expect(new Set(claims.map(({ line }) => line)).size).toBe(4);
});

test('copies of one template can be made by several callers at once', async () => {
  await shared.createDatabase('original');
  await ask(shared.url('original', 'owner'), 'CREATE TABLE mine AS SELECT 42 AS answer');
  const names = Array.from({ length: 6 }, (_, index) => `copy${index}`);
  await Promise.all(names.map((name) => shared.createDatabase(name, { template: 'original' })));
  for (const name of names) expect(await ask(shared.url(name, 'owner'), 'SELECT answer FROM mine')).toBe(42);
});

test('a failing start says which step failed, shows the log and frees the data directory', async () => {
  const dataDir = join(place, 'data');
  await expect(startPostgres({ dataDir, settings: { shared_buffers: 'potatoes' } })).rejects.toThrow(
    /Starting PostgreSQL failed[^]*shared_buffers[^]*potatoes/,
  );
  await start(dataDir);
});

test('links that an install without scripts left out are mended', async () => {
  const { native } = await platformPackage();
  const copy = join(place, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  const linked = async () =>
    (await readdir(join(copy, 'lib'), { withFileTypes: true })).filter((entry) => entry.isSymbolicLink());
  await mendLinks(copy);
  const whole = (await linked()).map(({ name }) => name);
  for (const name of whole) await unlink(join(copy, 'lib', name));
  await mendLinks(copy);
  expect((await linked()).map(({ name }) => name)).toEqual(whole);
  const binaries = await usableBinaries(serverIdentity(), {
    native: copy,
    name: '@test/mended',
    version: '0',
  });
  expect(binaries.postgres.startsWith(copy)).toBe(true);
});

test('a directory that others can write, or that is a link, is not trusted with binaries', async () => {
  const planted = join(place, 'planted');
  await mkdir(planted);
  await chmod(planted, 0o777);
  await expect(ownDirectory(planted, serverIdentity())).rejects.toThrow(/can be written by others/);
  if (process.getuid?.() !== 0) return;
  const foreign = join(place, 'foreign');
  await mkdir(foreign);
  await chown(foreign, 65534, 65534);
  await expect(ownDirectory(foreign, serverIdentity())).rejects.toThrow(/belongs to somebody else/);
});

if (asRoot) {
  test('root can start a server below a directory that nobody else can enter', async () => {
    await chmod(place, 0o700);
    const server = await start(join(place, 'data'));
    expect(await ask(server.superuserUrl('postgres'), 'SELECT 1')).toBe(1);
    await server.stop();
    expect(await readdir(place)).toEqual([]);
  });

  test('root gets a copy of binaries that lie where nobody else can enter, once', async () => {
    const { native, version } = await platformPackage();
    const hidden = join(place, 'native');
    await cp(native, hidden, { recursive: true, verbatimSymlinks: true });
    await chmod(place, 0o700);
    const source = { native: hidden, name: `@test/hidden-${process.pid}`, version };
    const first = await usableBinaries(serverIdentity(), source);
    const root = join(first.postgres, '../../..');
    try {
      expect(first.postgres.startsWith(hidden)).toBe(false);
      const made = (await stat(root)).ino;
      expect(await usableBinaries(serverIdentity(), source)).toEqual(first);
      expect((await stat(root)).ino).toBe(made);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });

  test('the server does not run as root', async () => {
    expect((await stat(`/proc/${shared.pid}`)).uid).not.toBe(0);
  });
}
