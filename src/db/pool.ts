import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

/** The database, outside or inside a transaction: the same typed queries. */
export type Database = NodePgDatabase<typeof schema>;
export type Queries = Pick<
  Database,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute' | 'query'
>;

export interface Pool {
  readonly db: Database;
  readonly raw: pg.Pool;
  close(): Promise<void>;
}

export interface PoolOptions {
  readonly url: string;
  /** Most connections held at once. */
  readonly max: number;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onError: (error: Error) => void;
}

/**
 * Opens a pool of connections. Statements and lock waits have limits, so that a stuck database answers as an error instead
 * of holding a caller for ever.
 */
export function openPool(options: PoolOptions): Pool {
  const raw = new pg.Pool({
    connectionString: options.url,
    max: options.max,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    query_timeout: 20_000,
    keepAlive: true,
    application_name: 'daypass',
  });
  raw.on('error', options.onError);
  return {
    db: drizzle(raw, { schema }),
    raw,
    close: () => raw.end(),
  };
}
