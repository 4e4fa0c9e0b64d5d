import { drizzle } from './drizzle.ts';
import type pg from 'pg';
import type { Database, Queries } from './pool.ts';
import * as schema from './schema.ts';

/** How a transaction begins (PostgreSQL manual, BEGIN). */
export type Begin = 'begin' | 'begin isolation level repeatable read read only';

// Made once for each connection: building it reads through the whole schema.
const bound = new WeakMap<pg.PoolClient, Queries>();

function queriesOf(client: pg.PoolClient): Queries {
  const made = bound.get(client) ?? drizzle(client, { schema });
  bound.set(client, made);
  return made;
}

/**
 * Runs `body` in one transaction on a connection of its own; commits when it resolves, rolls back when it rejects. The
 * connection goes back to the pool whatever happens, also when it broke at BEGIN (drizzle's own `transaction` would keep that
 * one for ever, until none is left); where not even ROLLBACK came through, it is closed and replaced. Rejects with the
 * first error. After an error at COMMIT it is not known whether the transaction was committed.
 */
export async function inTransaction<T>(
  db: Database,
  begin: Begin,
  body: (queries: Queries) => Promise<T>,
): Promise<T> {
  const client = await db.$client.connect();
  let unusable = false;
  try {
    await client.query(begin);
    const result = await body(queriesOf(client));
    const { command } = await client.query('commit');
    // After a failed statement whose error somebody swallowed, PostgreSQL answers COMMIT with ROLLBACK and no error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back at its end');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      unusable = true;
    });
    throw error;
  } finally {
    client.release(unusable);
  }
}
