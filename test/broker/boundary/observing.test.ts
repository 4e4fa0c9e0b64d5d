import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { claim } from '../../../src/broker/boundary/lease.ts';
import { confirm } from '../../../src/broker/boundary/confirm.ts';
import type { BoundaryDeps } from '../../../src/broker/boundary/deps.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { type House, openHouse, prod } from '../house.ts';

let house: House;
let observed: unknown[];
beforeEach(async () => {
  house = await openHouse();
  observed = [];
});
afterEach(() => house.close());

const watched = (): BoundaryDeps => ({
  ...house.boundary(),
  observe: {
    looked: (outcome) => observed.push(outcome),
    confirmed: (seconds) => observed.push(seconds),
    roleWide: (accountId, grants) => observed.push([accountId, grants]),
  },
});

async function endedEarly(): Promise<void> {
  const { id, person } = await house.grant();
  await activateGrant(house.deps, { grantId: id });
  const caller = await house.caller(person);
  await issueSession(house.deps, caller, { grantId: id });
  await endGrant(house.deps, caller, { grantId: id, because: 'done' });
}

test('each look at a policy is counted by how it went, and each deny by how long it took', async () => {
  await endedEarly();
  house.aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'refuse', times: 1 });
  await writeBoundary(watched(), prod);
  expect(observed).toEqual(['failed']);
  house.pass(12);
  await writeBoundary(watched(), prod);
  expect(observed.slice(1)).toEqual([12, 'written']);
  await writeBoundary(watched(), prod, { look: true });
  expect(observed.slice(3)).toEqual(['unchanged']);
});

test('denies that cannot be confirmed count as partial', async () => {
  const account = house.aws.world.accounts.find(({ id }) => id === prod);
  delete account?.roles.find(({ name }) => name === 'daypass-admin')?.permissionsBoundaryArn;
  await endedEarly();
  await writeBoundary(watched(), prod);
  expect(observed).toEqual(['partial']);
});

test('a deny of all older sessions of a role is told with its account', async () => {
  await endedEarly();
  const read = {
    accountId: prod,
    policyArn: `arn:aws:iam::${prod}:policy/daypass-boundary`,
    versionId: 'v9',
    planned: new Map(),
    unbounded: new Set<string>(),
    lapsed: [],
  };
  // Only who holds the lease may write down what was read back.
  const holder = watched();
  await claim(holder, prod);
  const means = (how: 'role' | 'grant') => ({ document: '{}', means: new Map([['grt_1', how]]), left: [] });
  await confirm(holder, { ...read, wrote: true, plan: means('grant') });
  await confirm(holder, { ...read, wrote: false, plan: means('role') });
  expect(observed).toEqual([]);
  await confirm(holder, { ...read, wrote: true, plan: means('role') });
  expect(observed).toEqual([[prod, 1]]);
});
