import { expect, test } from 'vitest';
import { aGrant, anEntitlement, aRequest, aSession, pageOf, secretKey } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

function granted(fake: FakeDaypass): void {
  fake.on('GET /v1/grants', pageOf(aGrant()));
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: anEntitlement() });
  fake.on('POST /v1/grants/grt_1/sessions', { status: 201, body: aSession });
}

const node = (script: string) => ['--', process.execPath, '-e', script];

test("the command gets our credentials in its environment and nobody else's, and none in its arguments", async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  granted(fake);
  const env = {
    ...home.env,
    AWS_PROFILE: 'other',
    AWS_DEFAULT_PROFILE: 'other',
    AWS_SECURITY_TOKEN: 'other',
    AWS_ACCESS_KEY_ID: 'other',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/other',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://other',
    AWS_BEARER_TOKEN_BEDROCK: 'other',
    AWS_REGION: 'eu-west-1',
  };
  const script =
    'console.log(JSON.stringify({ env: Object.fromEntries(Object.entries(process.env).filter(([k]) => k.startsWith("AWS_"))), args: process.argv.slice(1) }))';
  const { code, stdout, stderr } = await runDaypass(
    ['exec', 'prod/admin', ...node(script), 'a b', '--json', '--'],
    env,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    env: {
      AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: secretKey,
      AWS_SESSION_TOKEN: "to'ken==",
      AWS_CREDENTIAL_EXPIRATION: '2020-11-22T10:30:00Z',
      AWS_REGION: 'eu-west-1',
    },
    args: ['a b', '--json', '--'],
  });
});

test('the exit code of the command is ours', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  granted(fake);
  for (const code of [0, 1, 42]) {
    expect((await runDaypass(['exec', 'prod/admin', ...node(`process.exit(${code})`)], home.env)).code).toBe(
      code,
    );
  }
  expect(await runDaypass(['exec', 'prod/admin', '--', '/not/there'], home.env)).toMatchObject({
    code: 127,
    stderr: 'daypass: /not/there is not there\n',
  });
});

test('a signal to us reaches the command, and the one that ends it ends us', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  granted(fake);
  const ready = 'process.stderr.write("ready"); setInterval(() => {}, 1000);';
  const whenReady = {
    onStderr: (text: string, kill: (signal: NodeJS.Signals) => void) =>
      void (text === 'ready' && kill('SIGTERM')),
  };
  const handled = `process.on("SIGTERM", () => process.exit(7)); ${ready}`;
  expect(await runDaypass(['exec', 'prod/admin', ...node(handled)], home.env, whenReady)).toMatchObject({
    code: 7,
  });
  expect(await runDaypass(['exec', 'prod/admin', ...node(ready)], home.env, whenReady)).toMatchObject({
    code: null,
    signal: 'SIGTERM',
  });
});

test('without a grant it asks, says who is waited for, waits for the grant to be active, and runs', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  granted(fake);
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf());
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  let looks = 0;
  const approved = aRequest({
    state: 'approved',
    waitingFor: [],
    grants: [
      {
        id: 'grt_1',
        entitlement: 'prod/admin',
        state: 'scheduled',
        startsAt: '2026-11-22T10:00:00Z',
        endsAt: '2099-01-01T00:00:00Z',
      },
    ],
  });
  fake.on('GET /v1/requests/req_1', () => ({ body: looks++ === 0 ? aRequest() : approved }));
  fake.on('GET /v1/grants/grt_1', { body: aGrant() });
  const args = [
    'exec',
    'prod/admin',
    '--for',
    '30m',
    '--because',
    'Fix it',
    '--ticket',
    'OPS-1',
    ...node('console.log("ran")'),
  ];
  const { code, stdout, stderr } = await runDaypass(args, home.env);
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'ran\n',
    stderr: 'daypass: req_1 waits for Avery (prod-approvers)\n',
  });
  expect(fake.calls.find(({ method, path }) => method === 'POST' && path === '/v1/requests')?.body).toEqual({
    entitlements: ['prod/admin'],
    durationSeconds: 1800,
    reason: 'Fix it',
    ticket: 'OPS-1',
  });
});

