import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemContext } from '../../../src/audit/event.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { beginEnding } from '../../../src/broker/begin-ending.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { readOverdueEndings } from '../../../src/broker/ending-measures.ts';
import { lockGrant } from '../../../src/broker/grant-row.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { eq } from '../../../src/db/drizzle.ts';
import { denies, grants } from '../../../src/db/schema.ts';
import { type House, openHouse, prod } from '../house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** An active grant of the permission set. */
async function assigned({ person, seconds = 43_200 }: { person?: string; seconds?: number } = {}) {
  const grant = await house.grant({
    entitlement: house.permissionSet,
    seconds,
    ...(person === undefined ? {} : { person }),
  });
  await activateGrant(house.deps, { grantId: grant.id });
  expect(await house.stateOf(grant.id)).toBe('active');
  return { ...grant, caller: await house.caller(grant.person) };
}

/** A session that a person opens at the portal: whoever is still assigned can. */
function portal(personId: string) {
  const user = house.aws.world.identityCenter.users.find((one) => one.userName === personId);
  const { target } = house.permissionSet;
  if (user === undefined || target.kind !== 'permission-set') throw new Error('not known at the portal');
  const { permissionSetArn, accountId } = target;
  const given = house.aws.portalCredentials({ userId: user.userId, permissionSetArn, accountId });
  return { ...given, expiration: given.expiration.toISOString() };
}

function refuseDeleting(): void {
  house.aws.fault({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind: 'refuse' });
}

async function sweepAndWrite(): Promise<void> {
  await sweepGrants(house.deps);
  await writeBoundary(house.boundary(), prod);
}

async function settleEnd(id: string): Promise<void> {
  for (let i = 0; i < 8 && (await house.stateOf(id)) !== 'ended'; i++) {
    house.pass(60);
    await sweepGrants(house.deps);
  }
  expect(await house.stateOf(id)).toBe('ended');
}

async function evidenceOf(id: string): Promise<unknown> {
  const [row] = await house.pool.db
    .select({ evidence: grants.evidence })
    .from(grants)
    .where(eq(grants.id, id));
  return row?.evidence;
}

test('however long the deletion takes, what is opened at the portal after the end is denied within half a minute', async () => {
  const { id, person, caller } = await assigned();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  await sweepAndWrite();
  // Longer than any session of the permission set lives: 3 hours.
  for (let round = 0; round < 9; round++) {
    house.pass(1200);
    const opened = portal(person);
    house.pass(31);
    await sweepAndWrite();
    expect(await house.listBuckets(opened)).toBe('AccessDenied');
  }
  const last = portal(person);
  house.aws.clearFaults();
  await settleEnd(id);
  await writeBoundary(house.boundary(), prod);
  expect(await house.listBuckets(last)).toBe('AccessDenied');
  house.pass(3000);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(await house.listBuckets(last)).toBe('AccessDenied');
});

test('a deny that lapsed while nothing ran is written again for what was opened meanwhile', async () => {
  const { id, person, caller } = await assigned();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  await sweepAndWrite();
  house.pass(3 * 3600);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(await house.kinds(id)).toContain('deny.removed');
  const late = portal(person);
  expect(await house.listBuckets(late)).toBe('ok');
  house.pass(31);
  await sweepAndWrite();
  expect(await house.listBuckets(late)).toBe('AccessDenied');
});

test('looks that come often move the deny every half a minute, not each time', async () => {
  const { id, caller } = await assigned();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  let moves = 0;
  let reach = '';
  for (let i = 0; i < 60; i++) {
    await sweepAndWrite();
    const [row] = await house.pool.db.select().from(denies).where(eq(denies.grantId, id));
    const now = row?.issuedBefore?.toISOString() ?? '';
    if (now !== reach) moves++;
    reach = now;
    house.pass(5);
  }
  expect(moves).toBeGreaterThan(5);
  expect(moves).toBeLessThan(12);
});

