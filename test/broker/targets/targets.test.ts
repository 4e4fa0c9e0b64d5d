import { afterAll, beforeAll, describe } from 'vitest';
import { issueSession, type SessionCredentials } from '../../../src/broker/issue-session.ts';
import { adminRole, type House, openHouse } from '../house.ts';
import { keepsToTheContract } from './conformance.ts';

let house: House;
const held = new Map<string, SessionCredentials>();
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

describe('a role', () => {
  keepsToTheContract({
    house: () => house,
    target: () => house.deps.targets.role,
    entitlement: () => adminRole,
    use: async (grantId, person) => {
      const issued = await issueSession(house.deps, await house.caller(person), { grantId });
      held.set(grantId, issued.credentials.reveal());
    },
    hasAccess: async (grantId) => {
      const credentials = held.get(grantId);
      return credentials !== undefined && (await house.listBuckets(credentials)) === 'ok';
    },
  });
});

describe('a permission set', () => {
  keepsToTheContract({
    house: () => house,
    target: () => house.deps.targets['permission-set'],
    entitlement: () => house.permissionSet,
    use: async () => undefined,
    hasAccess: async (_grantId, person) => {
      const { users, assignments } = house.aws.world.identityCenter;
      const user = users.find((one) => one.userName === person);
      return assignments.some((one) => one.principalId === user?.userId);
    },
  });
});
