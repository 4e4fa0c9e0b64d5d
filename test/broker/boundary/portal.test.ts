import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { getGrant } from '../../../src/broker/get-grant.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { type House, openHouse, prod } from '../house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

/** An active grant of the permission set, and a session that its owner opened at the portal. */
async function assigned(person?: string) {
  const grant = await house.grant({
    entitlement: house.permissionSet,
    ...(person === undefined ? {} : { person }),
  });
  await activateGrant(house.deps, { grantId: grant.id });
  expect(await house.stateOf(grant.id)).toBe('active');
  return { ...grant, caller: await house.caller(grant.person) };
}

async function portal(personId: string) {
  const user = house.aws.world.identityCenter.users.find((one) => one.userName === personId);
  const { target } = house.permissionSet;
  if (user === undefined || target.kind !== 'permission-set') throw new Error('not known at the portal');
  const { permissionSetArn, accountId } = target;
  const given = house.aws.portalCredentials({ userId: user.userId, permissionSetArn, accountId });
  return { ...given, expiration: given.expiration.toISOString() };
}

async function settleEnd(id: string): Promise<void> {
  for (let i = 0; i < 5 && (await house.stateOf(id)) !== 'ended'; i++) {
    await finishEnding(house.deps, { grantId: id });
    house.pass(30);
  }
  expect(await house.stateOf(id)).toBe('ended');
}

test('a permission set ended early: what is open at the portal is denied, colleagues and a later grant are not', async () => {
  const mine = await assigned();
  const colleague = await assigned();
  const open = await portal(mine.person);
  const theirs = await portal(colleague.person);
  expect(await house.listBuckets(open)).toBe('ok');

  await endGrant(house.deps, mine.caller, { grantId: mine.id });
  await writeBoundary(house.boundary(), prod);
  // The assignment is not gone yet: what is opened meanwhile is denied once it is.
  house.pass(10);
  const between = await portal(mine.person);
  expect(await house.listBuckets(between)).toBe('ok');
  await settleEnd(mine.id);
  await writeBoundary(house.boundary(), prod);
  for (const credentials of [open, between])
    expect(await house.listBuckets(credentials)).toBe('AccessDenied');
  expect(await house.listBuckets(theirs)).toBe('ok');
  expect((await getGrant(house.deps, mine.caller, { grantId: mine.id })).deniedAt).not.toBeNull();

  house.pass(60);
  const later = await assigned(mine.person);
  expect(await house.listBuckets(await portal(later.person))).toBe('ok');
  expect(await house.listBuckets(open)).toBe('AccessDenied');
});

test('a permission set without the boundary: the assignment goes, and nothing is called denied', async () => {
  const set = house.aws.world.identityCenter.permissionSets[0];
  if (set === undefined) throw new Error('no permission set');
  delete set.permissionsBoundary;
  const grant = await assigned();
  await endGrant(house.deps, grant.caller, { grantId: grant.id });
  await settleEnd(grant.id);
  expect(await writeBoundary(house.boundary(), prod)).toBe('failed');
  expect((await getGrant(house.deps, grant.caller, { grantId: grant.id })).deniedAt).toBeNull();
});

test('while another live grant of the same person needs the permission set, nothing is denied', async () => {
  const first = await assigned();
  const second = await assigned(first.person);
  const open = await portal(first.person);
  await endGrant(house.deps, first.caller, { grantId: first.id });
  await settleEnd(first.id);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(await house.listBuckets(open)).toBe('ok');
  await endGrant(house.deps, second.caller, { grantId: second.id });
  await settleEnd(second.id);
  await writeBoundary(house.boundary(), prod);
  expect(await house.listBuckets(open)).toBe('AccessDenied');
  expect((await getGrant(house.deps, second.caller, { grantId: second.id })).deniedAt).not.toBeNull();
  expect((await getGrant(house.deps, first.caller, { grantId: first.id })).deniedAt).toBeNull();
});
