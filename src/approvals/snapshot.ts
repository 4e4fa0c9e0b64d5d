import type { Database, Queries } from '../db/pool.ts';
import { inTransaction } from '../db/transaction.ts';

/** Reads several tables as of one instant, so that a request is never shown half decided. Writes are refused. */
export function readSnapshot<T>(db: Database, body: (queries: Queries) => Promise<T>): Promise<T> {
  return inTransaction(db, 'begin isolation level repeatable read read only', ({ queries }) => body(queries));
}
