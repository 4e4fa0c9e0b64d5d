import { afterEach, beforeEach, expect, test } from 'vitest';
import { boundaries, denies } from '../../../src/db/schema.ts';
import { eq } from '../../../src/db/drizzle.ts';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { getGrant } from '../../../src/broker/get-grant.ts';
import { issueSession, type SessionCredentials } from '../../../src/broker/issue-session.ts';
import { listGrants } from '../../../src/broker/list-grants.ts';
import { sweepGrants } from '../../../src/broker/sweep.ts';
import { writeBoundary } from '../../../src/broker/boundary/write-boundary.ts';
import { createBoundaryWriters } from '../../../src/broker/boundary/writers.ts';
import { grantCode } from '../../../src/broker/session-tags.ts';
import { adminRole, type House, openHouse, prod } from '../house.ts';

const policyArn = `arn:aws:iam::${prod}:policy/daypass-boundary`;
let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

interface Used {
  readonly id: string;
  readonly caller: Awaited<ReturnType<House['caller']>>;
  readonly credentials: SessionCredentials;
}

/** An active grant under which credentials were issued, which the test keeps. */
async function used(options: Parameters<House['grant']>[0] = {}): Promise<Used> {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  const issued = await issueSession(house.deps, caller, { grantId: grant.id });
  return { id: grant.id, caller, credentials: issued.credentials.reveal() };
}

function account() {
  const found = house.aws.world.accounts.find((one) => one.id === prod);
  if (found === undefined) throw new Error('no such account');
  return found;
}

const inForce = () => JSON.stringify(account().managedPolicies[policyArn]);
const calls = (action: string) => house.aws.log.filter((entry) => entry.action === action).length;
const end = ({ id, caller }: Used) => endGrant(house.deps, caller, { grantId: id, because: 'done' });

test('ended early, kept credentials are refused after the propagation delay; neighbours and other grants go on', async () => {
  house.aws.setPropagationSeconds(10);
  const mine = await used();
  const myOther = await used({ person: mine.caller.personId });
  const neighbour = await used();
  for (const { credentials } of [mine, myOther, neighbour])
    expect(await house.listBuckets(credentials)).toBe('ok');

  const ending = await end(mine);
  expect(ending).toMatchObject({ state: 'ending', deniedAt: null });
  await expect(issueSession(house.deps, mine.caller, { grantId: mine.id })).rejects.toMatchObject({
    code: 'not_active',
  });
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  const view = await getGrant(house.deps, mine.caller, { grantId: mine.id });
  expect(view).toMatchObject({ state: 'ended', endingSince: ending.endingSince });
  expect(view.deniedAt).toBe(house.now().toISOString());
  expect(Date.parse(view.lastPossibleUse ?? '')).toBeGreaterThan(house.now().getTime());
  expect(await house.listBuckets(mine.credentials)).toBe('ok');
  house.pass(10);
  expect(await house.listBuckets(mine.credentials)).toBe('AccessDenied');
  for (const { credentials } of [myOther, neighbour]) expect(await house.listBuckets(credentials)).toBe('ok');

  // Nothing else than the deny does it.
  account().managedPolicies[policyArn] = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  };
  house.aws.noteChanges();
  house.pass(10);
  expect(await house.listBuckets(mine.credentials)).toBe('ok');
  // Compared with the rows, what was taken out is put back.
  expect(await writeBoundary(house.boundary(), prod, { look: true })).toBe('done');
  house.pass(10);
  expect(await house.listBuckets(mine.credentials)).toBe('AccessDenied');
});

test('the record says what was written, read back, ended and removed, in that order', async () => {
  const grant = await used();
  await end(grant);
  await writeBoundary(house.boundary(), prod);
  const [row] = await house.pool.db.select().from(denies).where(eq(denies.grantId, grant.id));
  expect(row).toMatchObject({ kind: 'role', roleWide: false, versionId: 'v2', removedAt: null });
  expect((await house.kinds(grant.id)).slice(-3)).toEqual(['grant.ending', 'deny.confirmed', 'grant.ended']);
  const { rows } = await house.pool.raw.query(
    `SELECT account, leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'deny.written'`,
  );
  expect(rows).toEqual([
    { account: prod, details: { policy: policyArn, version: 'v2', grants: 1, roleWide: 0, left: 0 } },
  ]);
});

