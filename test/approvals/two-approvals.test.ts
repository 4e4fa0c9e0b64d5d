import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalsDeps } from '../../src/approvals/deps.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { submitRequest } from '../../src/approvals/submit-request.ts';
import { callerOf, startWorld, type TestPerson, type World } from './world.ts';

// Under a rule that asks for two. No catalog file can say so yet, and the count must hold before one can.

let world: World;
let deps: ApprovalsDeps;
let engineer: TestPerson;
let first: TestPerson;
let second: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  const catalog = world.deps.catalog();
  const entitlements = new Map(
    [...catalog.entitlements].map(([id, one]) => [id, { ...one, approve: { ...one.approve, count: 2 } }]),
  );
  deps = { ...world.deps, catalog: () => ({ ...catalog, entitlements }) };
  engineer = await world.person('Erin', ['engineers']);
});
afterAll(() => world.stop());

async function ask() {
  first = await world.person('Aron', ['approvers']);
  second = await world.person('Sia', ['approvers']);
  const asked = await submitRequest(deps, callerOf(engineer, world.now()), {
    entitlements: ['prod/admin'],
    durationSeconds: 900,
    reason: 'to mend it',
  });
  return { id: asked.id ?? '', digest: asked.digest };
}

const approve = (person: TestPerson, asked: { id: string; digest: string }) =>
  reviewRequest(deps, callerOf(person, world.now()), { ...asked, decision: 'approve' });

/** Until so many connections of this database wait for a lock. */
async function untilWaiting(connections: number): Promise<void> {
  const waiting = () =>
    world.count(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  while ((await waiting()) < connections) await new Promise(setImmediate);
}

test('one approval of two decides nothing, and two people decide it', async () => {
  const asked = await ask();
  expect((await approve(first, asked)).state).toBe('pending');
  await expect(approve(first, asked)).rejects.toMatchObject({ code: 'already_decided' });
  expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(0);
  expect((await approve(second, asked)).state).toBe('approved');
  expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(1);
});

test('two approvals that arrive together count each other: the request never stays short of one it has', async () => {
  const asked = await ask();
  const holder = await world.pool.raw.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT FROM requests WHERE id = $1 FOR UPDATE', [asked.id]);
  const both = Promise.all([approve(first, asked), approve(second, asked)]);
  await untilWaiting(2);
  await holder.query('COMMIT');
  holder.release();
  expect((await both).map(({ state }) => state).toSorted()).toEqual(['approved', 'pending']);
  expect(await world.count(`requests WHERE id = $1 AND state = 'approved'`, [asked.id])).toBe(1);
  expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(1);
});

test.each([
  ['was deactivated', 'deactivated_at = now()'],
  ['left the group', `groups = '{others}'`],
])('the approval of somebody who %s since counts no more', async (_, change) => {
  const asked = await ask();
  await approve(first, asked);
  await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [first.id]);
  expect((await approve(second, asked)).state).toBe('pending');
  const third = await world.person('Tove', ['approvers']);
  expect((await approve(third, asked)).state).toBe('approved');
});
