import { fileURLToPath } from 'node:url';
import { claimDataDir, type Postgres, startPostgres } from '../postgres/start.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A database for Daypass, and the server that it is on. */
export interface DatabaseInUse {
  readonly postgres: Pick<Postgres, 'port' | 'url' | 'superuserUrl' | 'createDatabase'> & {
    readonly pid?: number;
  };
  readonly database: string;
  /** Gives back what was made for it. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL with an empty database. */
export async function startOwnDatabase(): Promise<DatabaseInUse> {
  const postgres = await startPostgres({
    dataDir: await claimDataDir(`${root}.daypass`),
    settings: { synchronous_commit: 'on' },
  });
  const database = 'daypass';
  try {
    await postgres.createDatabase(database);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return { postgres, database, stop: () => postgres.stop() };
}