test('it counts as live until the deny has had the time to spread', async () => {
  const grant = await used();
  const live = async () => (await listGrants(house.deps, grant.caller, { stillLive: true })).items.length;
  await end(grant);
  await writeBoundary(house.boundary(), prod);
  expect(await live()).toBe(1);
  house.pass(300);
  expect(await live()).toBe(0);
});

test('a natural end writes nothing to IAM, and nothing is denied that was never issued', async () => {
  const natural = await used({ seconds: 600 });
  const never = await house.grant();
  await activateGrant(house.deps, { grantId: never.id });
  await end({ ...natural, id: never.id, caller: await house.caller(never.person) });
  await finishEnding(house.deps, { grantId: never.id });
  expect(await house.stateOf(never.id)).toBe('ended');
  house.pass(600);
  await sweepGrants(house.deps);
  expect(await house.stateOf(natural.id)).toBe('ended');
  expect(await house.listBuckets(natural.credentials)).toBe('AccessDenied');
  await createBoundaryWriters(house.boundary()).sweep();
  expect(house.aws.log.filter((entry) => entry.service === 'iam')).toEqual([]);
});

test('what lapsed leaves the policy with the next write, and by itself after a while', async () => {
  const first = await used();
  await end(first);
  await writeBoundary(house.boundary(), prod);
  expect(inForce()).toContain(grantCode(first.id));
  house.pass(3600);
  const second = await used();
  await end(second);
  await writeBoundary(house.boundary(), prod);
  expect(inForce()).not.toContain(grantCode(first.id));
  expect(inForce()).toContain(grantCode(second.id));
  expect((await house.kinds(first.id)).at(-1)).toBe('deny.removed');
  house.pass(3600 + 900);
  const writers = createBoundaryWriters(house.boundary());
  await writers.sweep();
  await writers.idle();
  expect(inForce()).not.toContain('DaypassEnded');
  expect((await house.kinds(second.id)).at(-1)).toBe('deny.removed');
});

test('more versions than AWS keeps: the oldest goes first', async () => {
  for (let i = 0; i < 7; i++) {
    const grant = await used();
    await end(grant);
    expect(await writeBoundary(house.boundary(), prod)).toBe('done');
    expect(inForce()).toContain(grantCode(grant.id));
  }
  expect(calls('DeletePolicyVersion')).toBe(3);
});

test('many ended at once are one write', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => used()));
  await Promise.all(all.map(end));
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  expect(calls('CreatePolicyVersion')).toBe(1);
  for (const { id } of all) expect(await house.stateOf(id)).toBe('ended');
});

test('one writer at a time: a deny added while another writes is written by that one', async () => {
  const [first, second] = [await used(), await used()];
  await end(first);
  const slow = house.boundary();
  let added = false;
  const adding = {
    ...slow,
    policyOf: async (accountId: string) => {
      const policy = await slow.policyOf(accountId);
      return {
        ...policy,
        put: async (document: string) => {
          if (!added) {
            added = true;
            await end(second);
            expect(await writeBoundary(house.boundary(), prod)).toBe('held');
          }
          return policy.put(document);
        },
      };
    },
  };
  expect(await writeBoundary(adding, prod)).toBe('done');
  expect(await house.stateOf(second.id)).toBe('ended');
  expect(calls('CreatePolicyVersion')).toBe(2);
});

test('a writer that died is waited out, and another goes on from the rows', async () => {
  const grant = await used();
  await end(grant);
  const dead = house.boundary();
  void writeBoundary({ ...dead, policyOf: () => new Promise(() => undefined) }, prod);
  await expect.poll(async () => (await house.pool.db.select().from(boundaries))[0]?.writer).toBeTruthy();
  expect(await writeBoundary(house.boundary(), prod)).toBe('held');
  house.pass(26);
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  expect(await house.stateOf(grant.id)).toBe('ended');
});