test('while the deletion hangs, an ending whose deny moves on is overdue from its end', async () => {
  const { id, caller } = await assigned();
  const endedAt = house.now();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  for (let i = 0; i < 10; i++) {
    await sweepGrants(house.deps);
    house.pass(10);
  }
  expect(await readOverdueEndings(house.pool.db, house.now(), 10)).toMatchObject([
    { grantId: id, since: endedAt, reason: 'the assignment is not gone yet' },
  ]);
});

test('two grants of one person that end at the same time: the later one sees that nothing lives, and denies', async () => {
  const first = await assigned();
  const second = await assigned({ person: first.person });
  const open = portal(first.person);
  const begun = Promise.withResolvers<void>();
  const mayCommit = Promise.withResolvers<void>();
  const end = (grantId: string, then: () => Promise<void>) =>
    house.transact(systemContext, async (work) => {
      const row = await lockGrant(work.queries, grantId);
      if (row === null) throw new Error('no grant');
      await beginEnding(work, row, 'revoked');
      await then();
    });
  const one = end(first.id, async () => {
    begun.resolve();
    await mayCommit.promise;
  });
  await begun.promise;
  let over = false;
  const other = end(second.id, async () => undefined).finally(() => (over = true));
  // Either it waits for the first one, or it is through without having waited.
  await vi.waitFor(
    async () => {
      const { rows } = await house.pool.raw.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      expect(over || rows.length > 0).toBe(true);
    },
    { timeout: 15_000 },
  );
  mayCommit.resolve();
  await Promise.all([one, other]);
  house.pass(6);
  await writeBoundary(house.boundary(), prod);
  expect(await house.listBuckets(open)).toBe('AccessDenied');
  for (const { id } of [first, second]) await settleEnd(id);
});

test('a grant whose time is over keeps no assignment and no session of another one, swept or not', async () => {
  const long = await assigned();
  const short = await assigned({ person: long.person, seconds: 900 });
  const open = portal(long.person);
  house.pass(901);
  expect(await house.stateOf(short.id)).toBe('active');
  await endGrant(house.deps, long.caller, { grantId: long.id });
  const removal = await house.deps.targets['permission-set'].takeAway(await rowOf(long.id));
  expect(removal).toMatchObject({ kind: 'gone', evidence: { kind: 'assignment_gone' } });
  await writeBoundary(house.boundary(), prod);
  expect(await house.listBuckets(open)).toBe('AccessDenied');
});

async function rowOf(id: string) {
  const [row] = await house.pool.db.select().from(grants).where(eq(grants.id, id));
  if (row === undefined) throw new Error('no grant');
  return row;
}

test('granted again before the assignment was deleted: what was opened in between is denied, what is opened from then on is not', async () => {
  const first = await assigned();
  await endGrant(house.deps, first.caller, { grantId: first.id });
  refuseDeleting();
  await sweepAndWrite();
  house.pass(20);
  const between = portal(first.person);
  house.pass(5);
  const again = await assigned({ person: first.person, seconds: 900 });
  const under = portal(first.person);
  house.aws.clearFaults();
  await settleEnd(first.id);
  expect(await evidenceOf(first.id)).toMatchObject({ kind: 'needed_by_other_grants', grants: 1 });
  await writeBoundary(house.boundary(), prod);
  expect(await house.listBuckets(between)).toBe('AccessDenied');
  expect(await house.listBuckets(under)).toBe('ok');
  house.pass(900);
  await settleEnd(again.id);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(await house.listBuckets(between)).toBe('AccessDenied');
});

test('granted again while the deletion hangs: the deny of the first grant moves no further', async () => {
  const first = await assigned();
  await endGrant(house.deps, first.caller, { grantId: first.id });
  refuseDeleting();
  for (let i = 0; i < 4; i++) {
    await sweepAndWrite();
    house.pass(31);
  }
  await assigned({ person: first.person });
  const under = portal(first.person);
  for (let i = 0; i < 4; i++) {
    house.pass(31);
    await sweepAndWrite();
  }
  expect(await house.listBuckets(under)).toBe('ok');
  expect(await house.stateOf(first.id)).toBe('ended');
});
