import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, realpath, rm, rmdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { canEnter, type ServerIdentity } from './identity.ts';
import { ownDirectory, privateDirectory } from './private-directory.ts';

/** Where the parts of one server lie. */
export interface Layout {
  readonly dataDir: string;
  /** Directory that PostgreSQL's user can enter; the data directory itself wherever possible. */
  readonly home: string;
  /** PostgreSQL's own data directory (PGDATA), owned by its user. */
  readonly cluster: string;
  readonly log: string;
  /** Passwords of the superuser and the roles, mode 0600. */
  readonly passwords: string;
}

/**
 * Lays out an existing data directory. As root below a directory that others cannot enter, such as /root, the cluster
 * itself lies in a directory of root's under the temporary directory, and `cluster` is a link to it.
 */
export async function layOut(dataDir: string, identity: ServerIdentity): Promise<Layout> {
  const real = await realpath(dataDir);
  if (process.platform !== 'win32') await chmod(real, identity.ids === undefined ? 0o700 : 0o711);
  const home = canEnter(identity, real) ? real : await distantHome(real, identity);
  return {
    dataDir: real,
    home,
    cluster: join(home, 'cluster'),
    log: join(real, 'server.log'),
    passwords: join(real, 'passwords.json'),
  };
}

async function distantHome(dataDir: string, identity: ServerIdentity): Promise<string> {
  const clusters = await ownDirectory(join(await privateDirectory(identity), 'clusters'), identity);
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 24);
  const home = await ownDirectory(join(clusters, name), identity);
  await symlink(join(home, 'cluster'), join(dataDir, 'cluster')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return home;
}

/** Removes the cluster, its log and its passwords. The server must have stopped. */
export async function discard(layout: Layout): Promise<void> {
  for (const path of [layout.cluster, layout.log, layout.passwords, join(layout.dataDir, 'cluster')]) {
    await rm(path, { recursive: true, force: true });
  }
}

/** Removes the directories that `discard` left empty; anything else in them keeps them. */
export async function removeIfEmpty(layout: Layout): Promise<void> {
  for (const directory of new Set([layout.home, layout.dataDir]))
    await rmdir(directory).catch(() => undefined);
}

/** Makes an empty directory that only PostgreSQL's user (and root) can enter. Throws when it exists. */
export async function makeDirectoryFor(identity: ServerIdentity, path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  if (identity.ids !== undefined) await chown(path, identity.ids.uid, identity.ids.gid);
}