test('a writer whose lease went to another writes nothing any more', async () => {
  const grant = await used();
  await end(grant);
  const slow = house.boundary();
  const overtaken = {
    ...slow,
    policyOf: async (accountId: string) => {
      const policy = await slow.policyOf(accountId);
      return {
        ...policy,
        read: async () => {
          const before = await policy.read();
          house.pass(26);
          expect(await writeBoundary(house.boundary(), prod)).toBe('done');
          return before;
        },
      };
    },
  };
  await writeBoundary(overtaken, prod);
  expect(calls('CreatePolicyVersion')).toBe(1);
  expect(await house.stateOf(grant.id)).toBe('ended');
});

test.each(['throttle', 'server-error', 'refuse', 'hang', 'cut', 'cut-after', 'rubbish'] as const)(
  'AWS answers a write with %s: nothing is called denied, and it is tried again until it is',
  async (kind) => {
    const grant = await used();
    await end(grant);
    house.aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind, times: 1 });
    expect(await writeBoundary(house.boundary(), prod)).toBe('failed');
    expect(await house.stateOf(grant.id)).toBe('ending');
    expect((await getGrant(house.deps, grant.caller, { grantId: grant.id })).deniedAt).toBeNull();
    expect(house.enqueued.at(-1)).toEqual({ name: 'boundary.write', payload: { accountId: prod } });
    const [row] = await house.pool.db.select().from(boundaries);
    expect(row).toMatchObject({ attempts: 1, failingSince: house.now(), writer: null });
    expect(await writeBoundary(house.boundary(), prod)).toBe('later');
    house.pass(2);
    expect(await writeBoundary(house.boundary(), prod)).toBe('done');
    expect(await house.stateOf(grant.id)).toBe('ended');
    expect(await house.listBuckets(grant.credentials)).toBe('AccessDenied');
    const [after] = await house.pool.db.select().from(boundaries);
    expect(after).toMatchObject({ attempts: 0, failure: null, failingSince: null });
  },
);

test('a policy that is not the boundary of the role denies nothing: the grant stays ending, others do not wait for it', async () => {
  const role = account().roles.find((one) => one.name === 'daypass-readonly');
  if (role === undefined) throw new Error('no such role');
  delete role.permissionsBoundaryArn;
  const { target } = adminRole;
  if (target.kind !== 'role') throw new Error('a role was meant');
  const unbounded = await used({
    entitlement: {
      ...adminRole,
      id: 'prod/readonly',
      target: { ...target, roleArn: `arn:aws:iam::${prod}:role/daypass-readonly` },
    },
  });
  await end(unbounded);
  expect(await writeBoundary(house.boundary(), prod)).toBe('failed');
  expect(await house.stateOf(unbounded.id)).toBe('ending');
  const [row] = await house.pool.db.select().from(boundaries);
  expect(row?.failure).toContain('do not have the policy as their boundary');

  const other = await used();
  await end(other);
  await writeBoundary(house.boundary(), prod);
  expect(await house.stateOf(other.id)).toBe('ended');
  expect(await house.stateOf(unbounded.id)).toBe('ending');
  // Attached, it is denied at the next try.
  role.permissionsBoundaryArn = policyArn;
  house.pass(10);
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  expect(await house.stateOf(unbounded.id)).toBe('ended');
});

test('a poisoned account stops no neighbour', async () => {
  const grant = await used();
  await end(grant);
  await house.pool.db.insert(boundaries).values({ accountId: '000000000000' });
  const writers = createBoundaryWriters(house.boundary());
  writers.wake('000000000000', { look: true });
  await writers.sweep();
  await writers.idle();
  expect(await house.stateOf(grant.id)).toBe('ended');
  const [poisoned] = await house.pool.db
    .select()
    .from(boundaries)
    .where(eq(boundaries.accountId, '000000000000'));
  expect(poisoned?.failure).toBe('AccessDenied (refused)');
});

