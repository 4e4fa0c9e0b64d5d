import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askToExtend, type ExtendInput } from '../../src/approvals/ask-to-extend.ts';
import { requestDigest } from '../../src/approvals/digest.ts';
import { makeContent } from '../../src/approvals/content.ts';
import { endEarly } from './end-early.ts';
import { inLine } from './waiting.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
let second: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  second = await world.person('Ansel', ['approvers']);
});
beforeEach(() => world.restore());
afterAll(() => world.stop());

interface Granted {
  readonly id: string;
  readonly endsAt: string;
}

async function granted(input: Parameters<World['ask']>[1] = {}): Promise<Granted> {
  const { grants } = await world.answer(approver, await world.ask(engineer, input));
  const [grant] = grants;
  if (grant === undefined) throw new Error('no grant');
  return grant;
}

function extend(grant: Granted, input: Partial<ExtendInput> = {}, who = engineer) {
  return askToExtend(world.deps, callerOf(who, world.now()), {
    grantId: grant.id,
    durationSeconds: 900,
    reason: 'it takes longer',
    ...input,
  });
}

function later(time: string, seconds: number): string {
  return new Date(Date.parse(time) + seconds * 1000).toISOString();
}

async function grantRow(id: string) {
  const { rows } = await world.root.query<{ state: string; ends_at: Date; ended_because: string | null }>(
    'SELECT state, ends_at, ended_because FROM grants WHERE id = $1',
    [id],
  );
  return { ...rows[0], ends_at: rows[0]?.ends_at.toISOString() };
}

const extensions = (id: string) =>
  world.count(`audit_events WHERE kind = 'grant.extended' AND "grant" = $1`, [id]);

test('approved, the grant ends later by what was asked, with its event; no second grant is made', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  expect(asked).toMatchObject({
    state: 'pending',
    durationSeconds: 900,
    extends: { grant: grant.id, from: grant.endsAt, to: later(grant.endsAt, 900) },
    grants: [],
  });
  expect(asked.waitingFor[0]).toMatchObject({ needed: 1, groups: ['approvers'] });
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: grant.endsAt });
  expect(await world.answer(approver, asked)).toMatchObject({ state: 'approved', extends: asked.extends });
  expect(await grantRow(grant.id)).toMatchObject({ state: 'scheduled', ends_at: later(grant.endsAt, 900) });
  expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(0);
  const { rows } = await world.root.query(
    `SELECT leaf::jsonb -> 'details' AS details, leaf::jsonb ->> 'rule' AS rule FROM audit_events WHERE kind = 'grant.extended' AND "grant" = $1`,
    [grant.id],
  );
  expect(rows).toEqual([
    {
      rule: 'prod/admin#approve.groups',
      details: { by: asked.id, from: grant.endsAt, to: later(grant.endsAt, 900) },
    },
  ]);
});

test('the same rules answer: nobody extends alone, and a denial moves nothing', async () => {
  const grant = await granted({ entitlements: ['prod/chat'] });
  const asked = await extend(grant);
  expect((await refusalOf(world.answer(engineer, asked))).code).toBe('forbidden');
  expect(await world.answer(approver, asked, 'deny')).toMatchObject({ state: 'denied' });
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: grant.endsAt });
  expect(await extensions(grant.id)).toBe(0);
});

test('only its owner can ask: to anybody else it is not there, a colleague, an approver, an operator', async () => {
  const grant = await granted();
  const colleague = await world.person('Ellis', ['engineers']);
  const before = await world.count('requests');
  for (const who of [colleague, approver]) {
    expect((await refusalOf(extend(grant, {}, who))).code).toBe('not_found');
  }
  const operator = callerOf(colleague, world.now(), { isOperator: true, isAuditor: true });
  const input = { grantId: grant.id, durationSeconds: 900, reason: 'x' };
  expect((await refusalOf(askToExtend(world.deps, operator, input))).code).toBe('not_found');
  expect(await world.count('requests')).toBe(before);
});

test('a dry run says what would happen and writes nothing', async () => {
  const grant = await granted();
  const before = await world.count('requests');
  expect(await extend(grant, { dryRun: true })).toMatchObject({
    id: null,
    extends: { grant: grant.id, to: later(grant.endsAt, 900) },
  });
  expect(await world.count('requests')).toBe(before);
});

test('what has ended cannot be extended: not asked for after an early end or at the natural one', async () => {
  const ended = await granted();
  await endEarly(world, engineer, ended.id);
  expect(await refusalOf(extend(ended))).toMatchObject({ code: 'not_active' });
  const over = await granted();
  world.move(900);
  expect(await refusalOf(extend(over))).toMatchObject({ code: 'not_active' });
});

test('ended while the request was open: it cannot be approved, it can be denied, and nothing moves', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  await endEarly(world, engineer, grant.id);
  expect(await refusalOf(world.answer(approver, asked))).toMatchObject({ code: 'not_possible' });
  expect(await grantRow(grant.id)).toMatchObject({ state: 'ending', ends_at: grant.endsAt });
  expect(await world.kinds(asked.id)).toEqual(['request.submitted']);
  expect(await world.answer(approver, asked, 'deny')).toMatchObject({ state: 'denied' });
});

test('unanswered it expires with the grant: from its end on nothing approves it', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  expect(asked.expiresAt).toBe(grant.endsAt);
  world.move(900);
  expect(await refusalOf(world.answer(approver, asked))).toMatchObject({ code: 'already_decided' });
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: grant.endsAt });
});

