import { eq } from '../../src/db/drizzle.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemContext } from '../../src/audit/event.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { listGrants } from '../../src/broker/list-grants.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { createPermissionSetTarget } from '../../src/broker/targets/permission-set.ts';
import type { IdentityCenter } from '../../src/aws/identity-center.ts';
import { assignments, assignmentUsers, grants } from '../../src/db/schema.ts';
import { type House, openHouse } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.aws.clearFaults());
afterAll(() => house.close());

function principal(person: string): string {
  return house.aws.world.identityCenter.users.find((user) => user.userName === person)?.userId ?? '';
}

/** How many assignments a person has at AWS. */
function assigned(person: string): number {
  const { assignments: made } = house.aws.world.identityCenter;
  return made.filter((one) => one.principalId === principal(person)).length;
}

async function console_(options: Parameters<House['grant']>[0] = {}) {
  return house.grant({ entitlement: house.permissionSet, ...options });
}

/** Sweeps with time going by, until nothing moves any more. */
async function settle(rounds = 6, seconds = 31): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    await sweepGrants(house.deps);
    house.pass(seconds);
  }
}

/** The broker over an Identity Center that dies at a chosen call, before or after doing it. */
function dying(method: keyof IdentityCenter, when: 'before' | 'after'): BrokerDeps {
  const { center } = house;
  let died = false;
  const wrapped: IdentityCenter = {
    ...center,
    [method]: async (...args: never[]) => {
      const call = center[method] as (...a: never[]) => Promise<unknown>;
      if (died) return call(...args);
      died = true;
      if (when === 'after') await call(...args);
      throw new Error('the process died here');
    },
  };
  return over(wrapped);
}

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

