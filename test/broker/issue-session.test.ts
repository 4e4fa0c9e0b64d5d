import { eq } from '../../src/db/drizzle.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { FaultKind } from '../../dev/aws/faults.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { finishEnding } from '../../src/broker/finish-ending.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { settleSession } from '../../src/broker/settle-session.ts';
import { sweepGrants } from '../../src/broker/sweep.ts';
import { people, sessions, signIns } from '../../src/db/schema.ts';
import { Refusal } from '../../src/refusal.ts';
import { adminRole, type House, openHouse, withAssumeRole } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.aws.clearFaults());
afterAll(() => house.close());

async function activeGrant(options: Parameters<House['grant']>[0] = {}) {
  const grant = await house.grant(options);
  await activateGrant(house.deps, { grantId: grant.id });
  return { ...grant, caller: await house.caller(grant.person) };
}

async function sessionsOf(grantId: string) {
  return house.pool.db.select().from(sessions).where(eq(sessions.grantId, grantId));
}

test('credentials work until the grant ends and not a second longer, though they have not expired', async () => {
  const { id, caller } = await activeGrant({ seconds: 600 });
  const issued = await issueSession(house.deps, caller, { grantId: id });
  const credentials = issued.credentials.reveal();
  expect(await house.listBuckets(credentials)).toBe('ok');
  expect(issued.endsAt).toBe(new Date(house.now().getTime() + 600_000).toISOString());
  expect(issued.limits.filter((limit) => limit.won)).toEqual([
    { name: 'grant_end', seconds: 600, won: true },
  ]);
  expect(issued.residualExposures).toContainEqual({ name: 'identity_proof', seconds: 300 });
  house.pass(599);
  expect(await house.listBuckets(credentials)).toBe('ok');
  house.pass(1);
  expect(house.now() < new Date(credentials.expiration)).toBe(true);
  expect(await house.listBuckets(credentials)).toBe('AccessDenied');
});

test('the attempt is on record before AWS is called, and the outcome before the credentials are out', async () => {
  const { id, caller } = await activeGrant();
  let seenByAws: string[] = [];
  const deps = withAssumeRole(house, (real) => async (input) => {
    seenByAws = await house.kinds(id);
    return real(input);
  });
  const issued = await issueSession(deps, caller, { grantId: id });
  expect(seenByAws).toEqual(['grant.scheduled', 'grant.activating', 'grant.active', 'session.issuing']);
  expect((await house.kinds(id)).at(-1)).toBe('session.issued');
  const [row] = await sessionsOf(id);
  expect(row).toMatchObject({ id: issued.sessionId, state: 'issued' });
  expect(row?.accessKeyId).toBe(issued.credentials.reveal().accessKeyId);
  const call = house.aws.log.findLast((entry) => entry.action === 'AssumeRole');
  expect(JSON.stringify(call)).toContain(`daypass-${issued.sessionId}`);
});

test('nothing secret of a session is in the database or in what prints', async () => {
  const { id, caller } = await activeGrant();
  const issued = await issueSession(house.deps, caller, { grantId: id });
  const { secretAccessKey, sessionToken } = issued.credentials.reveal();
  for (const table of ['sessions', 'audit_events', 'grants']) {
    const { rows } = await house.pool.raw.query<{ t: string }>(`SELECT ${table}::text AS t FROM ${table}`);
    const text = rows.map((row) => row.t).join();
    expect(text).not.toContain(secretAccessKey);
    expect(text).not.toContain(sessionToken);
  }
  expect(JSON.stringify(issued)).not.toContain(secretAccessKey);
});

