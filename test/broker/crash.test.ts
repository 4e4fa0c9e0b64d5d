import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Transact } from '../../src/audit/unit-of-work.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { createPermissionSetTarget } from '../../src/broker/targets/permission-set.ts';
import { adminRole, type House, openHouse, withAssumeRole } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

/** The broker in a process that dies at its nth transaction, just before it or just after its commit. */
function dyingAt(nth: number, when: 'before' | 'after'): { deps: BrokerDeps; transactions: () => number } {
  let count = 0;
  const transact: Transact = async (context, body) => {
    count++;
    if (count > nth || (count === nth && when === 'before')) throw new Error('the process died');
    const result = await house.transact(context, body);
    if (count === nth) throw new Error('the process died');
    return result;
  };
  const target = createPermissionSetTarget({
    db: house.pool.db,
    clock: () => house.now(),
    transact,
    center: house.center,
    identityCenterUser: (person) => ({ issuer: 'https://idp.example', id: person.subject }),
    pause: async () => undefined,
  });
  const deps = { ...house.deps, transact, targets: { ...house.deps.targets, 'permission-set': target } };
  return { deps, transactions: () => count };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    expect((await sweepGrants(house.deps)).faults).toBe(0);
    house.pass(31);
  }
}

function assigned(person: string): boolean {
  const { users, assignments } = house.aws.world.identityCenter;
  const user = users.find((one) => one.userName === person);
  return assignments.some((one) => one.principalId === user?.userId);
}

/** The changes of state, each of which must be there once. */
async function changes(grantId: string): Promise<string[]> {
  return (await house.kinds(grantId)).filter((kind) => kind.startsWith('grant.'));
}

describe.each(['role', 'permission-set'] as const)('a %s', (kind) => {
  const make = () =>
    house.grant({ entitlement: kind === 'role' ? adminRole : house.permissionSet, seconds: 7200 });
  const never = Number.POSITIVE_INFINITY;

  test('a process that dies at any point of an activation leaves a grant that the sweep activates', async () => {
    const clean = dyingAt(never, 'before');
    await activateGrant(clean.deps, { grantId: (await make()).id });
    expect(clean.transactions()).toBeGreaterThan(kind === 'role' ? 0 : 1);
    for (let nth = 1; nth <= clean.transactions(); nth++) {
      for (const when of ['before', 'after'] as const) {
        const { id, person } = await make();
        await activateGrant(dyingAt(nth, when).deps, { grantId: id }).catch(() => undefined);
        await settle();
        expect(await changes(id)).toEqual(['grant.scheduled', 'grant.activating', 'grant.active']);
        expect(assigned(person)).toBe(kind === 'permission-set');
      }
    }
  });

  test('a process that dies at any point of an ending leaves a grant that the sweep ends', async () => {
    const live = async () => {
      const grant = await make();
      await activateGrant(house.deps, { grantId: grant.id });
      return grant;
    };
    const end = async (deps: BrokerDeps, grant: { id: string; person: string }) => {
      await endGrant(deps, await house.caller(grant.person), { grantId: grant.id });
      await finishEnding(deps, { grantId: grant.id });
    };
    const clean = dyingAt(never, 'before');
    await end(clean.deps, await live());
    expect(clean.transactions()).toBeGreaterThan(1);
    for (let nth = 2; nth <= clean.transactions(); nth++) {
      for (const when of ['before', 'after'] as const) {
        const grant = await live();
        await end(dyingAt(nth, when).deps, grant).catch(() => undefined);
        await settle();
        expect((await changes(grant.id)).slice(3)).toEqual(['grant.ending', 'grant.ended']);
        expect(assigned(grant.person)).toBe(false);
      }
    }
  });
});

test('a process that dies while STS is asked leaves a session that the sweep settles as unknown', async () => {
  const { id, person } = await house.grant({ seconds: 7200 });
  await activateGrant(house.deps, { grantId: id });
  const deps = withAssumeRole(house, (real) => async (input) => {
    await real(input);
    throw new Error('the process died');
  });
  const caller = await house.caller(person);
  await expect(issueSession(deps, caller, { grantId: id })).rejects.toThrow('the process died');
  house.pass(61);
  await sweepGrants(house.deps);
  expect((await house.kinds(id)).slice(-2)).toEqual(['session.issuing', 'session.unknown']);
});