test('an assignment is made, polled and confirmed; then deleted, polled and confirmed', async () => {
  const { id, person } = await console_();
  await activateGrant(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('active');
  expect(assigned(person)).toBe(1);
  const caller = await house.caller(person);
  await endGrant(house.deps, caller, { grantId: id });
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(0);
  expect(await house.kinds(id)).toEqual([
    'grant.scheduled',
    'grant.activating',
    'assignment.requested',
    'assignment.confirmed',
    'grant.active',
    'grant.ending',
    'assignment.requested',
    'assignment.confirmed',
    'grant.ended',
  ]);
  // Role sessions opened at the portal go on: said in the evidence, and still counted as live.
  const view = await getGrant(house.deps, caller, { grantId: id });
  expect(view.lastPossibleUse).toBe(new Date(house.now().getTime() + 3_600_000).toISOString());
  expect((await listGrants(house.deps, caller, { stillLive: true })).items).toHaveLength(1);
  house.pass(3601);
  expect((await listGrants(house.deps, caller, { stillLive: true })).items).toHaveLength(0);
});

test('accepted and then failed: the grant fails with the reason, and nothing is left', async () => {
  const { id, person } = await console_();
  house.aws.fault({
    service: 'sso-admin',
    action: 'CreateAccountAssignment',
    kind: 'fail-late',
    reason: 'role quota',
  });
  await activateGrant(house.deps, { grantId: id });
  const [row] = await house.pool.db.select().from(grants).where(eq(grants.id, id));
  expect(row).toMatchObject({ state: 'failed' });
  expect(row?.failure).toContain('role quota');
  expect(await house.kinds(id)).toContain('assignment.failed');
  expect(assigned(person)).toBe(0);
});

test('somebody who is not in Identity Center gets a failed grant that says so', async () => {
  const { id } = await console_({ person: await house.person({ known: false }) });
  await activateGrant(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('failed');
});

test.each([[[0, 1]], [[1, 0]]])(
  'two grants on one permission set ending in the order %j: it goes with the last',
  async (order) => {
    const person = await house.person();
    const pair = [await console_({ person }), await console_({ person })];
    for (const { id } of pair) await activateGrant(house.deps, { grantId: id });
    const caller = await house.caller(person);
    const [first, last] = order.map((index) => pair[index]?.id ?? '');
    await endGrant(house.deps, caller, { grantId: first ?? '' });
    await settle(1);
    expect(await house.stateOf(first ?? '')).toBe('ended');
    expect(assigned(person)).toBe(1);
    await endGrant(house.deps, caller, { grantId: last ?? '' });
    await settle(1);
    expect(await house.stateOf(last ?? '')).toBe('ended');
    expect(assigned(person)).toBe(0);
  },
);

test('two grants on one permission set starting and ending at once leave nothing behind', async () => {
  const person = await house.person();
  const pair = [await console_({ person }), await console_({ person })];
  await Promise.all(pair.map(({ id }) => activateGrant(house.deps, { grantId: id })));
  await settle(2);
  for (const { id } of pair) expect(await house.stateOf(id)).toBe('active');
  const caller = await house.caller(person);
  await Promise.all(pair.map(({ id }) => endGrant(house.deps, caller, { grantId: id })));
  await Promise.all([sweepGrants(house.deps), sweepGrants(house.deps)]);
  await settle(3);
  for (const { id } of pair) expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(0);
});

test('one ends while another of the same permission set starts: the later one keeps its access', async () => {
  const person = await house.person();
  const old = await console_({ person });
  await activateGrant(house.deps, { grantId: old.id });
  const young = await console_({ person });
  await endGrant(house.deps, await house.caller(person), { grantId: old.id });
  await Promise.all([sweepGrants(house.deps), activateGrant(house.deps, { grantId: young.id })]);
  await settle(4);
  expect(await house.stateOf(old.id)).toBe('ended');
  expect(await house.stateOf(young.id)).toBe('active');
  expect(assigned(person)).toBe(1);
});

test('what was there before is reported and never deleted', async () => {
  const { id, person } = await console_();
  const { target } = house.permissionSet;
  if (target.kind !== 'permission-set') throw new Error('not a permission set');
  house.aws.world.identityCenter.assignments.push({
    accountId: target.accountId,
    permissionSetArn: target.permissionSetArn,
    principalType: 'USER',
    principalId: principal(person),
  });
  const calls = house.aws.log.length;
  await activateGrant(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('active');
  expect(await house.kinds(id)).toContain('assignment.failed');
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await settle(2);
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(1);
  expect(house.aws.log.slice(calls).some((entry) => entry.action === 'DeleteAccountAssignment')).toBe(false);
});

test.each([
  ['findUser', 'before'],
  ['isAssigned', 'before'],
  ['begin', 'before'],
  ['begin', 'after'],
  ['status', 'before'],
] as const)('a crash at %s (%s it was done) is settled by sweeps, up and down', async (method, when) => {
  const { id, person } = await console_({ seconds: 7200 });
  await activateGrant(dying(method, when), { grantId: id });
  expect(await house.stateOf(id)).toBe('activating');
  await settle(3);
  expect(await house.stateOf(id)).toBe('active');
  expect(assigned(person)).toBe(1);
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  if (method !== 'findUser') {
    await sweepGrants(dying(method, when));
    expect(await house.stateOf(id)).toBe('ending');
  }
  await settle(4);
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(0);
});

test('told to end during its activation, a grant leaves no access in place', async () => {
  for (const [method, when] of [
    ['begin', 'before'],
    ['begin', 'after'],
    ['status', 'before'],
  ] as const) {
    const { id, person } = await console_();
    await activateGrant(dying(method, when), { grantId: id });
    await endGrant(house.deps, await house.caller(person), { grantId: id });
    await activateGrant(house.deps, { grantId: id });
    await settle(5);
    expect(await house.stateOf(id)).toBe('ended');
    expect(assigned(person)).toBe(0);
  }
});

test.each(['throttle', 'server-error', 'cut', 'cut-after', 'hang', 'rubbish', 'refuse'] as const)(
  'deleting meets %s: the grant stays ending and ends when AWS is well again',
  async (kind) => {
    const { id, person } = await console_({ seconds: 7200 });
    await activateGrant(house.deps, { grantId: id });
    await endGrant(house.deps, await house.caller(person), { grantId: id });
    house.aws.fault({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind, times: 2 });
    await sweepGrants(house.deps);
    expect(await house.stateOf(id)).toBe('ending');
    await settle(6);
    expect(await house.stateOf(id)).toBe('ended');
    expect(assigned(person)).toBe(0);
  },
);

test.each(['throttle', 'server-error', 'cut', 'cut-after', 'hang', 'rubbish'] as const)(
  'making meets %s: the assignment is made all the same, and it is ours to delete',
  async (kind) => {
    const { id, person } = await console_({ seconds: 7200 });
    house.aws.fault({ service: 'sso-admin', action: 'CreateAccountAssignment', kind, times: 1 });
    await activateGrant(house.deps, { grantId: id });
    expect(await house.stateOf(id)).toBe('activating');
    await settle(4);
    expect(await house.stateOf(id)).toBe('active');
    expect(assigned(person)).toBe(1);
    await endGrant(house.deps, await house.caller(person), { grantId: id });
    await settle(3);
    expect(await house.stateOf(id)).toBe('ended');
    expect(assigned(person)).toBe(0);
  },
);

test('what was made although the reply was lost is known as ours, and deleted in the end', async () => {
  const { id, person } = await console_();
  const { center } = house;
  const deps = over({
    ...center,
    begin: async (operation, key) => {
      const operationId = await center.begin(operation, key);
      for (let i = 0; i < 2; i++) await center.status(operation, operationId);
      throw new Error('socket hang up');
    },
  });
  await activateGrant(deps, { grantId: id });
  expect(assigned(person)).toBe(1);
  await settle(3);
  expect(await house.stateOf(id)).toBe('active');
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await settle(3);
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(0);
});

test('making is refused: the grant fails and says why', async () => {
  const { id, person } = await console_();
  house.aws.fault({ service: 'sso-admin', action: 'CreateAccountAssignment', kind: 'refuse' });
  await activateGrant(house.deps, { grantId: id });
  const view = await getGrant(house.deps, await house.caller(person), { grantId: id });
  expect(view).toMatchObject({ state: 'failed', failure: expect.stringContaining('AccessDenied') });
  expect(assigned(person)).toBe(0);
});

test('a deletion that fails late is tried again', async () => {
  const { id, person } = await console_();
  await activateGrant(house.deps, { grantId: id });
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  house.aws.fault({ service: 'sso-admin', action: 'DeleteAccountAssignment', kind: 'fail-late', times: 1 });
  await settle(4);
  expect(await house.stateOf(id)).toBe('ended');
  expect(assigned(person)).toBe(0);
});

test('a permission set that was deleted under a grant does not keep it from ending', async () => {
  const { id, person } = await console_();
  await activateGrant(house.deps, { grantId: id });
  const { identityCenter } = house.aws.world;
  const { permissionSets } = identityCenter;
  identityCenter.permissionSets = [];
  identityCenter.assignments = [];
  await endGrant(house.deps, await house.caller(person), { grantId: id });
  await settle(4);
  identityCenter.permissionSets = permissionSets;
  expect(await house.stateOf(id)).toBe('ended');
});

test('an assignment that a crash left to nobody is taken away by the sweep', async () => {
  const { id, person } = await console_();
  await activateGrant(dying('begin', 'after'), { grantId: id });
  await house.pool.db.delete(assignmentUsers).where(eq(assignmentUsers.grantId, id));
  await house.transact(systemContext, async (work) => {
    await work.queries.update(grants).set({ state: 'failed', failure: 'test' }).where(eq(grants.id, id));
    work.audit({ kind: 'grant.failed', outcome: 'failure', grant: id });
  });
  await settle(4);
  expect(assigned(person)).toBe(0);
  const [row] = await house.pool.db
    .select()
    .from(assignments)
    .where(eq(assignments.principalId, principal(person)));
  expect(row).toMatchObject({ present: false, operation: null });
});

test('what somebody else deleted under a live grant is found within the hour, reported, and made again', async () => {
  const { id, person } = await console_({ seconds: 43_200 });
  await activateGrant(house.deps, { grantId: id });
  const { assignments: made } = house.aws.world.identityCenter;
  made.splice(
    made.findIndex((one) => one.principalId === principal(person)),
    1,
  );
  await settle(2);
  expect(assigned(person)).toBe(0);
  house.pass(3600);
  await settle();
  expect(assigned(person)).toBe(1);
  const { rows } = await house.pool.raw.query(
    `SELECT leaf::jsonb -> 'details' ->> 'reason' AS reason FROM audit_events
     WHERE kind = 'assignment.drift' AND leaf::jsonb -> 'details' ->> 'principal' = $1`,
    [principal(person)],
  );
  expect(rows).toEqual([{ reason: 'deleted by somebody else' }]);
});
