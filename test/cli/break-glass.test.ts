import { expect, test } from 'vitest';
import type { FollowUp } from '../../src/cli/api.ts';
import { aGrant, anEntitlement, aRequest, pageOf } from './answers.ts';
import { startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const offer = (breakGlass: object | null) => ({
  ...anEntitlement(),
  account: { id: '111122223333', name: 'Production' },
  terms: { breakGlass },
});
const terms = {
  maxDurationSeconds: 1800,
  assurance: { level: 'phishing-resistant', maxAgeSeconds: 300 },
  followUp: { whom: 'security', withinSeconds: 86_400 },
};
const taken = aRequest({ breakGlass: true, state: 'approved', waitingFor: [] });
const command = ['request', 'prod/admin', '--break-glass', '--because', 'Everything is on fire'];

test('--break-glass --yes takes it once, for as long as the catalog allows, and says that it was break-glass', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: offer(terms) });
  fake.on('POST /v1/requests', { status: 201, body: taken });
  const { code, stdout } = await runDaypass([...command, '--yes'], home.env);
  expect(code).toBe(0);
  expect(stdout).toContain('break-glass');
  const sent = fake.calls.filter(({ method }) => method === 'POST');
  expect(sent.map(({ body }) => body)).toEqual([
    {
      entitlements: ['prod/admin'],
      durationSeconds: 1800,
      reason: 'Everything is on fire',
      breakGlass: true,
    },
  ]);
  expect(sent[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
});

test('where nobody can be asked and nothing says that it is meant, nothing is taken', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const { code, stderr } = await runDaypass(command, home.env);
  expect(code).toBe(2);
  expect(stderr).toContain('--yes');
  expect(fake.calls).toEqual([]);
});

test('whom the catalog does not name is told so, and takes nothing', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: offer(null) });
  const { code, stderr } = await runDaypass([...command, '--yes'], home.env);
  expect(code).toBe(3);
  expect(stderr).toContain('does not let you');
  expect(fake.called()).toEqual(['GET /v1/entitlements/prod%2Fadmin']);
});

test('a stronger sign-in that is needed ends it with one line where nobody is there', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: offer(terms) });
  fake.on('POST /v1/requests', stepUpNeeded());
  expect((await runDaypass([...command, '--yes'], home.env)).code).toBe(4);
});

test('a start is a usage error', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const args = [...command, '--yes', '--at', '2026-11-30T09:00+01:00'];
  expect((await runDaypass(args, home.env)).code).toBe(2);
});

test('grants taken by break-glass stand out in the list', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf(aGrant({ breakGlass: true })));
  expect((await runDaypass(['grants', '--all'], home.env)).stdout).toContain('BREAK-GLASS active');
});

const owed: FollowUp = {
  id: 'fup_1',
  kind: 'break-glass',
  state: 'overdue',
  request: 'req_1',
  entitlement: 'prod/admin',
  account: { id: '111122223333', name: 'Production' },
  person: { id: 'prs_1', name: 'Erin' },
  reason: 'Everything is on fire',
  durationSeconds: 1800,
  usedAt: '2026-11-22T10:00:00Z',
  dueAt: '2026-11-23T10:00:00Z',
  overdueAt: '2026-11-23T10:00:00Z',
  whom: 'security',
  verdict: null,
  comment: null,
  doneBy: null,
  doneAt: null,
  mayFinish: true,
};

test('follow-ups lists what I am to look at, and done says what I found', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/follow-ups', pageOf(owed));
  const { stdout } = await runDaypass(['follow-ups'], home.env);
  expect(stdout).toContain('fup_1');
  expect(stdout).toContain('overdue');
  expect(fake.calls[0]?.query.get('toDo')).toBe('true');
  await runDaypass(['follow-ups', '--mine', '--state', 'done'], home.env);
  expect(fake.calls[1]?.query.get('mine')).toBe('true');
  expect(fake.calls[1]?.query.get('state')).toBe('done');

  const done = { ...owed, state: 'done', verdict: 'justified', comment: 'It was on fire' };
  fake.on('POST /v1/follow-ups/fup_1/done', { body: done });
  const args = ['follow-ups', 'done', 'fup_1', '--verdict', 'justified', '--because', 'It was on fire'];
  const finished = await runDaypass(args, home.env);
  expect(finished.code).toBe(0);
  expect(finished.stdout).toContain('justified');
  expect(fake.calls.at(-1)?.body).toEqual({ verdict: 'justified', comment: 'It was on fire' });
  expect((await runDaypass(args.slice(0, 5), home.env)).code).toBe(2);
  expect((await runDaypass([...args.slice(0, 4), 'fine', '--because', 'x'], home.env)).code).toBe(2);
});
