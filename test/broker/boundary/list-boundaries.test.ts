import { afterEach, beforeEach, expect, test } from 'vitest';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { issueSession } from '../../../src/broker/issue-session.ts';
import { type ListBoundariesInput, listBoundaries } from '../../../src/broker/list-boundaries.ts';
import { boundaries } from '../../../src/db/schema.ts';
import { adminRole, type House, openHouse, prod } from '../house.ts';

const policyArn = `arn:aws:iam::${prod}:policy/daypass-boundary`;
let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const list = async (input: ListBoundariesInput = {}) =>
  listBoundaries(
    house.deps,
    await house.caller(await house.person({ groups: ['operators'] }), { isOperator: true }),
    input,
  );

async function endedEarly(options: Parameters<House['grant']>[0] = {}): Promise<string> {
  const { id, person } = await house.grant(options);
  await activateGrant(house.deps, { grantId: id });
  const caller = await house.caller(person);
  await issueSession(house.deps, caller, { grantId: id });
  await endGrant(house.deps, caller, { grantId: id, because: 'done' });
  return id;
}

function account() {
  const found = house.aws.world.accounts.find((one) => one.id === prod);
  if (found === undefined) throw new Error('no such account');
  return found;
}

test('an account that is as it should be says what it denies and when it was read back', async () => {
  await endedEarly();
  await writeBoundary(house.boundary(), prod);
  expect(await list()).toEqual({
    items: [
      {
        account: prod,
        failingSince: null,
        reason: null,
        attempts: 0,
        nextTryAt: null,
        readBackAt: house.now().toISOString(),
        version: 'v2',
        denies: 1,
        waiting: [],
        unknownCodes: [],
      },
    ],
    next: null,
  });
  expect((await list({ failing: true })).items).toEqual([]);
});

test('an account that refuses says since when, why, how often, and which grants wait', async () => {
  const id = await endedEarly();
  const since = house.now().toISOString();
  house.aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'refuse', times: 2 });
  await writeBoundary(house.boundary(), prod);
  house.pass(10);
  await writeBoundary(house.boundary(), prod);
  const { items } = await list({ failing: true });
  expect(Date.parse(items[0]?.nextTryAt ?? '')).toBeGreaterThan(house.now().getTime());
  expect(items).toEqual([
    {
      account: prod,
      failingSince: since,
      reason: 'AccessDenied (refused)',
      attempts: 2,
      nextTryAt: items[0]?.nextTryAt,
      readBackAt: null,
      version: null,
      denies: 1,
      waiting: [{ grant: id, target: `arn:aws:iam::${prod}:role/daypass-admin`, since }],
      unknownCodes: [],
    },
  ]);
});

test('a role without the boundary shows by its name, while the denies of others are in force', async () => {
  const role = account().roles.find((one) => one.name === 'daypass-readonly');
  if (role === undefined || adminRole.target.kind !== 'role') throw new Error('no such role');
  delete role.permissionsBoundaryArn;
  const roleArn = `arn:aws:iam::${prod}:role/daypass-readonly`;
  const poisoned = await endedEarly({
    entitlement: { ...adminRole, id: 'prod/readonly', target: { ...adminRole.target, roleArn } },
  });
  await endedEarly();
  await writeBoundary(house.boundary(), prod);
  const [item] = (await list()).items;
  expect(item).toMatchObject({ denies: 2, waiting: [{ grant: poisoned, target: roleArn }] });
  expect(item?.reason).toContain('1 ended grants are of roles that do not have the policy as their boundary');
});

test('codes of no known grant are listed', async () => {
  const deny = { Sid: 'DaypassEndedGrants', Effect: 'Deny', Action: '*', Resource: '*' };
  account().managedPolicies[policyArn] = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { ...deny, Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': ['00000000'] } } },
    ],
  };
  await writeBoundary(house.boundary(), prod, { look: true });
  expect((await list()).items).toMatchObject([{ account: prod, denies: 0, unknownCodes: ['00000000'] }]);
});

test('accounts come in pages, each once', async () => {
  const accounts = ['000000000001', '000000000002', '000000000003', '000000000004', '000000000005'];
  await house.pool.db.insert(boundaries).values(accounts.map((accountId) => ({ accountId })));
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
    seen.push(...page.items.map((item) => item.account));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual(accounts);
});

test('operators and auditors alone see it; what is no cursor or limit is refused', async () => {
  const person = await house.person();
  await expect(listBoundaries(house.deps, await house.caller(person))).rejects.toMatchObject({
    code: 'forbidden',
  });
  const auditor = await house.caller(person, { isAuditor: true });
  expect(await listBoundaries(house.deps, auditor)).toEqual({ items: [], next: null });
  for (const input of [{ cursor: 'nonsense' }, { limit: 0 }, { limit: 101 }])
    await expect(list(input)).rejects.toMatchObject({ code: 'invalid_input' });
});