test('a pending request is waited for and not made twice; a denial ends with 3 and says why; nothing is run', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf(aRequest()));
  const review = {
    id: 'rev_1',
    reviewer: { id: 'prs_9', name: 'Avery' },
    decision: 'deny' as const,
    comment: 'Not today',
    via: 'cli',
    onBehalfOf: null,
    createdAt: '2026-11-22T10:01:00Z',
    withdrawnAt: null,
  };
  fake.on('GET /v1/requests/req_1', {
    body: aRequest({ state: 'denied', waitingFor: [], reviews: [review] }),
  });
  const { code, stdout, stderr } = await runDaypass(
    ['exec', 'prod/admin', ...node('console.log("ran")')],
    home.env,
  );
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toContain('req_1 was denied: Not today');
  expect(fake.called()).not.toContain('POST /v1/requests');
});

test('without a grant, a reason or anybody to ask for one it is a usage error, and nothing is asked', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf());
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: anEntitlement() });
  const { code, stderr } = await runDaypass(['exec', 'prod/admin', ...node('1')], home.env);
  expect(code).toBe(2);
  expect(stderr).toContain('--for 1h --because');
  expect(fake.called()).not.toContain('POST /v1/requests');
});

const asking = ['--for', '30m', '--because', 'Fix it'];

test('a permission set is refused before anything is asked or issued, whatever there is of it already', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const target = 'permission-set' as const;
  const pending = aRequest({ entitlements: aRequest().entitlements.map((each) => ({ ...each, target })) });
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: anEntitlement({ target }) });
  for (const [grants, requests] of [
    [pageOf(), pageOf()],
    [pageOf(aGrant({ target })), pageOf()],
    [pageOf(), pageOf(pending)],
  ] as const) {
    fake.on('GET /v1/grants', grants);
    fake.on('GET /v1/requests', requests);
    for (const args of [
      ['exec', 'prod/admin', ...asking, ...node('console.log("ran")')],
      ['creds', 'prod/admin'],
    ]) {
      const { code, stdout, stderr } = await runDaypass(args, home.env);
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
      expect(stderr).toContain('prod/admin is a permission set, which gives no credentials');
    }
  }
  expect(fake.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
});

test('an entitlement that is not there sends to the list of those that are, and nothing is asked', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf());
  const unknown = problem(404, 'not_found', 'There is no such entitlement, or it is not yours to see.');
  fake.on('GET /v1/entitlements/prod%2Fadmni', unknown);
  expect(await runDaypass(['exec', 'prod/admni', ...asking, ...node('1')], home.env)).toMatchObject({
    code: 3,
    stderr: 'daypass: There is no such entitlement, or it is not yours to see: see daypass entitlements\n',
  });
  expect(fake.called()).not.toContain('POST /v1/requests');
  fake.on('POST /v1/requests', unknown);
  const requested = await runDaypass(['request', 'prod/admni', ...asking], home.env);
  expect(requested).toMatchObject({ code: 3, stdout: '' });
  expect(requested.stderr).toContain('see daypass entitlements');
});

test('a pending request or a grant that is used instead of asking anew is named, and what was given in vain', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  granted(fake);
  const live = await runDaypass(['exec', 'prod/admin', ...asking, ...node('1')], home.env);
  expect(live).toMatchObject({
    code: 0,
    stderr: 'daypass: using your grant grt_1: --for and --because were not used\n',
  });

  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf(aRequest()));
  fake.on('GET /v1/requests/req_1', { body: aRequest({ state: 'denied', waitingFor: [] }) });
  const using = 'daypass: using your pending request req_1 (because Rotate the certificate)\n';
  const other = await runDaypass(['exec', 'prod/admin', ...asking, ...node('1')], home.env);
  expect(other.stderr.startsWith(using)).toBe(true);
  const same = ['--for', '1h', '--because', 'Rotate the certificate'];
  expect((await runDaypass(['exec', 'prod/admin', ...same, ...node('1')], home.env)).stderr).not.toContain(
    'using',
  );
});
