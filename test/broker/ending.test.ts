import { eq } from '../../src/db/drizzle.ts';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { listGrants } from '../../src/broker/list-grants.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { grants, people } from '../../src/db/schema.ts';
import { type House, openHouse, prod } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function active(options: Parameters<House['grant']>[0] = {}) {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  return { ...grant, caller: await house.caller(grant.person) };
}

async function row(grantId: string) {
  const [found] = await house.pool.db.select().from(grants).where(eq(grants.id, grantId));
  if (found === undefined) throw new Error('no grant');
  return found;
}

test('after downtime a sweep alone starts what is due and ends what is over', async () => {
  const { id, caller } = await active({ seconds: 1200 });
  await issueSession(house.deps, caller, { grantId: id });
  const due = await house.grant({ startsIn: 600, seconds: 43_200 });
  const never = await house.grant({ startsIn: 60, seconds: 60 });
  house.pass(1200);
  const result = await sweepGrants(house.deps);
  expect(result.faults).toBe(0);
  expect(await row(id)).toMatchObject({
    state: 'ended',
    endedBecause: 'expired',
    evidence: { kind: 'last_possible_use_passed', sessions: 1 },
  });
  expect(await house.stateOf(due.id)).toBe('active');
  expect(await row(never.id)).toMatchObject({ state: 'ended', evidence: { kind: 'nothing_issued' } });
  expect(await house.kinds(never.id)).toEqual(['grant.scheduled', 'grant.ending', 'grant.ended']);
});

test('ended early by its owner: no more credentials at once, ended once the last session is over', async () => {
  const { id, caller } = await active();
  const issued = await issueSession(house.deps, caller, { grantId: id });
  const view = await endGrant(house.deps, caller, { grantId: id, because: 'done early' });
  expect(view).toMatchObject({ state: 'ending', endedBecause: 'relinquished', mayEnd: false });
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'not_active',
  });
  await finishEnding(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('ending');
  // What denies it in AWS is not at work here: time alone ends it.
  expect(house.enqueued.at(-1)).toEqual({ name: 'boundary.write', payload: { accountId: prod } });
  expect((await listGrants(house.deps, caller, { stillLive: true })).items.map((g) => g.id)).toEqual([id]);
  house.pass(1860);
  expect(await house.listBuckets(issued.credentials.reveal())).not.toBe('ok');
  await finishEnding(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('ended');
  expect((await listGrants(house.deps, caller, { stillLive: true })).items).toEqual([]);
  // Telling it again changes nothing.
  expect(await endGrant(house.deps, caller, { grantId: id })).toMatchObject({ endedBecause: 'relinquished' });
});