test.each([
  ['refuse', 'aws_refused', 'failed'],
  ['throttle', 'aws_unavailable', 'failed'],
  ['server-error', 'aws_unavailable', 'failed'],
  ['hang', 'aws_unavailable', 'unknown'],
  ['cut', 'aws_unavailable', 'unknown'],
  ['cut-after', 'aws_unavailable', 'unknown'],
  ['rubbish', 'aws_unavailable', 'unknown'],
  ['wrong-account', 'aws_wrong_identity', 'failed'],
] as const)('STS %s: %s, the session is %s, nothing is handed out', async (kind: FaultKind, code, state) => {
  const { id, caller } = await activeGrant();
  const calls = house.aws.log.length;
  house.aws.fault({ service: 'sts', action: 'AssumeRole', kind });
  const error = await issueSession(house.deps, caller, { grantId: id }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Refusal);
  expect(error).toMatchObject({ code });
  const rows = await sessionsOf(id);
  expect(rows.map((row) => row.state)).toEqual([state]);
  expect((await house.kinds(id)).at(-1)).toBe(`session.${state}`);
  const asked = house.aws.log.slice(calls).filter((entry) => entry.action === 'AssumeRole');
  expect(asked.length).toBeLessThanOrEqual(1);
  // What AWS may have issued is waited out; what it said it did not issue is not.
  const waits = (rows[0]?.lastPossibleUse ?? house.now()) > house.now();
  expect(waits).toBe(state === 'unknown' || kind === 'wrong-account');
});

test('an expiration that makes no sense is not handed out', async () => {
  const { id, caller } = await activeGrant();
  const deps = withAssumeRole(house, (real) => async (input) => {
    const reply = await real(input);
    return reply.kind === 'issued' ? { ...reply, expiration: new Date(0) } : reply;
  });
  await expect(issueSession(deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'aws_unavailable',
  });
  expect((await sessionsOf(id))[0]?.state).toBe('unknown');
});

test('when the outcome cannot be committed nothing is handed out, and the sweep makes the session unknown', async () => {
  const { id, caller } = await activeGrant();
  let transactions = 0;
  const deps = {
    ...house.deps,
    transact: ((context, body) => {
      transactions++;
      if (transactions === 2) throw new Refusal('audit_unavailable', 'gone');
      return house.transact(context, body);
    }) as typeof house.transact,
  };
  await expect(issueSession(deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'audit_unavailable',
  });
  expect((await sessionsOf(id))[0]?.state).toBe('issuing');
  await sweepGrants(house.deps);
  expect((await sessionsOf(id))[0]?.state).toBe('issuing');
  house.pass(61);
  await Promise.all([sweepGrants(house.deps), sweepGrants(house.deps)]);
  const [row] = await sessionsOf(id);
  expect(row?.state).toBe('unknown');
  expect((await house.kinds(id)).filter((kind) => kind === 'session.unknown')).toHaveLength(1);
  await settleSession(house.deps, { sessionId: row?.id ?? '' });
  expect((await house.kinds(id)).filter((kind) => kind === 'session.unknown')).toHaveLength(1);
});

test('an answer that comes after the session was settled is not handed out, and its key is on record', async () => {
  const { id, caller } = await activeGrant();
  const deps = withAssumeRole(house, (real) => async (input) => {
    const reply = await real(input);
    house.pass(61);
    await sweepGrants(house.deps);
    return reply;
  });
  await expect(issueSession(deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'aws_unavailable',
  });
  expect((await sessionsOf(id))[0]?.state).toBe('unknown');
  const { rows } = await house.pool.raw.query(
    `SELECT 1 FROM audit_events WHERE "grant" = $1 AND kind = 'session.unknown' AND access_key_id LIKE 'ASIA%'`,
    [id],
  );
  expect(rows).toHaveLength(1);
});

test('a grant that ends while STS is asked hands out nothing, and the issued session is on record', async () => {
  const { id, caller } = await activeGrant();
  const deps = withAssumeRole(house, (real) => async (input) => {
    await endGrant(house.deps, caller, { grantId: id });
    return real(input);
  });
  await expect(issueSession(deps, caller, { grantId: id })).rejects.toMatchObject({ code: 'not_active' });
  expect((await sessionsOf(id))[0]?.state).toBe('issued');
  await finishEnding(house.deps, { grantId: id });
  expect(await house.stateOf(id)).toBe('ending');
  house.pass(1861);
  await sweepGrants(house.deps);
  expect(await house.stateOf(id)).toBe('ended');
});

test('issuing and ending at once: either credentials are on record and waited out, or there are none', async () => {
  for (let round = 0; round < 8; round++) {
    const { id, caller } = await activeGrant();
    const [issued] = await Promise.allSettled([
      issueSession(house.deps, caller, { grantId: id }),
      endGrant(house.deps, caller, { grantId: id }),
    ]);
    expect(await house.stateOf(id)).toBe('ending');
    const rows = await sessionsOf(id);
    if (issued.status === 'fulfilled') expect(rows.map((row) => row.state)).toEqual(['issued']);
    else expect(issued.reason).toMatchObject({ code: 'not_active' });
    await finishEnding(house.deps, { grantId: id });
    expect(await house.stateOf(id)).toBe(rows.length === 0 ? 'ended' : 'ending');
  }
});

