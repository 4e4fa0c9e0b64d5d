import { resolve } from 'node:path';
import { platformPackage, usableBinaries } from './binaries.ts';
import { lockDataDir, releaseDataDir } from './claim.ts';
import { createDatabase, dropDatabase, ensureRoles, type NewDatabase } from './databases.ts';
import { serverIdentity } from './identity.ts';
import { ensureCluster } from './initdb.ts';
import { discard, layOut, removeIfEmpty } from './layout.ts';
import { stopLeftover } from './leftover.ts';
import { keptPasswords } from './passwords.ts';
import { startServer } from './server.ts';
import { type RoleName, roleNames, withDatabase } from './urls.ts';

export { claimDataDir } from './claim.ts';

export interface PostgresOptions {
  /** Directory of this server alone; made if missing. Two servers at once need two. */
  readonly dataDir: string;
  /**
   * True: databases stay on disk after stop, and the next start finds them. False (the default): whatever a killed run left
   * is discarded at start, and everything is removed at stop.
   */
  readonly keep?: boolean;
  /** PostgreSQL settings on top of the defaults, which trade durability for speed, such as `{ synchronous_commit: 'on' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running server. URLs carry passwords: never print them but to the person who started it. */
export interface Postgres {
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  superuserUrl(database: string): string;
  url(database: string, role: RoleName): string;
  createDatabase(name: string, options?: NewDatabase): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Stops the server and gives the data directory back. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL server of one's own on a free port of 127.0.0.1, with Daypass's three roles. A server that a killed
 * process left on the same directory is stopped first.
 * Throws DataDirInUseError when a live process uses the directory, else an Error that says which step failed.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dataDir = resolve(options.dataDir);
  await lockDataDir(dataDir);
  try {
    return await startLocked(dataDir, options);
  } catch (error) {
    await releaseDataDir(dataDir);
    throw error;
  }
}

async function startLocked(
  dataDir: string,
  { keep = false, settings = {} }: PostgresOptions,
): Promise<Postgres> {
  const identity = serverIdentity();
  const binaries = await usableBinaries(identity, await platformPackage());
  const layout = await layOut(dataDir, identity);
  await stopLeftover(layout.cluster);
  if (!keep) await discard(layout);
  const passwords = await keptPasswords(layout.passwords);
  await ensureCluster(layout, binaries, identity, passwords.superuser);
  const server = await startServer(layout, binaries, identity, settings);

  const base = `postgres://127.0.0.1:${server.port}/postgres`;
  const superuserUrl = (database: string) =>
    withDatabase(base, database, { name: 'postgres', password: passwords.superuser });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    await server.stop();
    if (!keep) await discard(layout);
    await releaseDataDir(dataDir);
    if (!keep) await removeIfEmpty(layout);
  };
  try {
    await ensureRoles(superuserUrl('postgres'), passwords, { reset: true });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    port: server.port,
    pid: server.pid,
    dataDir: layout.dataDir,
    superuserUrl,
    url: (database, role) =>
      withDatabase(base, database, { name: roleNames[role], password: passwords[role] }),
    createDatabase: (name, more) => createDatabase(superuserUrl('postgres'), name, more),
    dropDatabase: (name) => dropDatabase(superuserUrl('postgres'), name),
    stop: () => (stopped ??= stop()),
  };
}
