import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { installJobs } from './jobs.ts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));

// Any fixed number: two migrations at once take turns on it.
const migrationLock = 4_221_775_118;

export interface MigrationResult {
  /** Names of the files applied now, in order; empty when everything was there. */
  readonly applied: readonly string[];
}

/**
 * Brings the database at `adminUrl` (the owner's) to the newest schema: every file of migrations/ once, in order, each in
 * its own transaction, then the job tables. Safe to run twice and at the same time.
 * Throws when a file that was applied has changed since, or a role of migrations/roles.sql is missing.
 */
export async function migrate(options: { readonly adminUrl: string }): Promise<MigrationResult> {
  const client = new pg.Client({ connectionString: options.adminUrl, application_name: 'daypass-migrate' });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await requireRoles(client);
    const applied = await applyFiles(client);
    await installJobs(options.adminUrl, client);
    return { applied };
  } finally {
    await client.end();
  }
}

async function requireRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM unnest(ARRAY['daypass_app', 'daypass_sequencer']) AS name
     WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)`,
  );
  if (rows.length > 0) {
    const missing = rows.map((row) => row.name).join(' and ');
    throw new Error(
      `the database has no role ${missing}: have an administrator run migrations/roles.sql first`,
    );
  }
}

async function applyFiles(client: pg.Client): Promise<string[]> {
  await client.query(
    `CREATE TABLE IF NOT EXISTS schema_migrations (
       name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
     )`,
  );
  const { rows } = await client.query<{ name: string; sha256: string }>(
    'SELECT name, sha256 FROM schema_migrations',
  );
  const known = new Map(rows.map((row) => [row.name, row.sha256]));
  const applied: string[] = [];
  for (const name of await migrationFiles()) {
    const sql = await readFile(`${folder}${name}`, 'utf8');
    const sha256 = createHash('sha256').update(sql).digest('hex');
    const before = known.get(name);
    if (before === sha256) continue;
    if (before !== undefined)
      throw new Error(`migration ${name} was changed after it had been applied; migrations only go forward`);
    await applyFile(client, name, sql, sha256);
    applied.push(name);
  }
  return applied;
}

async function applyFile(client: pg.Client, name: string, sql: string, sha256: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_migrations (name, sha256) VALUES ($1, $2)', [name, sha256]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** Names of the migration files in the order they apply: four digits first. */
export async function migrationFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).toSorted();
}

/** The files not yet applied to the database behind `query`; the service is not ready while there are any. */
export async function pendingMigrations(
  query: (sql: string) => Promise<{ rows: { name: string }[] }>,
): Promise<string[]> {
  const { rows } = await query('SELECT name FROM schema_migrations');
  const done = new Set(rows.map((row) => row.name));
  return (await migrationFiles()).filter((name) => !done.has(name));
}
