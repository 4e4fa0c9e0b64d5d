import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from './history.ts';
import { putBackToYesterday, type Yesterday } from './yesterday.ts';

const confirm = { because: 'Compared with CloudTrail', checked: true };
let yesterday: Yesterday;
beforeAll(async () => {
  yesterday = await putBackToYesterday();
  await yesterday.signInAgain();
});
afterAll(() => yesterday?.history.end());

const url = '/v1/closure/confirm';
const state = async () => (await yesterday.daypass.call(yesterday.people.auditor, 'GET', '/v1/closure')).body;

test('why it is closed is for operators and auditors', async () => {
  for (const name of ['operator', 'auditor'] as const)
    expect(await yesterday.daypass.call(yesterday.people[name], 'GET', '/v1/closure')).toMatchObject({
      status: 200,
      body: {
        closed: true,
        closure: { reason: 'older_database', openedAt: null, confirmations: [], confirmationsNeeded: 2 },
      },
    });
  expect((await yesterday.daypass.call(yesterday.people.engineer, 'GET', '/v1/closure')).status).toBe(403);
});

test('takes an operator, two factors, lately, and words', async () => {
  const { world, call } = yesterday.daypass;
  const { id } = yesterday.people.operator;
  expect(await call(yesterday.people.auditor, 'POST', url, confirm)).toMatchObject({ status: 403 });
  const weak = await world.signIn(id, { level: 'single-factor' });
  expect(await call(weak, 'POST', url, confirm)).toMatchObject({
    status: 401,
    body: { code: 'insufficient_assurance', required: { level: 'multi-factor', maxAgeSeconds: 900 } },
  });
  const stale = await world.signIn(id);
  yesterday.move(901);
  expect(await call(stale, 'POST', url, confirm)).toMatchObject({ status: 401 });
  await yesterday.signInAgain();
  for (const body of [
    { because: 'x' },
    { checked: true },
    { because: 'x', checked: false },
    { because: ' ', checked: true },
  ])
    expect(await call(yesterday.people.operator, 'POST', url, body)).toMatchObject({ status: 400 });
  expect(await state()).toMatchObject({ closure: { confirmations: [] } });
});

test('one operator is not enough, however often', async () => {
  const { call } = yesterday.daypass;
  const answers = await Promise.all(
    [1, 2, 3].map(() => call(yesterday.people.operator, 'POST', url, confirm)),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(2);
  const again = await yesterday.daypass.world.signIn(yesterday.people.operator.id);
  expect(await call(again, 'POST', url, confirm)).toMatchObject({
    status: 409,
    body: { code: 'already_decided' },
  });
  expect(await state()).toMatchObject({
    closed: true,
    closure: { confirmations: [{ because: confirm.because }] },
  });
  expect(await call(yesterday.people.engineer, 'POST', '/v1/requests', ask)).toMatchObject({ status: 503 });
});

test('who is no operator any more counts no more', async () => {
  await yesterday.rows(`UPDATE people SET groups = '{}' WHERE id = '${yesterday.people.operator.id}'`);
  expect(await yesterday.daypass.call(yesterday.people.operator2, 'POST', url, confirm)).toMatchObject({
    status: 200,
    body: { openedAt: null },
  });
  expect(await state()).toMatchObject({ closed: true });
});

test('the second one opens, and everything works again', async () => {
  const { call } = yesterday.daypass;
  expect(await call(yesterday.people.operator3, 'POST', url, confirm)).toMatchObject({
    status: 200,
    body: { openedAt: expect.any(String) },
  });
  expect(await state()).toMatchObject({ closed: false, closure: null });
  // The stand-in for AWS tells the machine's time.
  yesterday.moveBack();
  await yesterday.daypass.getAccess(yesterday.people.engineer, yesterday.people.approver);
  expect(await call(yesterday.people.operator3, 'POST', url, confirm)).toMatchObject({
    status: 409,
    body: { code: 'conflict' },
  });
  const { body } = await yesterday.daypass.world.app.inject({ url: '/metrics' });
  expect(body).toMatch(/^daypass_closed 0$/m);
});

test('all of it is on record', async () => {
  const found = await yesterday.rows(
    "SELECT kind, actor FROM audit_events WHERE kind IN ('database.confirmed', 'database.opened') ORDER BY id",
  );
  expect(found).toEqual([
    { kind: 'database.confirmed', actor: yesterday.people.operator.id },
    { kind: 'database.confirmed', actor: yesterday.people.operator2.id },
    { kind: 'database.confirmed', actor: yesterday.people.operator3.id },
    { kind: 'database.opened', actor: yesterday.people.operator3.id },
  ]);
});

test('the next start finds it open', async () => {
  await yesterday.daypass.keeper.keep();
  const closings = yesterday.daypass.closings.length;
  await yesterday.daypass.keeper.keep();
  expect(yesterday.daypass.closings).toHaveLength(closings);
  expect(await state()).toMatchObject({ closed: false });
});
