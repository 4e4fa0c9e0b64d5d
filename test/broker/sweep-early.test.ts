import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { type House, openHouse } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('a sweep leaves an ending alone while its sessions can be used, and ends it by itself once they cannot', async () => {
  const { id, person } = await house.grant({});
  await activateGrant(house.deps, { grantId: id });
  const caller = await house.caller(person);
  await issueSession(house.deps, caller, { grantId: id });
  await endGrant(house.deps, caller, { grantId: id });
  expect((await sweepGrants(house.deps)).ended).toBe(0);
  expect(await house.stateOf(id)).toBe('ending');
  house.pass(1860);
  expect((await sweepGrants(house.deps)).ended).toBe(1);
  expect(await house.stateOf(id)).toBe('ended');
});

test('an ending under which nothing was issued ends with the next sweep', async () => {
  const { id, person } = await house.grant({});
  await activateGrant(house.deps, { grantId: id });
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});
