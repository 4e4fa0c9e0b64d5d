import type pg from 'pg';

/** Counts what the application sends to Postgres. */
export interface Counter {
  /** Statements so far. */
  readonly count: number;
}

/** Watches every connection that the pool opens from now on. */
export function countStatements(pool: pg.Pool): Counter {
  let count = 0;
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        count += 1;
        return query(...args);
      },
    });
  });
  return {
    get count() {
      return count;
    },
  };
}
