import { expect, test } from 'vitest';
import { aGrant, aRequest, pageOf } from './answers.ts';
import { meOf, problem, startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

test('request sends what was said, in the units of the API, once', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  const args = [
    'request',
    'prod/admin',
    'prod/logs',
    '--for',
    '1h30m',
    '--because',
    ' Fix it ',
    '--ticket',
    'OPS-1',
  ];
  const { code, stdout, stderr } = await runDaypass(
    [...args, '--at', '2026-11-30T09:00+01:00', '--json'],
    home.env,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual(aRequest());
  expect(fake.calls).toHaveLength(1);
  expect(fake.calls[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  expect(fake.calls[0]?.body).toEqual({
    entitlements: ['prod/admin', 'prod/logs'],
    durationSeconds: 5400,
    reason: 'Fix it',
    ticket: 'OPS-1',
    startAt: '2026-11-30T08:00:00.000Z',
  });
});

test('a dry run asks for nothing and does not wait', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/requests', { body: aRequest({ id: null }) });
  const args = ['request', 'prod/admin', '--for', '1h', '--because', 'x', '--dry-run', '--wait'];
  const { code, stdout } = await runDaypass(args, home.env);
  expect(code).toBe(0);
  expect(stdout).toContain('dry run');
  expect(fake.calls.map(({ query }) => query.get('dryRun'))).toEqual(['true']);
});

test.each([
  ['approved', 0],
  ['denied', 3],
  ['cancelled', 3],
  ['expired', 3],
] as const)('waiting for a request that is %s exits with %i', async (state, code) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests/req_1', { body: aRequest({ state, waitingFor: [] }) });
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  const waited = await runDaypass(['wait', 'req_1', '--json'], home.env);
  expect(waited.code).toBe(code);
  expect(JSON.parse(waited.stdout)).toMatchObject({ state });
  const args = ['request', 'prod/admin', '--for', '1h', '--because', 'x', '--wait', '--json'];
  expect((await runDaypass(args, home.env)).code).toBe(code);
});

test('waiting goes on while the server is away, and ends with 5 naming who was waited for', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  let looks = 0;
  fake.on('GET /v1/requests/req_1', () =>
    looks++ === 0 ? { body: aRequest() } : problem(503, 'unavailable', 'Away.'),
  );
  const { code, stdout, stderr } = await runDaypass(['wait', 'req_1', '--timeout', '1s'], home.env);
  expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
  expect(stderr).toBe('daypass: req_1 waits for Avery (prod-approvers); gave up after 1s\n');
  expect(looks).toBeGreaterThan(1);
});

test('a review names the digest of the request as it was read, or the one given', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests/req_1', { body: aRequest() });
  fake.on('POST /v1/requests/req_1/reviews', { body: aRequest({ state: 'approved', waitingFor: [] }) });
  const reviews = () => fake.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);
  expect((await runDaypass(['approve', 'req_1', '--comment', 'Go', '--yes'], home.env)).code).toBe(0);
  expect((await runDaypass(['deny', 'req_1', '--because', 'No', '--digest', 'seen'], home.env)).code).toBe(0);
  expect(reviews()).toEqual([
    { decision: 'approve', digest: 'digest-1', comment: 'Go' },
    { decision: 'deny', digest: 'seen', comment: 'No' },
  ]);
  fake.on('POST /v1/requests/req_1/reviews', stepUpNeeded({ totp: true }));
  const weak = await runDaypass(['approve', 'req_1', '--yes'], home.env);
  expect(weak).toMatchObject({ code: 4, stdout: '' });
  expect(weak.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(weak.stderr).toContain('daypass factor verify');
});

