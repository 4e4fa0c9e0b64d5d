import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { type RoleName, roleNames, withDatabase } from './urls.ts';

/** Runs `work` on a connection of its own. `step` names it in errors, which never quote the URL. */
export async function connected<T>(
  url: string,
  step: string,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A server that stops reports on idle connections too; the next query says it again, where it can be caught.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (cause) {
    throw new Error(`${step} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Makes Daypass's roles where they are missing. With `reset`, those that exist get these passwords; without, they keep
 * theirs: on somebody else's server they may be in use.
 */
export async function ensureRoles(
  superuserUrl: string,
  passwords: Readonly<Record<RoleName, string>>,
  { reset }: { reset: boolean },
): Promise<void> {
  await connected(superuserUrl, 'Making the database roles', async (client) => {
    // Several runs may share a server; roles are the cluster's, so the lock is too.
    await client.query("SELECT pg_advisory_lock(hashtext('daypass roles'))");
    const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles');
    const existing = new Set(rows.map(({ rolname }) => rolname));
    for (const role of Object.keys(roleNames) as RoleName[]) {
      const name = roleNames[role];
      const verb = existing.has(name) ? 'ALTER' : 'CREATE';
      if (verb === 'ALTER' && !reset) continue;
      await client.query(
        `${verb} ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ` +
          `PASSWORD ${escapeLiteral(passwords[role])}`,
      );
    }
  });
}

/** How a new database is filled. */
export interface NewDatabase {
  /** Database to copy; an empty one when absent. */
  readonly template?: string;
}

// SQLSTATE object_in_use: a session, or autovacuum, is in the template.
const objectInUse = '55006';

async function copyDatabase(client: Client, statement: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(statement);
      return;
    } catch (error) {
      // PostgreSQL itself waits 5 s for the sessions to go before it says so.
      if ((error as { code?: string }).code !== objectInUse || attempt === 5) throw error;
    }
  }
}

/**
 * Makes a database that `daypass_owner` owns and only Daypass's roles may connect to. Safe from several processes at once.
 * Throws when it exists.
 */
export async function createDatabase(
  superuserUrl: string,
  name: string,
  { template }: NewDatabase = {},
): Promise<void> {
  const database = escapeIdentifier(name);
  // Without fsync FILE_COPY's checkpoints cost little: it measured about 60 to 75 ms for 40 small tables, WAL_LOG 110 to 145 ms.
  const source = template === undefined ? '' : ` TEMPLATE ${escapeIdentifier(template)} STRATEGY file_copy`;
  await connected(superuserUrl, `Making database ${name}`, async (client) => {
    await copyDatabase(client, `CREATE DATABASE ${database} OWNER ${roleNames.owner}${source}`);
    await client.query(
      `REVOKE ALL ON DATABASE ${database} FROM PUBLIC; ` +
        `GRANT CONNECT ON DATABASE ${database} TO ${roleNames.app}, ${roleNames.sequencer}`,
    );
  });
  // A copy has its template's schema and the rights on it; only a new one still has PostgreSQL's defaults.
  if (template !== undefined) return;
  await connected(withDatabase(superuserUrl, name), `Closing database ${name} to others`, async (client) => {
    await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
  });
}

/** Nobody can connect to `name` from now on, so copying it never has to wait. Sessions that are in it stay. */
export async function makeTemplate(superuserUrl: string, name: string): Promise<void> {
  await connected(superuserUrl, `Making ${name} a template`, async (client) => {
    await client.query(
      `ALTER DATABASE ${escapeIdentifier(name)} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`,
    );
  });
}

/** Drops a database, template or not, and ends the sessions in it. Does nothing when it is gone. */
export async function dropDatabase(superuserUrl: string, name: string): Promise<void> {
  const database = escapeIdentifier(name);
  await connected(superuserUrl, `Dropping database ${name}`, async (client) => {
    const { rows } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate', [
      name,
    ]);
    if (rows.length > 0) await client.query(`ALTER DATABASE ${database} WITH IS_TEMPLATE false`);
    await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  });
}
