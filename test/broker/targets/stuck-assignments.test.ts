import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { IdentityCenter } from '../../../src/aws/identity-center.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import type { BrokerDeps } from '../../../src/broker/deps.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { createPermissionSetTarget } from '../../../src/broker/targets/permission-set.ts';
import { eq } from '../../../src/db/drizzle.ts';
import { assignments, assignmentUsers } from '../../../src/db/schema.ts';
import { type House, openHouse } from '../house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

async function assigned(person?: string) {
  const grant = await house.grant({
    entitlement: house.permissionSet,
    seconds: 43_200,
    ...(person === undefined ? {} : { person }),
  });
  await activateGrant(house.deps, { grantId: grant.id });
  expect(await house.stateOf(grant.id)).toBe('active');
  return { ...grant, caller: await house.caller(grant.person) };
}

function refuseDeleting(): void {
  house.aws.fault({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind: 'refuse' });
}

function deletions(): number {
  return house.aws.log.filter((entry) => entry.action === 'DeleteAccountAssignment').length;
}

async function assignmentEvents(id: string): Promise<string[]> {
  return (await house.kinds(id)).filter((kind) => kind.startsWith('assignment.'));
}

/** Sweeps every five seconds, as the service does; or less often, where it makes no difference. */
async function sweepFor(seconds: number, every = 5): Promise<void> {
  for (let at = 0; at < seconds; at += every) {
    await sweepGrants(house.deps);
    house.pass(every);
  }
}

test('a deletion that AWS refuses is asked for ever more rarely, and recorded once', async () => {
  const { id, caller } = await assigned();
  const before = (await assignmentEvents(id)).length;
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  await sweepFor(300);
  const early = deletions();
  expect(early).toBeGreaterThan(3);
  expect(early).toBeLessThan(9);
  expect((await assignmentEvents(id)).slice(before)).toEqual(['assignment.requested', 'assignment.failed']);
  // At the most five minutes apart, for as long as it takes.
  await sweepFor(1200, 40);
  expect(deletions() - early).toBeGreaterThan(2);
  house.aws.clearFaults();
  await sweepFor(400, 40);
  expect(await house.stateOf(id)).toBe('ended');
  expect((await assignmentEvents(id)).slice(before)).toEqual([
    'assignment.requested',
    'assignment.failed',
    'assignment.confirmed',
  ]);
});

test('jobs keep the pauses, too, and come back when the next look is due', async () => {
  const { id, caller } = await assigned();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  house.pass(1);
  await finishEnding(house.deps, { grantId: id });
  house.pass(1);
  for (let i = 0; i < 5; i++) await finishEnding(house.deps, { grantId: id });
  expect(deletions()).toBe(1);
  house.pass(5);
  await finishEnding(house.deps, { grantId: id });
  expect(deletions()).toBe(2);
});

test('another reason is recorded when it comes', async () => {
  const { id, caller } = await assigned();
  await endGrant(house.deps, caller, { grantId: id });
  refuseDeleting();
  await sweepFor(60);
  house.aws.clearFaults();
  house.aws.fault({
    service: 'sso-admin',
    action: 'DeleteAccountAssignment',
    kind: 'fail-late',
    reason: 'busy elsewhere',
  });
  await sweepFor(600, 40);
  const failures = (await assignmentEvents(id)).filter((kind) => kind === 'assignment.failed');
  expect(failures).toHaveLength(2);
});

test('an end that is new is looked at at once, and so is a grant that begins, whatever failed before', async () => {
  const first = await assigned();
  await endGrant(house.deps, first.caller, { grantId: first.id });
  refuseDeleting();
  await sweepFor(300);
  const second = await assigned(first.person);
  const tried = deletions();
  house.pass(1);
  await endGrant(house.deps, second.caller, { grantId: second.id });
  house.aws.clearFaults();
  await sweepGrants(house.deps);
  expect(deletions()).toBe(tried + 1);
  // Both of them see it with the next sweep at the latest: one of them deleted it, the other may have found it at work.
  await sweepFor(10);
  for (const { id } of [first, second]) expect(await house.stateOf(id)).toBe('ended');
  expect(deletions()).toBe(tried + 1);
});

test('an end right after a look that failed does not wait for the next one', async () => {
  const { id, caller, person } = await assigned();
  const { center } = house;
  const user = house.aws.world.identityCenter.users.find((one) => one.userName === person);
  // What compares found Identity Center out of reach a moment ago.
  const ahead = new Date(house.now().getTime() + 300_000);
  await house.pool.db
    .update(assignments)
    .set({ attempts: 9, triedAt: house.now(), nextLookAt: ahead })
    .where(eq(assignments.principalId, user?.userId ?? ''));
  house.pass(1);
  await endGrant(house.deps, caller, { grantId: id });
  await sweepGrants(over(center));
  expect(await house.stateOf(id)).toBe('ended');
});

test('an assignment that nobody needs and AWS will not delete is asked for ever more rarely', async () => {
  const { id } = await assigned();
  await house.pool.db.delete(assignmentUsers).where(eq(assignmentUsers.grantId, id));
  refuseDeleting();
  await sweepFor(300);
  expect(deletions()).toBeGreaterThan(3);
  expect(deletions()).toBeLessThan(9);
});

/** The broker over another Identity Center. */
function over(center: IdentityCenter): BrokerDeps {
  const target = createPermissionSetTarget({
    ...house.deps,
    center,
    identityCenterUser: (person) => ({ issuer: 'https://idp.example', id: person.subject }),
    pause: async () => undefined,
  });
  return { ...house.deps, targets: { ...house.deps.targets, 'permission-set': target } };
}

test('while Identity Center hangs over one assignment, a sweep ends the others', async () => {
  const stuck = await assigned();
  const others = [await assigned(), await assigned(), await assigned()];
  for (const { id, caller } of [stuck, ...others]) await endGrant(house.deps, caller, { grantId: id });
  const { center } = house;
  const hang = Promise.withResolvers<boolean>();
  const user = house.aws.world.identityCenter.users.find((one) => one.userName === stuck.person);
  const deps = over({
    ...center,
    isAssigned: (key) => (key.principalId === user?.userId ? hang.promise : center.isAssigned(key)),
  });
  const sweeping = sweepGrants(deps);
  await vi.waitFor(
    async () => {
      for (const { id } of others) expect(await house.stateOf(id)).toBe('ended');
    },
    { timeout: 15_000 },
  );
  expect(await house.stateOf(stuck.id)).toBe('ending');
  hang.reject(new Error('timed out'));
  await sweeping;
});
