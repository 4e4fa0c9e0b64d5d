import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { type House, openHouse } from '../house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('AWS makes an assignment twice and answers with the conflict of the second: it is ours all the same, and goes with the grant', async () => {
  const { id, person } = await house.grant({ entitlement: house.permissionSet });
  house.aws.fault({ service: 'sso-admin', action: 'CreateAccountAssignment', kind: 'twice', times: 1 });
  for (let i = 0; i < 5 && (await house.stateOf(id)) !== 'active'; i++) {
    await activateGrant(house.deps, { grantId: id });
    house.pass(30);
  }
  expect(await house.stateOf(id)).toBe('active');
  const assigned = () => house.aws.world.identityCenter.assignments.length;
  expect(assigned()).toBe(1);
  expect(await house.kinds(id)).toContain('assignment.confirmed');
  expect(await house.kinds(id)).not.toContain('assignment.failed');

  await endGrant(house.deps, await house.caller(person), { grantId: id });
  for (let i = 0; i < 5 && (await house.stateOf(id)) !== 'ended'; i++) {
    await finishEnding(house.deps, { grantId: id });
    house.pass(30);
  }
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned()).toBe(0);
});
