import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import {
  connected,
  createDatabase,
  dropDatabase,
  ensureRoles,
  makeTemplate,
} from '../../dev/postgres/databases.ts';
import { serverIdentity } from '../../dev/postgres/identity.ts';
import { privateDirectory } from '../../dev/postgres/private-directory.ts';
import { claimDataDir, startPostgres } from '../../dev/postgres/start.ts';
import { type RoleName, roleNames, withDatabase } from '../../dev/postgres/urls.ts';
import { roomyMemory } from './memory.ts';

/** What the workers need to make databases; carries passwords of the test server. */
export interface TestServer {
  /** Superuser's URL of the server's `postgres` database. */
  readonly superuserUrl: string;
  /** URLs of that database for Daypass's roles; only user and password matter. */
  readonly roleUrls: Readonly<Record<RoleName, string>>;
  /** Migrated database to copy. */
  readonly template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
  }
}

type Started = Omit<TestServer, 'template'> & { stop(): Promise<void> };

/** A server of this run's own, in a directory that the next run clears should this one be killed. */
async function startEmbedded(): Promise<Started> {
  // The long tests fill databases with more than memory should have to hold.
  const preferred = process.env.TEST_SELECTION === 'long' ? undefined : await roomyMemory();
  const dataDir = await claimDataDir(join(await privateDirectory(serverIdentity(), preferred), 'tests'));
  // PostgreSQL keeps old WAL for reuse up to this size, a gigabyte by default.
  const server = await startPostgres({ dataDir, settings: { max_wal_size: '128MB' } });
  return {
    superuserUrl: server.superuserUrl('postgres'),
    roleUrls: {
      owner: server.url('postgres', 'owner'),
      app: server.url('postgres', 'app'),
      sequencer: server.url('postgres', 'sequencer'),
    },
    stop: () => server.stop(),
  };
}

/** The server that TEST_DATABASE_URL, a superuser's URL, names. */
async function useExisting(superuserUrl: string): Promise<Started> {
  // Derived, so that runs side by side agree on them and nothing need be kept; only who has the superuser's URL can.
  const password = (role: RoleName) => createHmac('sha256', superuserUrl).update(role).digest('base64url');
  const passwords = { owner: password('owner'), app: password('app'), sequencer: password('sequencer') };
  await ensureRoles(superuserUrl, passwords, { reset: false });
  const roleUrl = (role: RoleName) =>
    withDatabase(superuserUrl, 'postgres', { name: roleNames[role], password: passwords[role] });
  const roleUrls = { owner: roleUrl('owner'), app: roleUrl('app'), sequencer: roleUrl('sequencer') };
  for (const role of Object.keys(roleUrls) as RoleName[]) {
    await connected(
      roleUrls[role],
      `Signing in as ${roleNames[role]} to the server of TEST_DATABASE_URL (drop that role if it is not in use, or name another server)`,
      (client) => client.query('SELECT 1'),
    );
  }
  return { superuserUrl, roleUrls, stop: () => Promise.resolve() };
}

async function migrateTemplate(server: Started, template: string): Promise<void> {
  await createDatabase(server.superuserUrl, template);
  // Loaded here, not above: a fault in src/db then fails the run with this step's name.
  const { migrate } = await import('../../src/db/migrate.ts');
  await migrate({ adminUrl: withDatabase(server.roleUrls.owner, template) });
  await makeTemplate(server.superuserUrl, template);
}

/**
 * Vitest's global setup: one PostgreSQL for the whole run, and in it one migrated database that every test database is a
 * copy of. Returns the teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL;
  const keep = process.env.KEEP_TEST_DATABASES === '1';
  if (keep && !url) {
    throw new Error(
      'KEEP_TEST_DATABASES=1 needs TEST_DATABASE_URL: a server started for the tests goes when they end.',
    );
  }
  const server = url ? await useExisting(url) : await startEmbedded();
  const template = `daypass_template_${randomBytes(6).toString('hex')}`;
  const teardown = async () => {
    try {
      if (url) await dropDatabase(server.superuserUrl, template);
    } finally {
      await server.stop();
    }
  };
  try {
    await migrateTemplate(server, template);
  } catch (error) {
    await teardown();
    throw error;
  }
  project.provide('testServer', { superuserUrl: server.superuserUrl, roleUrls: server.roleUrls, template });
  return teardown;
}
