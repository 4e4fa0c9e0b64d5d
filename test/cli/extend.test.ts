import { expect, test } from 'vitest';
import type { Request } from '../../src/cli/api.ts';
import { aGrant, aRequest, pageOf } from './answers.ts';
import { meOf, problem, startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { issueSessions, MovableTime, runAt, timesIssued } from './issuing.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const why = ['--for', '1h', '--because', 'x'];
const person = { person: true, columns: 100 };

function anExtension(changes: Partial<Request> = {}): Request {
  const times = { from: '2026-11-22T12:00:00.000Z', to: '2026-11-22T13:00:00.000Z' };
  return aRequest({ extends: { grant: 'grt_1', ...times }, ...changes });
}

test('extend asks for more time under the one live grant for an entitlement, once, and says from when to when', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf(aGrant({ id: 'grt_0', mayEnd: false }), aGrant()));
  fake.on('POST /v1/grants/grt_1/extend', { status: 201, body: anExtension() });
  const args = ['extend', 'prod/admin', '--for', '1h30m', '--because', ' Not done ', '--ticket', 'OPS-1'];
  const { code, stdout } = await runDaypass(args, home.env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/extends +grt_1 by 1h: from 2026-11-22 12:00:00Z to 2026-11-22 13:00:00Z\n/);
  expect(stdout).toMatch(/waiting for +Avery/);
  const posted = fake.calls.filter(({ method }) => method === 'POST');
  expect(posted.map(({ body }) => body)).toEqual([
    { durationSeconds: 5400, reason: 'Not done', ticket: 'OPS-1' },
  ]);
  expect(posted[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  const json = await runDaypass(['extend', 'grt_1', ...why, '--json'], home.env);
  expect(JSON.parse(json.stdout)).toEqual(anExtension());
});

test('several live grants must be told apart, and without one there is nothing to extend', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf(aGrant(), aGrant({ id: 'grt_2' })));
  const several = await runDaypass(['extend', 'prod/admin', ...why], home.env);
  expect(several.code).toBe(2);
  expect(several.stderr).toContain('grt_1, grt_2');
  fake.on('GET /v1/grants', pageOf(aGrant({ mayEnd: false })));
  expect((await runDaypass(['extend', 'prod/admin', ...why], home.env)).code).toBe(3);
  expect((await runDaypass(['extend', 'prod/admin', '--for', '1h'], home.env)).code).toBe(2);
  expect(fake.calls.filter(({ method }) => method === 'POST')).toEqual([]);
});

test('a dry run makes nothing and does not wait', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/grants/grt_1/extend', { body: anExtension({ id: null }) });
  const { code, stdout } = await runDaypass(['extend', 'grt_1', ...why, '--dry-run', '--wait'], home.env);
  expect(code).toBe(0);
  expect(stdout).toContain('dry run');
  expect(stdout).toContain('to 2026-11-22 13:00:00Z');
  expect(fake.calls.map(({ query }) => query.get('dryRun'))).toEqual(['true']);
});

test.each([
  ['approved', 0],
  ['denied', 3],
  ['cancelled', 3],
  ['expired', 3],
] as const)('waiting for more time that is %s exits with %i', async (state, code) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/grants/grt_1/extend', { status: 201, body: anExtension() });
  fake.on('GET /v1/requests/req_1', { body: anExtension({ state, waitingFor: [] }) });
  fake.on('GET /v1/grants/grt_1', { body: aGrant() });
  const ran = await runDaypass(['extend', 'grt_1', ...why, '--wait', '--json'], home.env);
  expect(ran.code).toBe(code);
  expect(JSON.parse(ran.stdout)).toMatchObject({ state });
});

test.each([
  [problem(409, 'not_active', 'This grant has ended.'), 3],
  [problem(503, 'unavailable', 'Away.'), 6],
  [stepUpNeeded({ totp: false }), 4],
])('a refusal ends it as it ends a request', async (answer, code) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/grants/grt_1/extend', answer);
  const ran = await runDaypass(['extend', 'grt_1', ...why], home.env);
  expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
  expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('after an approval what is kept works on to its own end, the next renewal has the new one, and so has the prompt', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const time = new MovableTime();
  fake.on('GET /v1/me', meOf);
  const issuing = issueSessions(fake, time, { grant: aGrant({ endsAt: time.after(1800) }) });
  const keyOf = ({ out }: { out: string }) => (JSON.parse(out) as { AccessKeyId: string }).AccessKeyId;
  const creds = async () => keyOf(await runAt(home, time, ['creds', 'prod/admin']));
  expect(await creds()).toBe('ASIA1');
  expect((await runAt(home, time, ['status', '--prompt'])).out).toMatch(/^prod\/admin:30m/);

  const extended = { grant: 'grt_1', from: issuing.grant.endsAt, to: time.after(5400) };
  fake.on('POST /v1/grants/grt_1/extend', { status: 201, body: anExtension({ extends: extended }) });
  fake.on('GET /v1/requests/req_1', {
    body: anExtension({ extends: extended, state: 'approved', waitingFor: [] }),
  });
  fake.on('GET /v1/grants/grt_1', () => ({ body: issuing.grant }));
  issuing.grant = aGrant({ endsAt: extended.to });
  const ran = await runAt(home, time, ['extend', 'prod/admin', ...why, '--wait'], person);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('last to the new end at 2026-11-22 11:30:00Z');
  expect((await runAt(home, time, ['status', '--prompt'])).out).toMatch(/^prod\/admin:1h30m/);

  expect(await creds()).toBe('ASIA1');
  time.move(1000);
  expect(await creds()).toBe('ASIA2');
  expect(timesIssued(fake)).toBe(2);
});

test('a pending request for more time is no access that is on its way', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf(anExtension()));
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: { id: 'prod/admin', target: 'role' } });
  const { code, stderr } = await runDaypass(['creds', 'prod/admin'], home.env);
  expect(code).toBe(3);
  expect(stderr).toContain('no grant for prod/admin');
});
