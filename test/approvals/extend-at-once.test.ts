import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { askToExtend } from '../../src/approvals/ask-to-extend.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.use(steppedCatalog);
});
afterAll(() => world.stop());

const waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

test('asked for twice at the same moment, and approved by a rule, more time is given twice, one after the other', async () => {
  const erin = await world.person('Erin', ['engineers']);
  const { grants } = await world.ask(erin, { entitlements: ['prod/ruled'], durationSeconds: 600 });
  const grant = grants[0];
  if (grant === undefined) throw new Error('no grant');
  let runs = 0;
  const deps = {
    ...world.deps,
    catalog() {
      runs += 1;
      return world.deps.catalog();
    },
  };
  const more = () =>
    askToExtend(deps, callerOf(erin, world.now()), {
      grantId: grant.id,
      durationSeconds: 600,
      reason: 'more',
    });
  // Both have come to where they write before either goes on.
  const holder = new pg.Client({ connectionString: world.database.superuserUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('LOCK TABLE requests IN SHARE MODE');
  const both = Promise.all([more(), more()]);
  await vi.waitFor(async () => expect(await world.count(waiting)).toBe(2), { timeout: 20_000, interval: 5 });
  await holder.query('COMMIT');
  await holder.end();
  expect(await both).toMatchObject([{ state: 'approved' }, { state: 'approved' }]);
  const { rows } = await world.root.query<{ seconds: number }>(
    'SELECT extract(epoch FROM ends_at - starts_at)::int AS seconds FROM grants WHERE id = $1',
    [grant.id],
  );
  expect(rows).toEqual([{ seconds: 1_800 }]);
  // Neither had to begin again: they did not hold what the other waited for.
  expect(runs).toBe(2);
});
