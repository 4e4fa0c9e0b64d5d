import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cancelRequest } from '../../src/approvals/cancel-request.ts';
import { expireRequest } from '../../src/approvals/expire-request.ts';
import { getRequest } from '../../src/approvals/get-request.ts';
import { callerOf, catalogText, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let colleague: TestPerson;
let approver: TestPerson;
let second: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ash', ['engineers']);
  colleague = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  second = await world.person('Ansel', ['approvers']);
});
beforeEach(async () => {
  await world.restore();
  await world.root.query(
    'ALTER TABLE notices DISABLE TRIGGER ALL; DELETE FROM notices; ALTER TABLE notices ENABLE TRIGGER ALL',
  );
});
afterAll(() => world.stop());

async function told(kind: string) {
  const { rows } = await world.root.query<{ people: string[]; body: Record<string, unknown> }>(
    'SELECT people, body FROM notices WHERE kind = $1 ORDER BY id',
    [kind],
  );
  return rows;
}

test('a colleague is named by id or by their exact address, and both are shown', async () => {
  for (const named of [colleague.id, 'Erin@example.com']) {
    const made = await world.ask(engineer, { for: named });
    expect(made).toMatchObject({
      requester: { id: colleague.id, name: 'Erin' },
      askedBy: { id: engineer.id, name: 'Ash' },
    });
    const seen = await getRequest(world.deps, callerOf(colleague, world.now()), made.id ?? '');
    expect(seen).toMatchObject({ requester: made.requester, askedBy: made.askedBy, mayCancel: true });
  }
});

test('unknown, ambiguous, inactive and not entitled are refused alike, and so is oneself', async () => {
  await world.person('Twin', ['engineers']);
  await world.person('Twin', ['engineers']);
  const gone = await world.person('Gone', ['engineers']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [gone.id]);
  const outsider = await world.person('Ola', ['others']);
  const refusals = [];
  for (const named of [
    `prs_${'0'.repeat(26)}`,
    'nobody@example.com',
    'Twin@example.com',
    'Gone@example.com',
    gone.id,
    'Ola@example.com',
    outsider.id,
    'erin@example.com',
    'Ash@example.com',
    engineer.id,
    '',
  ]) {
    const { code, message, extra } = await refusalOf(world.ask(engineer, { for: named }));
    refusals.push({ code, message, extra });
  }
  expect(new Set(refusals.map((each) => JSON.stringify(each))).size).toBe(1);
  expect(refusals[0]).toMatchObject({ code: 'invalid_input', extra: {} });
});

test('of two with one address the one who is still there is meant', async () => {
  const before = await world.person('Same', ['engineers']);
  const after = await world.person('Same', ['engineers']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [before.id]);
  expect((await world.ask(engineer, { for: 'Same@example.com' })).requester.id).toBe(after.id);
});

test('a repeated key with the same address is the same request, and with another one it is refused', async () => {
  const key = { idempotencyKey: 'colleague' };
  const made = await world.ask(engineer, { ...key, for: 'Erin@example.com' });
  expect(await world.ask(engineer, { ...key, for: colleague.id })).toMatchObject({
    id: made.id,
    replayed: true,
  });
  for (const other of [null, 'nobody@example.com']) {
    expect((await refusalOf(world.ask(engineer, { ...key, for: other }))).code).toBe('idempotency_mismatch');
  }
});

test('at asking those whose turn it is are told, and whose access it is', async () => {
  const made = await world.ask(engineer, { for: colleague.id });
  const facts = {
    askedBy: engineer.id,
    durationSeconds: 900,
    startAt: null,
    extends: null,
    expiresAt: made.expiresAt,
  };
  expect(await told('request.submitted')).toEqual([
    { people: [approver.id, second.id].toSorted(), body: { why: 'to-answer', ...facts } },
    { people: [colleague.id], body: { why: 'asked-for-you', ...facts } },
  ]);
});

test('for myself nobody but those whose turn it is is told, and nobody in a dry run', async () => {
  await world.ask(engineer, { dryRun: true });
  expect(await told('request.submitted')).toEqual([]);
  await world.ask(engineer);
  expect((await told('request.submitted')).map(({ body }) => body['why'])).toEqual(['to-answer']);
});

test.each(['approve', 'deny'] as const)('a decision to %s is told to both', async (decision) => {
  await world.answer(approver, await world.ask(engineer, { for: colleague.id }), decision);
  expect(await told('request.decided')).toMatchObject([
    {
      people: [colleague.id, engineer.id],
      body: { decision, askedBy: engineer.id, rule: 'prod/admin#approve.groups' },
    },
  ]);
});

test('an approval by a rule is told, and nobody is asked', async () => {
  await world.use(
    catalogText.replace(
      '    approve: { groups: [approvers] }\n    maxDuration: 1h\n',
      '    approve: { groups: [approvers] }\n    rules: { short: { approve: "durationSeconds <= 900", because: Short work } }\n    maxDuration: 1h\n',
    ),
  );
  const made = await world.ask(engineer);
  expect(made.state).toBe('approved');
  expect(await told('request.submitted')).toEqual([]);
  expect(await told('request.decided')).toMatchObject([
    { people: [engineer.id], body: { decision: 'approve', basis: 'rule', rule: 'prod/admin#rules.short' } },
  ]);
});

test('whose access it is can cancel, and whoever asked is told; alone with it, nobody is', async () => {
  const made = await world.ask(engineer, { for: colleague.id });
  const cancel = (id: string | null, who: TestPerson) =>
    cancelRequest(world.deps, callerOf(who, world.now()), { id: id ?? '' });
  expect((await cancel(made.id, colleague)).state).toBe('cancelled');
  expect(await told('request.decided')).toMatchObject([
    { people: [engineer.id], body: { decision: 'cancel' } },
  ]);
  await cancel((await world.ask(engineer)).id, engineer);
  expect(await told('request.decided')).toHaveLength(1);
});

test('a request that nobody answered is told to have expired', async () => {
  const made = await world.ask(engineer);
  world.move(86_400);
  expect(await expireRequest(world.deps, { requestId: made.id ?? '' })).toBe(true);
  expect(await told('request.decided')).toMatchObject([
    { people: [engineer.id], body: { decision: 'expire' } },
  ]);
});
