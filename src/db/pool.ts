import { drizzle, type NodePgDatabase } from './drizzle.ts';
import pg from 'pg';
import { prepareStatements, StatementNames } from './prepared.ts';
import { sendTogether } from './send-together.ts';

/** The database, outside or inside a transaction: the same typed queries. */
export type Database = NodePgDatabase & { readonly $client: pg.Pool };
export type Queries = Pick<
  Database,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'execute'
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
  /** Called when a connection breaks, idle or in use; the pool replaces it. */
  readonly onError: (error: Error) => void;
  /** Prepare what is asked often. Not behind a transaction pooler, which deals out connections statement by statement. */
  readonly prepare?: boolean;
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
    // Statements are sent without waiting for the answer to the one before, where the caller does not wait either.
    pipeline: true,
    application_name: 'daypass',
  });
  raw.on('error', () => undefined);
  // The pool listens to idle connections only. One that breaks between two statements of a transaction would be an error
  // event without a listener, which ends the process.
  raw.on('connect', (client) => client.on('error', options.onError));
  raw.on('connect', sendTogether);
  const names = new StatementNames();
  if (options.prepare === true) raw.on('connect', (client) => prepareStatements(client, names));
  return {
    db: drizzle(raw),
    raw,
    close: () => raw.end(),
  };
}