test('an approval can leave out time and entitlements', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests/req_1', { body: aRequest() });
  fake.on('POST /v1/requests/req_1/reviews', { body: aRequest({ durationSeconds: 1800 }) });
  const less = ['--for', '30m', '--only', 'prod/readonly, prod/logs', '--yes'];
  expect((await runDaypass(['approve', 'req_1', ...less], home.env)).code).toBe(0);
  expect(fake.calls.at(-1)?.body).toEqual({
    decision: 'approve',
    digest: 'digest-1',
    narrow: { durationSeconds: 1800, entitlements: ['prod/readonly', 'prod/logs'] },
  });
  expect((await runDaypass(['approve', 'req_1', '--only', 'prod/a,,', '--yes'], home.env)).code).toBe(2);
});

test('what is said about a request and asked back is sent as it is, and shown with who said it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const author = { id: 'prs_9', name: 'Avery' };
  const [createdAt, text] = ['2026-11-22T10:05:00Z', 'Which \u001b[31m host?'];
  const question = { by: author, at: createdAt, text };
  const comments = [{ id: 'cmt_1', author, text, question: true, createdAt }];
  fake.on('POST /v1/requests/req_1/comments', { status: 201, body: aRequest({ question, comments }) });
  const asked = await runDaypass(['ask-back', 'req_1', '--question', 'Which host?'], home.env);
  expect(asked.code).toBe(0);
  expect(asked.stdout).toMatch(/question +by Avery, 2026-11-22 10:05:00Z: Which \\u\{1b\}\[31m host\?/);
  expect(asked.stdout).toMatch(/open +the question of Avery/);
  expect((await runDaypass(['comment', 'req_1', '--text', 'db-7'], home.env)).code).toBe(0);
  expect(fake.calls.map(({ body }) => body)).toEqual([
    { text: 'Which host?', question: true },
    { text: 'db-7' },
  ]);
});

test('an answer is taken back by the id of its request', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/requests/req_1/withdraw', { body: aRequest() });
  expect((await runDaypass(['withdraw', 'req_1', '--json'], home.env)).code).toBe(0);
  fake.on('POST /v1/requests/req_1/withdraw', problem(409, 'conflict', 'Access was given already.'));
  expect((await runDaypass(['withdraw', 'req_1'], home.env)).stderr).toContain('Access was given already.');
});

test('lists are tables for people, and pages are followed up to the limit', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests', ({ query }) => ({
    body:
      query.get('cursor') === null
        ? { items: [aRequest({ reason: 'one\u001b[31m\nof two' })], next: 'more' }
        : { items: [aRequest({ id: 'req_2' })], next: 'even more' },
  }));
  const { stdout } = await runDaypass(['requests', '--to-review', '--limit', '2'], home.env);
  expect(stdout).toContain('one\\u{1b}[31m\\nof two');
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(['REQUEST', 'req_1', 'req_2']);
  expect(fake.calls.map(({ query }) => query.get('toReview'))).toEqual(['true', 'true']);
});

test('end takes a grant, or an entitlement that has only one', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf(aGrant({ id: 'grt_0', mayEnd: false }), aGrant()));
  fake.on('POST /v1/grants/grt_1/end', {
    body: aGrant({ state: 'ending', lastPossibleUse: '2026-11-22T10:30:00Z' }),
  });
  const ended = await runDaypass(['end', 'prod/admin', '--because', 'done'], home.env);
  expect(ended.stdout).toMatch(/^grt_1 for prod\/admin is ending\.\n/);
  expect(ended.stdout).toMatch(/last possible use +2026-11-22 10:30:00Z\n/);
  expect(fake.calls.findLast(({ method }) => method === 'POST')?.body).toEqual({ because: 'done' });
  expect((await runDaypass(['end', 'grt_1'], home.env)).code).toBe(0);
  fake.on('GET /v1/grants', pageOf(aGrant(), aGrant({ id: 'grt_2' })));
  const several = await runDaypass(['end', 'prod/admin'], home.env);
  expect(several.code).toBe(2);
  expect(several.stderr).toContain('grt_1, grt_2');
});