test('what is not Daypass’s in the policy stays and is reported; what no row explains stays until it has lapsed', async () => {
  const theirs = { Sid: 'Region', Effect: 'Deny', Action: 'ec2:*', Resource: '*' };
  account().managedPolicies[policyArn] = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      theirs,
      {
        Sid: 'DaypassEndedGrants',
        Effect: 'Deny',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': ['00000000'] } },
      },
    ],
  };
  const grant = await used();
  await end(grant);
  await writeBoundary(house.boundary(), prod);
  expect(inForce()).toContain(JSON.stringify(theirs));
  expect(inForce()).toContain('00000000');
  const drift = async () =>
    (
      await house.pool.raw.query(
        `SELECT leaf::jsonb -> 'details' AS details FROM audit_events WHERE kind = 'deny.drift' ORDER BY id`,
      )
    ).rows.map((row: { details: unknown }) => row.details);
  expect(await drift()).toEqual([{ unknown: ['00000000'], foreignStatements: ['Region'], missing: [] }]);
  house.pass(4200);
  await writeBoundary(house.boundary(), prod, { look: true });
  expect(inForce()).toContain(JSON.stringify(theirs));
  expect(inForce()).not.toContain('DaypassEnded');
});

test('an answer is no evidence: what is not read back is not called denied', async () => {
  const grant = await used();
  await end(grant);
  const honest = house.boundary();
  const lying = {
    ...honest,
    policyOf: async (accountId: string) => ({
      ...(await honest.policyOf(accountId)),
      put: async () => 'v99',
    }),
  };
  expect(await writeBoundary(lying, prod)).toBe('failed');
  expect(await house.stateOf(grant.id)).toBe('ending');
  expect(await house.listBuckets(grant.credentials)).toBe('ok');
  house.pass(2);
  expect(await writeBoundary(honest, prod)).toBe('done');
  expect(await house.listBuckets(grant.credentials)).toBe('AccessDenied');
});

test('a session whose answer of STS was lost is denied like the others', async () => {
  const grant = await house.grant();
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  house.aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'cut-after', times: 1 });
  await expect(issueSession(house.deps, caller, { grantId: grant.id })).rejects.toMatchObject({
    code: 'aws_unavailable',
  });
  await endGrant(house.deps, caller, { grantId: grant.id });
  expect(await writeBoundary(house.boundary(), prod)).toBe('done');
  expect(inForce()).toContain(grantCode(grant.id));
  expect(await house.stateOf(grant.id)).toBe('ended');
});

test('Postgres refuses two grants with one code, and a deny called confirmed or removed without its event', async () => {
  const grant = await used();
  await end(grant);
  const run = (text: string, values: unknown[] = []) => house.pool.raw.query(text, values);
  await expect(
    run(`UPDATE denies SET confirmed_at = now(), version_id = 'v2' WHERE grant_id = $1`, [grant.id]),
  ).rejects.toMatchObject({ constraint: 'denies_have_event' });
  await expect(
    run(`UPDATE denies SET removed_at = now() WHERE grant_id = $1`, [grant.id]),
  ).rejects.toMatchObject({ constraint: 'denies_have_event' });
  await expect(run(`UPDATE denies SET role_wide = true`)).rejects.toMatchObject({
    constraint: 'denies_role_wide_opted_in',
  });
  await expect(run(`DELETE FROM denies`)).rejects.toMatchObject({ code: '42501' });
  const twin = `grt_${'0'.repeat(18)}${grantCode(grant.id)}`;
  await expect(
    run(
      `INSERT INTO grants (id, request_id, person_id, entitlement, terms, state, starts_at, ends_at, created_at)
       SELECT $2, request_id, person_id, 'prod/other', terms, 'scheduled', starts_at, ends_at, created_at FROM grants WHERE id = $1`,
      [grant.id, twin],
    ),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^23/) as string });
});