test('an operator revokes; an auditor sees and may not; a stranger does not see', async () => {
  const { id } = await active();
  const someone = await house.person();
  const auditor = await house.caller(someone, { isAuditor: true });
  const stranger = await house.caller(someone);
  const operator = await house.caller(someone, { isOperator: true });
  expect((await getGrant(house.deps, auditor, { grantId: id })).mayEnd).toBe(false);
  await expect(endGrant(house.deps, auditor, { grantId: id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(endGrant(house.deps, stranger, { grantId: id })).rejects.toMatchObject({ code: 'not_found' });
  await expect(getGrant(house.deps, stranger, { grantId: id })).rejects.toMatchObject({ code: 'not_found' });
  expect(await house.stateOf(id)).toBe('active');
  expect(await endGrant(house.deps, operator, { grantId: id })).toMatchObject({ endedBecause: 'revoked' });
  await finishEnding(house.deps, { grantId: id });
  expect(await row(id)).toMatchObject({ state: 'ended', evidence: { kind: 'nothing_issued' } });
});

test('whatever has become of the rules, its owner gives a grant up and an operator takes it back', async () => {
  const deps = {
    ...house.deps,
    endableBy: () => {
      throw new Error('there are no rules to ask');
    },
  };
  const { id, caller } = await active();
  expect(await endGrant(deps, caller, { grantId: id })).toMatchObject({ endedBecause: 'relinquished' });
  const other = await active();
  const operator = await house.caller(await house.person(), { isOperator: true });
  expect(await endGrant(deps, operator, { grantId: other.id })).toMatchObject({ endedBecause: 'revoked' });
});

test('told to end while it is being activated, a grant stays ending', async () => {
  const { id, person } = await house.grant({ entitlement: house.permissionSet });
  const caller = await house.caller(person);
  const { targets } = house.deps;
  const assigned = targets['permission-set'];
  const deps = {
    ...house.deps,
    targets: {
      ...targets,
      'permission-set': {
        ...assigned,
        activate: async (grant: Parameters<typeof assigned.activate>[0]) => {
          await endGrant(house.deps, caller, { grantId: id });
          return assigned.activate(grant);
        },
      },
    },
  };
  await activateGrant(deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('ending');
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});

test('a grant of somebody who was deactivated meanwhile is not activated', async () => {
  const { id, person } = await house.grant();
  await house.pool.db.update(people).set({ deactivatedAt: house.now() }).where(eq(people.id, person));
  await activateGrant(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('failed');
});

test('an end waits for a session whose answer was lost', async () => {
  const { id, caller } = await active();
  house.aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'cut-after', times: 1 });
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'aws_unavailable',
  });
  await endGrant(house.deps, caller, { grantId: id });
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ending');
  house.pass(1861);
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});

test('a grant that cannot be ended does not hold up its neighbours, and is tried again until it ends', async () => {
  const poisoned = await active({ seconds: 600 });
  const neighbour = await active({ seconds: 600 });
  house.pass(600);
  const { targets } = house.deps;
  const deps = {
    ...house.deps,
    targets: {
      ...targets,
      role: {
        ...targets.role,
        takeAway: async (grant: Parameters<typeof targets.role.takeAway>[0]) => {
          if (grant.id === poisoned.id) throw new Error('AWS is out of reach');
          return targets.role.takeAway(grant);
        },
      },
    },
  };
  await sweepGrants(deps);
  await finishEnding(deps, { grantId: poisoned.id });
  expect(await row(poisoned.id)).toMatchObject({ state: 'ending', attempts: 2 });
  expect(house.enqueued.at(-1)).toEqual({ name: 'grant.end', payload: { grantId: poisoned.id } });
  expect(await house.stateOf(neighbour.id)).toBe('ended');
  await sweepGrants(house.deps);
  expect(await house.stateOf(poisoned.id)).toBe('ended');
});

test('an ending needs no rule: terms that nothing can read any more still end', async () => {
  const { id } = await active({ seconds: 600 });
  const owner = new pg.Client({ connectionString: house.database.superuserUrl });
  await owner.connect();
  await owner.query(`SET session_replication_role = replica`);
  await owner.query(`UPDATE grants SET terms = '{"terms": 99}' WHERE id = $1`, [id]);
  await owner.end();
  house.pass(600);
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});

test('sweeps on several replicas at once do everything once', async () => {
  const many = await Promise.all([1, 2, 3, 4, 5].map(() => active({ seconds: 300 })));
  house.pass(300);
  await Promise.all([sweepGrants(house.deps), sweepGrants(house.deps), sweepGrants(house.deps)]);
  await sweepGrants(house.deps);
  for (const { id } of many) {
    expect(await house.kinds(id)).toEqual([
      'grant.scheduled',
      'grant.activating',
      'grant.active',
      'grant.ending',
      'grant.ended',
    ]);
  }
});

test('lists page through everything once, newest first, and show others nothing', async () => {
  const person = await house.person({ name: 'Grace' });
  const caller = await house.caller(person);
  const made: string[] = [];
  for (let i = 0; i < 5; i++) {
    house.pass(1);
    made.unshift((await house.grant({ person, approver: await house.person({ groups: ['approvers'] }) })).id);
  }
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listGrants>> = await listGrants(house.deps, caller, {
      limit: 2,
      ...(cursor === null ? {} : { cursor }),
    });
    seen.push(...page.items.map((item) => item.id));
    cursor = page.next;
  } while (cursor !== null);
  expect(seen).toEqual(made);
  const [first] = (
    await listGrants(house.deps, caller, { state: 'scheduled', entitlement: 'prod/admin', limit: 1 })
  ).items;
  expect(first).toMatchObject({
    person: { id: person, name: 'Grace' },
    account: { name: 'prod' },
    target: 'role',
  });
  const operator = await house.caller(await house.person(), { isOperator: true });
  expect((await listGrants(house.deps, operator, { mine: true })).items).toEqual([]);
  expect((await listGrants(house.deps, operator, { request: 'req_none' })).items).toEqual([]);
  expect((await listGrants(house.deps, operator, { stillLive: false })).items.length).toBeGreaterThan(0);
  await expect(listGrants(house.deps, caller, { cursor: 'nonsense' })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(listGrants(house.deps, caller, { state: 'asleep' })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(listGrants(house.deps, caller, { limit: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
});