test('404 for a grant of somebody else, exactly as for one that does not exist', async () => {
  const { id } = await activeGrant();
  const operator = await house.caller(await house.person(), { isOperator: true, level: 'single-factor' });
  const missing = 'grt_00000000000000000000000000';
  const errors = await Promise.all(
    [id, missing].map((grantId) => issueSession(house.deps, operator, { grantId }).catch((e: unknown) => e)),
  );
  for (const error of errors) expect(error).toMatchObject({ code: 'not_found' });
  expect((errors[0] as Error).message).toBe((errors[1] as Error).message);
});

test('a first issue needs the assurance of the entitlement, a renewal only the sign-in it was issued under', async () => {
  const { id, person, caller } = await activeGrant();
  const weak = await house.caller(person, { level: 'single-factor' });
  await expect(issueSession(house.deps, weak, { grantId: id })).rejects.toMatchObject({
    code: 'insufficient_assurance',
    extra: { required: { level: 'multi-factor', maxAgeSeconds: 3600 } },
  });
  await issueSession(house.deps, caller, { grantId: id });
  const aged = { ...caller, assurance: { level: 'single-factor' as const, authenticatedAt: new Date(0) } };
  await issueSession(house.deps, aged, { grantId: id });
  // Another sign-in of the same person has proven nothing for this grant.
  await expect(issueSession(house.deps, weak, { grantId: id })).rejects.toMatchObject({
    code: 'insufficient_assurance',
  });
  await house.pool.db.update(signIns).set({ revokedAt: house.now() }).where(eq(signIns.id, caller.signInId));
  await expect(issueSession(house.deps, aged, { grantId: id })).rejects.toMatchObject({
    code: 'unauthenticated',
  });
});

test('a scheduled grant whose time has come is activated by its first issue', async () => {
  const { id, person } = await house.grant({ startsIn: 60 });
  const caller = await house.caller(person);
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'not_active',
  });
  expect(await house.stateOf(id)).toBe('scheduled');
  house.pass(60);
  await issueSession(house.deps, caller, { grantId: id });
  expect(await house.stateOf(id)).toBe('active');
});

test('an approver who lost the right before activation takes the grant down with it', async () => {
  const { id, person, approver } = await house.grant();
  await house.pool.db
    .update(people)
    .set({ groups: ['others'] })
    .where(eq(people.id, approver));
  const caller = await house.caller(person);
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'not_active',
  });
  expect(await house.stateOf(id)).toBe('failed');
  expect(await house.kinds(id)).toEqual(['grant.scheduled', 'grant.activating', 'grant.failed']);
  expect((await getGrant(house.deps, caller, { grantId: id })).failure).toMatch(/no longer entitled/);
});

test('no credential is issued at or after the end, even when nothing has ended the grant yet', async () => {
  const { id, caller } = await activeGrant({ seconds: 900 });
  house.pass(900);
  expect(await house.stateOf(id)).toBe('active');
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'not_active',
  });
  expect(await sessionsOf(id)).toHaveLength(0);
});

test('a permission set has no credentials to hand out', async () => {
  const grant = await house.grant({ entitlement: house.permissionSet });
  const caller = await house.caller(grant.person);
  await expect(issueSession(house.deps, caller, { grantId: grant.id })).rejects.toMatchObject({
    code: 'not_possible',
  });
});

test('more than thirty sessions a minute under one grant are refused', async () => {
  const { id, caller } = await activeGrant({ entitlement: { ...adminRole, sessionSeconds: 900 } });
  house.aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'refuse' });
  for (let i = 0; i < 30; i++) {
    await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
      code: 'aws_refused',
    });
  }
  await expect(issueSession(house.deps, caller, { grantId: id })).rejects.toMatchObject({
    code: 'rate_limited',
  });
  house.aws.clearFaults();
  house.pass(61);
  await issueSession(house.deps, caller, { grantId: id });
});
