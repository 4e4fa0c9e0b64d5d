import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { submitRequest } from '../../src/approvals/submit-request.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
afterEach(() => world.restore());
afterAll(() => world.stop());

test('a request is stored with its digest, event and expiry, and says who is asked', async () => {
  const view = await world.ask(engineer, { reason: '  to mend it\r\nnow  ', ticket: ' T-1 ' });
  expect(view).toMatchObject({
    requester: { id: engineer.id, name: 'Erin' },
    entitlements: [
      {
        id: 'prod/admin',
        description: 'Administrator',
        account: { id: '111122223333', name: 'Production' },
        target: 'role',
      },
    ],
    durationSeconds: 900,
    reason: 'to mend it\nnow',
    ticket: 'T-1',
    startAt: null,
    state: 'pending',
    catalogVersion: world.deps.catalog().version,
    createdAt: '2026-11-22T09:00:00.000Z',
    expiresAt: '2026-11-23T09:00:00.000Z',
    decidedAt: null,
    waitingFor: [
      {
        rule: 'prod/admin#approve.groups',
        needed: 1,
        groups: ['approvers'],
        people: [{ id: approver.id, name: 'Aron' }],
      },
    ],
    reviews: [],
    grants: [],
    mayReview: false,
    mayCancel: true,
    replayed: false,
  });
  expect(await world.kinds(view.id)).toEqual(['request.submitted']);
});

test('what people wrote is in the record only as a commitment', async () => {
  const view = await world.ask(engineer, { reason: 'words of mine', ticket: 'my ticket' });
  const { rows } = await world.root.query<{ id: string; leaf: string }>(
    'SELECT id, leaf FROM audit_events WHERE request = $1',
    [view.id],
  );
  expect(rows[0]?.leaf).not.toMatch(/words of mine|my ticket/);
  expect(
    await world.count("audit_personal_data WHERE event_id = $1 AND field IN ('reason', 'ticket')", [
      rows[0]?.id,
    ]),
  ).toBe(2);
});

test('without anybody who could approve it is accepted, and names nobody', async () => {
  const keeper = await world.person('Kim', ['vault-people']);
  const view = await world.ask(keeper, { entitlements: ['secret/vault'] });
  expect(view.waitingFor).toEqual([
    {
      entitlement: 'secret/vault',
      step: 'approval',
      rule: 'secret/vault#approve.groups',
      needed: 1,
      groups: ['vault-approvers'],
      whom: 'vault-approvers',
      people: [],
      since: view.createdAt,
      escalates: null,
    },
  ]);
});

test('people who were deactivated, and the requester, are not named as approvers', async () => {
  const gone = await world.person('Gone', ['approvers']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [gone.id]);
  const view = await world.ask(approver, { entitlements: ['prod/chat'] });
  expect(view.waitingFor[0]?.people).toEqual([]);
});

test.each([
  ['no entitlement', { entitlements: [] }, 'entitlements must name 1 to 10'],
  [
    'eleven',
    { entitlements: Array.from({ length: 11 }, (_, i) => `prod/a${i}`) },
    'entitlements must name 1 to 10',
  ],
  ['the same twice', { entitlements: ['prod/admin', 'prod/admin'] }, 'the same entitlement twice'],
  ['zero seconds', { durationSeconds: 0 }, 'at least 60'],
  ['negative', { durationSeconds: -900 }, 'at least 60'],
  ['59 seconds', { durationSeconds: 59 }, 'at least 60'],
  ['half a second', { durationSeconds: 900.5 }, 'whole number of seconds'],
  ['not a number', { durationSeconds: Number.NaN }, 'whole number of seconds'],
  ['over the limit', { durationSeconds: 3601 }, 'prod/admin can be had for 1m to 1h'],
  ['blank reason', { reason: ' \n ' }, 'reason must say something'],
  ['long reason', { reason: 'x'.repeat(1001) }, 'at most 1000 characters'],
  ['a control character', { reason: 'a\u0007b' }, 'without control characters'],
  ['a null', { reason: 'a\u0000b' }, 'without control characters'],
  ['text turned around', { reason: 'a\u202eb' }, 'without control characters'],
  ['half a character', { reason: 'a\ud800b' }, 'without control characters'],
  ['a long ticket', { ticket: 'x'.repeat(101) }, 'ticket must have at most 100'],
  ['no time', { startAt: 'tomorrow' }, 'startAt must be a time in UTC'],
  ['another zone', { startAt: '2026-11-22T12:00:00+02:00' }, 'startAt must be a time in UTC'],
  ['a day that does not exist', { startAt: '2027-02-30T00:00:00Z' }, 'startAt must be a time in UTC'],
  ['the past', { startAt: '2026-11-22T08:59:59Z' }, 'startAt has passed'],
  ['31 days ahead', { startAt: '2026-12-23T09:00:00Z' }, 'at most 30 days ahead'],
  ['a key with a space', { idempotencyKey: 'a b' }, 'idempotency key'],
  ['an empty key', { idempotencyKey: '' }, 'idempotency key'],
])('%s is refused with one clear error, and nothing is stored', async (_name, input, message) => {
  const before = await world.count('requests');
  const refusal = await refusalOf(world.ask(engineer, input));
  expect(refusal.code).toBe('invalid_input');
  expect(refusal.message).toContain(message);
  expect(await world.count('requests')).toBe(before);
});

test('1000 characters are allowed, however many bytes they take', async () => {
  expect((await world.ask(engineer, { reason: '🙂'.repeat(1000) })).state).toBe('pending');
});