test('audit passes its filters on by the names of the API', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/audit/events', pageOf());
  const args = [
    'audit',
    '--actor',
    'prs_1',
    '--kind',
    'session.issued',
    '--access-key-id',
    'ASIA',
    '--from',
    '2026-11-01',
    '--to',
    '2026-11-02T00:00Z',
  ];
  expect(await runDaypass([...args, '--limit', '7', '--json'], home.env)).toMatchObject({ code: 0 });
  expect(Object.fromEntries(fake.calls[0]?.query ?? [])).toEqual({
    actor: 'prs_1',
    kind: 'session.issued',
    accessKeyId: 'ASIA',
    from: '2026-11-01T00:00:00.000Z',
    to: '2026-11-02T00:00:00.000Z',
    limit: '7',
  });
});

test('status --prompt is one short line from what was seen last, asks nobody, and is silent with 0 whatever is wrong', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  const silent = { code: 0, signal: null, stdout: '', stderr: '' };
  expect(await runDaypass(['status', '--prompt'], home.env)).toEqual(silent);
  const { DAYPASS_URL: _, ...nowhere } = home.env;
  expect(await runDaypass(['status', '--prompt'], nowhere)).toEqual(silent);
  expect(fake.calls).toEqual([]);
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  fake.on(
    'GET /v1/grants',
    pageOf(
      aGrant({ endsAt: inSeconds(2 * 86_400 + 3_000) }),
      aGrant({ id: 'grt_2', entitlement: 'prod/other', endsAt: inSeconds(180) }),
      aGrant({ id: 'grt_3', entitlement: 'prod/over', endsAt: inSeconds(-1) }),
      aGrant({ id: 'grt_4', entitlement: 'prod/ending', state: 'ending' }),
      aGrant({ id: 'grt_5', entitlement: 'prod/later', state: 'scheduled', startsAt: inSeconds(3_600) }),
    ),
  );
  fake.on('GET /v1/requests', pageOf());
  expect((await runDaypass(['status'], home.env)).code).toBe(0);
  const calls = fake.calls.length;
  const { stdout } = await runDaypass(['status', '--prompt'], home.env);
  expect(stdout).toMatch(/^prod\/other:[23]m! prod\/admin:48h\d+m\n$/);
  const json = await runDaypass(['status', '--prompt', '--json'], home.env);
  expect(JSON.parse(json.stdout)).toMatchObject([
    { entitlement: 'prod/other' },
    { entitlement: 'prod/admin' },
  ]);
  // In whatever order the options come.
  expect((await runDaypass(['--url', fake.url, 'status', '--prompt'], nowhere)).stdout).toBe(stdout);
  expect(fake.calls).toHaveLength(calls);
});

test.each([
  [['wait', 'req_1']],
  [['exec', 'prod/admin', '--', 'true']],
  [['request', 'prod/admin', '--for', '1h', '--because', 'x', '--wait']],
])('Ctrl-C while waiting exits with 130 and says how to go on and how to take it back: %j', async (args) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const { promise: waiting, resolve } = Promise.withResolvers<NodeJS.Signals>();
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf(aRequest()));
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  fake.on('GET /v1/requests/req_1', () => {
    resolve('SIGINT');
    return { body: aRequest() };
  });
  const { code, stdout, stderr } = await runDaypass(args, home.env, { signal: waiting });
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    'daypass: req_1 is still pending: daypass wait req_1 waits on, daypass cancel req_1 takes it back',
  );
});

test('without a person an approval must be meant: --yes or --digest, else 2 and nothing is sent', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests/req_1', { body: aRequest({ mayReview: true }) });
  fake.on('POST /v1/requests/req_1/reviews', { body: aRequest({ state: 'approved', waitingFor: [] }) });
  const refused = await runDaypass(['approve', 'req_1'], home.env);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('--yes');
  expect(refused.stderr).toContain('--digest');
  expect(fake.calls).toEqual([]);
  expect((await runDaypass(['approve', 'req_1', '--digest', 'seen'], home.env)).code).toBe(0);
  expect(fake.calls.at(-1)?.body).toEqual({ decision: 'approve', digest: 'seen' });
});
