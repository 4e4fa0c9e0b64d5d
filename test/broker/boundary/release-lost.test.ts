import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { createBoundaryWriters } from '../../../src/broker/boundary/writers.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { type House, openHouse, prod } from '../house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

test('a writer that could not let go of its lease goes on by itself, and nobody waits until the lease is over', async () => {
  const { id, person } = await house.grant();
  await activateGrant(house.deps, { grantId: id });
  const caller = await house.caller(person);
  await issueSession(house.deps, caller, { grantId: id });
  await endGrant(house.deps, caller, { grantId: id });
  const deps = house.boundary();
  let failing = 2;
  const writers = createBoundaryWriters({
    ...deps,
    // Confirming fails, and so does letting go.
    transact: (context, body) => {
      const written = house.aws.log.some(({ action }) => action === 'CreatePolicyVersion');
      if (written && failing-- > 0) return Promise.reject(new Error('out of reach'));
      return deps.transact(context, body);
    },
  });
  writers.wake(prod);
  await vi.waitFor(async () => expect(await house.stateOf(id)).toBe('ended'), { timeout: 20_000 });
  await writers.stop();
});
