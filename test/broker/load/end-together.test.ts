import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoWorld } from '../../../dev/aws/world.ts';
import { endTogether } from '../../../src/broker/end-together.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { type Fleet, openFleet } from './fleet.ts';
import { activeGrants, adminOf, type Held, kindsOf, signedIn, stateOf } from './many-grants.ts';

const prod = '111122223333';
const start = Math.floor(Date.now() / 1000) * 1000;
let now = start;
let fleet: Fleet;
beforeAll(async () => {
  fleet = await openFleet({
    world: demoWorld(),
    clock: () => new Date(now),
    replicas: 1,
    timeLimitMs: 1_000,
  });
});
afterAll(() => fleet.close());

async function due(count: number): Promise<Held[]> {
  const callers = await signedIn(fleet, 1);
  const endsAt = new Date(now + 600_000);
  const wanted = Array.from({ length: count }, () => ({ entitlement: adminOf(prod), endsAt }));
  const held = await activeGrants(fleet, callers, wanted);
  now += 600_000;
  return held;
}

test('one row that Postgres refuses to end holds up none of those that are due with it', async () => {
  const held = await due(5);
  const [, , poisoned, ...others] = held;
  if (poisoned === undefined) throw new Error('no grant was made');
  const owner = new pg.Client({ connectionString: fleet.database.superuserUrl });
  await owner.connect();
  await owner.query(
    `CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'poisoned'; END $$;
     CREATE TRIGGER poison BEFORE UPDATE ON grants FOR EACH ROW WHEN (OLD.id = '${poisoned.id}') EXECUTE FUNCTION poison()`,
  );
  const [{ deps, faults }] = fleet.replicas;
  const swept = await sweepGrants(deps);
  expect([swept.ended, swept.faults, faults.length]).toEqual([5, 1, 1]);
  for (const { id } of others) expect(await stateOf(fleet, id)).toBe('ended');
  expect(await stateOf(fleet, poisoned.id)).toBe('active');
  await owner.query('DROP TRIGGER poison ON grants');
  await owner.end();
  expect((await sweepGrants(deps)).faults).toBe(0);
  expect(await stateOf(fleet, poisoned.id)).toBe('ended');
});

test('ended together, each has its own events; what is not due, or in somebody else’s hands, is left alone', async () => {
  const [first, second, locked] = await due(3);
  const [later] = await activeGrants(fleet, await signedIn(fleet, 1), [
    { entitlement: adminOf(prod), endsAt: new Date(now + 1000) },
  ]);
  if (first === undefined || second === undefined || locked === undefined || later === undefined)
    throw new Error('no grant was made');
  const [{ deps }] = fleet.replicas;
  const somebody = new pg.Client({ connectionString: fleet.database.appUrl });
  await somebody.connect();
  await somebody.query('BEGIN');
  await somebody.query('SELECT FROM grants WHERE id = $1 FOR UPDATE', [locked.id]);
  const ids = [first, second, locked, later].map(({ id }) => id);
  expect(await endTogether(deps, ids)).toEqual(new Set([first.id, second.id, locked.id]));
  await somebody.query('ROLLBACK');
  await somebody.end();
  for (const { id } of [first, second])
    expect((await kindsOf(fleet, id)).slice(-2)).toEqual(['grant.ending', 'grant.ended']);
  expect(await stateOf(fleet, locked.id)).toBe('active');
  expect(await stateOf(fleet, later.id)).toBe('active');
});