test('ended and approved at the same time, the end first: the approval is refused whole', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  const [end, review] = await inLine<unknown>(world, grant.id, [
    () => endEarly(world, engineer, grant.id),
    () => world.answer(approver, asked),
  ]);
  expect(end).toMatchObject({ status: 'fulfilled', value: { state: 'ending' } });
  expect(review).toMatchObject({ status: 'rejected', reason: { code: 'not_possible' } });
  expect(await grantRow(grant.id)).toEqual({
    state: 'ending',
    ends_at: grant.endsAt,
    ended_because: 'relinquished',
  });
  expect(await extensions(grant.id)).toBe(0);
  expect(await world.count("requests WHERE id = $1 AND state = 'pending'", [asked.id])).toBe(1);
  expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
});

test('ended and approved at the same time, the approval first: extended whole, then ended all the same', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  const [review, end] = await inLine<unknown>(world, grant.id, [
    () => world.answer(approver, asked),
    () => endEarly(world, engineer, grant.id),
  ]);
  expect(review).toMatchObject({ status: 'fulfilled', value: { state: 'approved' } });
  expect(end).toMatchObject({ status: 'fulfilled', value: { state: 'ending' } });
  expect(await grantRow(grant.id)).toEqual({
    state: 'ending',
    ends_at: later(grant.endsAt, 900),
    ended_because: 'relinquished',
  });
  expect(await extensions(grant.id)).toBe(1);
});

test('two requests for more time approved at the same time: one moves the end, the other is refused whole', async () => {
  const grant = await granted();
  const asked = [await extend(grant), await extend(grant, { durationSeconds: 1800 })];
  const results = await inLine(
    world,
    grant.id,
    asked.map((one) => () => world.answer(approver, one)),
  );
  expect(results).toMatchObject([
    { status: 'fulfilled', value: { state: 'approved' } },
    { status: 'rejected', reason: { code: 'not_possible' } },
  ]);
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: later(grant.endsAt, 900) });
  expect(await extensions(grant.id)).toBe(1);
  // Asked for anew, from where it ends by now, it is given.
  await world.answer(second, await extend(grant, { durationSeconds: 1800 }));
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: later(grant.endsAt, 2700) });
});

test('never past twelve hours in all, said when it is asked; the longest of the rule counts for each extension', async () => {
  const grant = await granted({ entitlements: ['prod/long'], durationSeconds: 28_800, ticket: 'OPS-1' });
  expect(await refusalOf(extend(grant, { durationSeconds: 14_401, ticket: 'OPS-1' }))).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('at most 4h more'),
  });
  expect(await refusalOf(extend(grant, { durationSeconds: 28_801, ticket: 'OPS-1' }))).toMatchObject({
    extra: { rule: 'prod/long#maxDuration' },
  });
  await world.answer(approver, await extend(grant, { durationSeconds: 14_400, ticket: 'OPS-1' }));
  expect(await refusalOf(extend(grant, { durationSeconds: 60, ticket: 'OPS-1' }))).toMatchObject({
    message: expect.stringContaining('no more'),
  });
});

test('changed rules refuse: asked for after the change, and asked for before it', async () => {
  const grant = await granted();
  const asked = await extend(grant);
  await world.change(
    'maxDuration: 1h\n    assurance: { ask: single',
    'maxDuration: 2h\n    assurance: { ask: single',
  );
  expect(await refusalOf(extend(grant))).toMatchObject({ code: 'conflict' });
  expect(await refusalOf(world.answer(approver, asked))).toMatchObject({ code: 'digest_mismatch' });
  expect(await grantRow(grant.id)).toMatchObject({ ends_at: grant.endsAt });
  await world.restore();
  expect(await world.answer(approver, asked)).toMatchObject({ state: 'approved' });
});

test('the same key and body is the same request, before and after the answer; another body is refused', async () => {
  const grant = await granted();
  const key = { idempotencyKey: `key-${grant.id}` };
  const asked = await extend(grant, key);
  expect(await extend(grant, key)).toMatchObject({ id: asked.id, replayed: true });
  const together = await Promise.all(
    [1, 2, 3].map(() => extend(grant, { idempotencyKey: `at-once-${grant.id}` })),
  );
  expect(new Set(together.map(({ id }) => id)).size).toBe(1);
  await world.answer(approver, asked);
  expect(await extend(grant, key)).toMatchObject({ id: asked.id, replayed: true, state: 'approved' });
  expect((await refusalOf(extend(grant, { ...key, durationSeconds: 901 }))).code).toBe(
    'idempotency_mismatch',
  );
  const other = await granted();
  expect((await refusalOf(extend(other, key))).code).toBe('idempotency_mismatch');
  const anew = world.ask(engineer, { ...key, durationSeconds: 900, reason: 'it takes longer' });
  expect((await refusalOf(anew)).code).toBe('idempotency_mismatch');
});

test('a review binds to the grant and its end: the digest of a request for a new grant, or of another, is refused', async () => {
  const [grant, other] = [await granted(), await granted()];
  const reason = 'it takes longer';
  const fresh = await world.ask(engineer, { reason });
  const asked = await extend(grant);
  const elsewhere = await extend(other);
  expect(new Set([fresh, asked, elsewhere].map(({ digest }) => digest)).size).toBe(3);
  for (const { digest } of [fresh, elsewhere]) {
    expect((await refusalOf(world.answer(approver, { id: asked.id, digest }))).code).toBe('digest_mismatch');
  }
  const entitlement = world.deps.catalog().entitlements.get('prod/admin');
  if (entitlement === undefined) throw new Error('no entitlement');
  const ask = {
    durationSeconds: 900,
    reason,
    ticket: null,
    startAt: null,
  };
  const content = makeContent(engineer.id, ask, [entitlement], {
    askedBy: engineer.id,
    extended: { grant: grant.id, from: grant.endsAt },
  });
  expect(asked.digest).toBe(requestDigest(content));
});