test('the longest duration is that of each entitlement asked for, not of any that would match', async () => {
  const refusal = await refusalOf(
    world.ask(engineer, {
      entitlements: ['prod/long', 'prod/admin'],
      durationSeconds: 7200,
      ticket: 'OPS-1',
    }),
  );
  expect(refusal.message).toContain('prod/admin can be had for 1m to 1h');
  const alone = await world.ask(engineer, {
    entitlements: ['prod/long'],
    durationSeconds: 7200,
    ticket: 'OPS-1',
  });
  expect(alone.durationSeconds).toBe(7200);
});

test.each([undefined, null, '', 'OPS-', 'xOPS-1', 'OPS-1\n'])(
  'where a ticket pattern is set, %j is not enough or is read as it would be shown',
  async (ticket) => {
    const call = world.ask(engineer, {
      entitlements: ['prod/long'],
      ...(ticket === undefined ? {} : { ticket }),
    });
    if (ticket === 'OPS-1\n') expect((await call).ticket).toBe('OPS-1');
    else
      expect(await refusalOf(call)).toMatchObject({
        code: 'invalid_input',
        extra: { rule: 'prod/long#ticket' },
      });
  },
);

test('a hidden entitlement answers exactly as one that does not exist, also under too weak a sign-in', async () => {
  const weak = callerOf(engineer, world.now(), {
    assurance: { level: 'single-factor', authenticatedAt: new Date(0) },
  });
  const asks = ['secret/vault', 'no/such', '__proto__', 'x'.repeat(5000)].map((id) =>
    refusalOf(submitRequest(world.deps, weak, { entitlements: [id], durationSeconds: 60, reason: 'r' })),
  );
  const answers = (await Promise.all(asks)).map(({ code, message, extra }) => ({ code, message, extra }));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]?.code).toBe('not_found');
});

test('what one may see and not ask for is refused by name of the rule', async () => {
  const refusal = await refusalOf(world.ask(approver));
  expect(refusal).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/admin#ask.groups', catalogVersion: world.deps.catalog().version },
  });
});

test('too weak a sign-in is told what to prove', async () => {
  const weak = callerOf(engineer, world.now(), {
    assurance: { level: 'single-factor', authenticatedAt: world.now() },
  });
  const input = { entitlements: ['prod/strict'], durationSeconds: 60, reason: 'r' };
  expect(await refusalOf(submitRequest(world.deps, weak, input))).toMatchObject({
    code: 'insufficient_assurance',
    extra: { required: { level: 'multi-factor' } },
  });
});

test('a person who was deactivated meanwhile cannot ask', async () => {
  const leaver = await world.person('Lee', ['engineers']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [leaver.id]);
  expect((await refusalOf(world.ask(leaver))).code).toBe('forbidden');
});

test('a dry run answers as the real one would and writes nothing', async () => {
  const tables = ['requests', 'audit_events', 'request_entitlements', 'test_jobs'];
  const written = () =>
    world.count(`(${tables.map((table) => `SELECT 1 FROM ${table}`).join(' UNION ALL ')})`);
  const before = await written();
  const dry = await world.ask(engineer, { dryRun: true, idempotencyKey: 'dry' });
  expect(await written()).toBe(before);
  const real = await world.ask(engineer, { idempotencyKey: 'dry' });
  expect(dry).toEqual({ ...real, id: null });
  expect((await refusalOf(world.ask(engineer, { dryRun: true, durationSeconds: 99_999 }))).code).toBe(
    'invalid_input',
  );
});

test('the same key and body are the same request, even after the catalog changed; another body is refused', async () => {
  const input = { idempotencyKey: 'once', entitlements: ['prod/chat', 'prod/admin'] };
  const first = await world.ask(engineer, input);
  await world.change('maxDuration: 1h', 'maxDuration: 5m');
  const again = await world.ask(engineer, { ...input, entitlements: ['prod/admin', 'prod/chat'] });
  expect(again).toMatchObject({ id: first.id, digest: first.digest, replayed: true });
  await world.restore();
  for (const other of [
    { durationSeconds: 901 },
    { reason: 'else' },
    { ticket: 'T' },
    { entitlements: ['prod/chat'] },
  ]) {
    expect((await refusalOf(world.ask(engineer, { ...input, ...other }))).code).toBe('idempotency_mismatch');
  }
  const other = await world.person('Omar', ['engineers']);
  expect((await world.ask(other, input)).id).not.toBe(first.id);
});

test('two at once under one key make one request', async () => {
  for (let round = 0; round < 10; round++) {
    const input = { idempotencyKey: `race-${round}` };
    const views = await Promise.all(Array.from({ length: 6 }, () => world.ask(engineer, input)));
    expect(new Set(views.map((view) => view.id)).size).toBe(1);
    expect(views.filter((view) => !view.replayed)).toHaveLength(1);
    expect(await world.kinds(views[0]?.id ?? null)).toEqual(['request.submitted']);
  }
});

test('two bodies at once under one key make one request and one refusal', async () => {
  const results = await Promise.allSettled(
    [60, 61].map((durationSeconds) => world.ask(engineer, { idempotencyKey: 'two-bodies', durationSeconds })),
  );
  expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const failed = results.find((result) => result.status === 'rejected');
  expect(failed?.reason).toMatchObject({ code: 'idempotency_mismatch' });
  expect(await world.count("requests WHERE idempotency_key = 'two-bodies'")).toBe(1);
});

test('an answer is awaited no longer than the shortest rule allows, nor past the window asked for', async () => {
  const both = await world.ask(engineer, { entitlements: ['prod/admin', 'prod/long'], ticket: 'OPS-1' });
  expect(both.expiresAt).toBe('2026-11-22T10:00:00.000Z');
  const soon = await world.ask(engineer, { startAt: '2026-11-22T09:10:00Z', durationSeconds: 600 });
  expect(soon).toMatchObject({ startAt: '2026-11-22T09:10:00.000Z', expiresAt: '2026-11-22T09:20:00.000Z' });
});
