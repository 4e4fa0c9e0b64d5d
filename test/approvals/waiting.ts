import pg from 'pg';
import { expect, vi } from 'vitest';
import type { World } from './world.ts';

/**
 * Starts these one after the other while the row of a grant is held, so that each waits for it behind the one before, and lets
 * them go: Postgres gives a row to those who wait in the order in which they came.
 */
export async function inLine<T>(
  world: World,
  grantId: string,
  starts: readonly (() => Promise<T>)[],
): Promise<PromiseSettledResult<T>[]> {
  const holder = new pg.Client({ connectionString: world.database.superuserUrl });
  await holder.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM grants WHERE id = $1 FOR UPDATE', [grantId]);
    const running: Promise<PromiseSettledResult<T>[]>[] = [];
    for (const [place, start] of starts.entries()) {
      running.push(Promise.allSettled([start()]));
      await vi.waitFor(
        async () =>
          expect(
            await world.count(
              "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
            ),
          ).toBe(place + 1),
        { timeout: 20_000, interval: 5 },
      );
    }
    await holder.query('COMMIT');
    return (await Promise.all(running)).flat();
  } finally {
    await holder.end();
  }
}
