import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { createBoundaryWriters } from '../../src/broker/boundary/writers.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { createEndingAlarm, type EndingAlarm } from '../../src/broker/ending-alarm.ts';
import { readEndingMeasures } from '../../src/broker/ending-measures.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { listGrants } from '../../src/broker/list-grants.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { adminRole, type House, openHouse, prod } from './house.ts';

// One thing that is broken for good, with healthy neighbours before and after it.

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

interface Used {
  readonly id: string;
  readonly caller: Caller;
}

async function used(options: Parameters<House['grant']>[0] = {}): Promise<Used> {
  const { id, person } = await house.grant(options);
  await activateGrant(house.deps, { grantId: id });
  const caller = await house.caller(person);
  if (options.entitlement?.target.kind !== 'permission-set')
    await issueSession(house.deps, caller, { grantId: id });
  return { id, caller };
}

const end = ({ id, caller }: Used) => endGrant(house.deps, caller, { grantId: id, because: 'done' });
const states = (all: readonly Used[]) => Promise.all(all.map(({ id }) => house.stateOf(id)));

async function writeAll(): Promise<void> {
  const writers = createBoundaryWriters(house.boundary());
  await writers.sweep();
  await writers.idle();
  await writers.stop();
}

/** What no use case could do: past the rules of the database. */
async function spoil(grantId: string, terms: unknown): Promise<void> {
  const root = new pg.Client({ connectionString: house.database.superuserUrl });
  await root.connect();
  await root.query('ALTER TABLE grants DISABLE TRIGGER USER');
  await root.query('UPDATE grants SET terms = $2::jsonb WHERE id = $1', [grantId, JSON.stringify(terms)]);
  await root.query('ALTER TABLE grants ENABLE TRIGGER USER');
  await root.end();
}

const roleArn = `arn:aws:iam::${prod}:role/daypass-admin`;

describe.each([
  ['nothing', {}],
  ['no object', 'terms'],
  ['null', null],
  ['an account that is none', { account: { id: 12 }, target: { kind: 'role', roleArn } }],
  ['no account', { target: { kind: 'role', roleArn } }],
  ['a role that is none', { account: { id: prod, name: 'prod' }, target: { kind: 'role', roleArn: 5 } }],
  ['an unknown target', { account: { id: prod, name: 'prod' }, target: { kind: 'server' } }],
])('a grant whose terms say %s', (_name, terms) => {
  test('can be ended early; its neighbours are denied, and it ends when nothing can be used any more', async () => {
    const all = [await used(), await used(), await used()];
    const [before, poisoned, after] = all;
    if (before === undefined || poisoned === undefined || after === undefined) throw new Error('three');
    await spoil(poisoned.id, terms);
    for (const one of all) expect(await end(one)).toMatchObject({ state: 'ending' });
    await writeAll();
    const [, middle] = await states(all);
    expect(await states([before, after])).toEqual(['ended', 'ended']);
    expect(['ending', 'ended']).toContain(middle);
    const told: string[] = [];
    house.pass(60);
    const alarm: EndingAlarm = createEndingAlarm({
      db: house.pool.db,
      clock: () => house.now(),
      alarm: ({ grantId }) => told.push(grantId),
      more: () => undefined,
    });
    await alarm.look();
    // Not denied: somebody is told.
    expect(told).toEqual(middle === 'ending' ? [poisoned.id] : []);
    const operator = await house.caller(await house.person(), { isOperator: true });
    expect((await listGrants(house.deps, operator, { stillLive: true })).items).toHaveLength(3);
    house.pass(3600);
    expect(await sweepGrants(house.deps)).toMatchObject({ faults: 0 });
    expect(await house.stateOf(poisoned.id)).toBe('ended');
  });

  test('ends by itself when it is due, and so do its neighbours', async () => {
    const all = [await used({ seconds: 600 }), await used({ seconds: 600 }), await used({ seconds: 600 })];
    await spoil(all[1]?.id ?? '', terms);
    house.pass(4_000);
    expect(await sweepGrants(house.deps)).toMatchObject({ ended: 3, faults: 0 });
    expect(await states(all)).toEqual(['ended', 'ended', 'ended']);
  });
});

test('a role that was deleted: its grants wait for their time with the reason said, those of other roles are denied', async () => {
  if (adminRole.target.kind !== 'role') throw new Error('a role was meant');
  const other = {
    ...adminRole,
    id: 'prod/readonly',
    target: { ...adminRole.target, roleArn: `arn:aws:iam::${prod}:role/daypass-readonly` },
  };
  const all = [await used(), await used({ entitlement: other }), await used()];
  const account = house.aws.world.accounts.find(({ id }) => id === prod);
  if (account === undefined) throw new Error('no such account');
  Object.assign(account, { roles: account.roles.filter(({ name }) => name !== 'daypass-readonly') });
  for (const one of all) await end(one);
  await writeAll();
  expect(await states(all)).toEqual(['ended', 'ending', 'ended']);
  expect(await readEndingMeasures(house.pool.db, house.now())).toMatchObject({
    open: 1,
    boundariesFailing: 1,
  });
  // One that ends later does not wait for it.
  const later = await used();
  await end(later);
  // As its job does it.
  const writers = createBoundaryWriters(house.boundary());
  writers.wake(prod);
  await writers.idle();
  await writers.stop();
  expect(await house.stateOf(later.id)).toBe('ended');
  house.pass(3600);
  await sweepGrants(house.deps);
  expect(await states(all)).toEqual(['ended', 'ended', 'ended']);
  await writeAll();
  expect(await readEndingMeasures(house.pool.db, house.now())).toMatchObject({
    open: 0,
    boundariesFailing: 0,
  });
});

test('a person who was deleted in Identity Center holds up neither sweeps nor jobs nor writers', async () => {
  const entitlement = house.permissionSet;
  const all = [await used({ entitlement }), await used({ entitlement }), await used({ entitlement })];
  const gone = all[1];
  if (gone === undefined) throw new Error('three');
  const { identityCenter } = house.aws.world;
  Object.assign(identityCenter, {
    users: identityCenter.users.filter(({ userName }) => userName !== gone.caller.personId),
  });
  for (const one of all) await end(one);
  for (const { id } of all) await finishEnding(house.deps, { grantId: id });
  for (let round = 0; round < 5; round += 1) {
    house.pass(60);
    expect(await sweepGrants(house.deps)).toMatchObject({ faults: 0 });
    await writeAll();
  }
  const [before, , after] = await states(all);
  expect([before, after]).toEqual(['ended', 'ended']);
  const role = await used();
  await end(role);
  await writeAll();
  expect(await house.stateOf(role.id)).toBe('ended');
});
