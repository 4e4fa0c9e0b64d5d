import { spawn } from 'node:child_process';
import { chown, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { type ServerIdentity, serverEnvironment } from './identity.ts';
import { type Layout, makeDirectoryFor } from './layout.ts';

async function run(command: readonly string[], identity: ServerIdentity): Promise<void> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    ...identity.ids,
    cwd: '/',
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)));
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${code ?? signal}`),
    );
  });
  if (failure !== undefined)
    throw new Error(`Making the database cluster (initdb) failed: ${failure}\n${output}`);
}

/** Makes the cluster unless there is one. Throws with the output of initdb. */
export async function ensureCluster(
  layout: Layout,
  binaries: Binaries,
  identity: ServerIdentity,
  superuserPassword: string,
): Promise<void> {
  const existing = await lstat(layout.cluster).catch(() => undefined);
  if (existing !== undefined) {
    const uid = identity.ids?.uid ?? process.geteuid?.();
    if (uid === undefined || existing.uid === uid) return;
    throw new Error(
      `${layout.cluster} belongs to user id ${existing.uid}, and PostgreSQL would run as ${uid}: ` +
        'start as the user who made it, or remove it.',
    );
  }
  // Built beside its place and renamed: an initdb cut short leaves nothing that looks like a cluster.
  const building = join(layout.home, 'cluster.new');
  await rm(building, { recursive: true, force: true });
  await makeDirectoryFor(identity, building);
  const passwordFile = join(layout.home, 'superuser-password');
  try {
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, superuserPassword, { flag: 'wx', mode: 0o600 });
    if (identity.ids !== undefined) await chown(passwordFile, identity.ids.uid, identity.ids.gid);
    await run(
      [
        ...identity.initdbPrefix,
        binaries.initdb,
        `--pgdata=${building}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-sync',
        '--no-instructions',
        // Given, so that initdb need not find out by starting servers.
        ...['max_connections=200', 'shared_buffers=32MB', 'timezone=UTC', 'log_timezone=UTC'].flatMap(
          (set) => ['-c', set],
        ),
      ],
      identity,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(building, layout.cluster);
}
