import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { listGrants } from '../../src/broker/list-grants.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { adminRole, type House, openHouse, prod } from './house.ts';

let house: House;
let ids: Record<'coming' | 'used' | 'unused' | 'denied' | 'console', string>;
beforeAll(async () => {
  house = await openHouse();
  const make = async (
    options: Parameters<House['grant']>[0],
    then: 'used' | 'ended' | 'both' | 'neither',
  ) => {
    const grant = await house.grant(options);
    await activateGrant(house.deps, { grantId: grant.id });
    const caller = await house.caller(grant.person);
    if (then === 'used' || then === 'both') await issueSession(house.deps, caller, { grantId: grant.id });
    if (then === 'ended' || then === 'both') await endGrant(house.deps, caller, { grantId: grant.id });
    return grant.id;
  };
  ids = {
    coming: await make({ startsIn: 86_400 }, 'neither'),
    used: await make({ seconds: 900 }, 'used'),
    unused: await make({ entitlement: adminRole }, 'ended'),
    denied: await make({ seconds: 7200 }, 'both'),
    console: await make({ entitlement: house.permissionSet }, 'ended'),
  };
  await sweepGrants(house.deps);
  await writeBoundary(house.boundary(), prod);
});
afterAll(() => house.close());

/** The names of the grants that can still be used, as the list says; the others are in the other list, and none in both. */
async function live(): Promise<string[]> {
  const operator = await house.caller(await house.person(), { isOperator: true });
  const list = async (stillLive: boolean) =>
    (await listGrants(house.deps, operator, { stillLive })).items.map(({ id }) => id);
  const [yes, no] = [await list(true), await list(false)];
  expect([...yes, ...no].toSorted()).toEqual(Object.values(ids).toSorted());
  return Object.entries(ids).flatMap(([name, id]) => (yes.includes(id) ? [name] : []));
}

test('a grant is listed as live exactly while it, or something issued under it, can be used', async () => {
  // A deny has had no time to spread yet.
  expect(await live()).toEqual(['coming', 'used', 'denied', 'console']);
  house.pass(301);
  expect(await live()).toEqual(['coming', 'used']);
  house.pass(600);
  await sweepGrants(house.deps);
  expect(await live()).toEqual(['coming']);
  house.pass(2 * 86_400);
  await sweepGrants(house.deps);
  expect(await live()).toEqual([]);
});

test('a permission set whose deny is not confirmed counts for as long as a session opened at the portal lives', async () => {
  const set = house.aws.world.identityCenter.permissionSets[0];
  if (set === undefined) throw new Error('no permission set');
  delete set.permissionsBoundary;
  const grant = await house.grant({ entitlement: house.permissionSet });
  ids = { ...ids, console: grant.id };
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  await endGrant(house.deps, caller, { grantId: grant.id });
  await sweepGrants(house.deps);
  await writeBoundary(house.boundary(), prod);
  expect(await house.stateOf(grant.id)).toBe('ended');
  const listed = async () => (await listGrants(house.deps, caller, { stillLive: true })).items.length;
  house.pass(3599);
  expect(await listed()).toBe(1);
  house.pass(2);
  expect(await listed()).toBe(0);
});
