import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { aGrant, anEntitlement, aRequest, aSession, pageOf, secretKey } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

function issues(fake: FakeDaypass): void {
  fake.on('GET /v1/grants', ({ query }) =>
    query.get('state') === 'active'
      ? pageOf(
          aGrant({ id: 'grt_old', endsAt: '2026-11-22T10:10:00Z' }),
          aGrant(),
          aGrant({ id: 'grt_mid', endsAt: '2026-11-22T10:20:00Z' }),
        )
      : pageOf(),
  );
  fake.on('POST /v1/grants/grt_1/sessions', { status: 201, body: aSession });
}

test('credential-process: what AWS documents, until the grant ends where that is earlier, and nothing else anywhere', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  const { code, stdout, stderr } = await runDaypass(['creds', 'prod/admin'], home.env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    Version: 1,
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: secretKey,
    SessionToken: "to'ken==",
    Expiration: '2020-11-22T10:30:00Z',
    AccountId: '111122223333',
  });
  const listed = fake.calls[0]?.query;
  expect(Object.fromEntries(listed ?? [])).toMatchObject({
    entitlement: 'prod/admin',
    state: 'active',
    mine: 'true',
  });
});

test('env: lines that a shell reads as they are meant', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  const { stdout, stderr } = await runDaypass(['creds', 'prod/admin', '--format', 'env'], home.env);
  expect(stderr).toBe('');
  const script = `${stdout}printf '%s\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_SESSION_TOKEN" "$AWS_CREDENTIAL_EXPIRATION"`;
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  expect(read).toBe(`ASIAEXAMPLE\n${secretKey}\nto'ken==\n2020-11-22T10:30:00Z\n`);
});

test('json, and --json: the answer of the API', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  for (const option of [['--format', 'json'], ['--json']]) {
    const { stdout } = await runDaypass(['creds', 'prod/admin', ...option], home.env);
    expect(JSON.parse(stdout)).toEqual(aSession);
  }
});

test('without a grant: 3 and the command that asks for one; with one to come or a request pending: 5', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf());
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: anEntitlement() });
  const none = await runDaypass(['creds', 'prod/admin'], home.env);
  expect(none).toMatchObject({ code: 3, stdout: '' });
  expect(none.stderr).toContain('daypass request prod/admin --for 1h --because');

  fake.on('GET /v1/requests', pageOf(aRequest({ id: 'req_7', entitlements: [] }), aRequest()));
  const asked = await runDaypass(['creds', 'prod/admin'], home.env);
  expect(asked).toMatchObject({ code: 5, stdout: '' });
  expect(asked.stderr).toContain('req_1 for prod/admin still waits for Avery (prod-approvers)');

  fake.on('GET /v1/grants', ({ query }) =>
    query.get('state') === 'active'
      ? pageOf()
      : pageOf(aGrant({ state: 'scheduled', startsAt: '2098-12-31T23:00:00Z' })),
  );
  const coming = await runDaypass(['creds', 'prod/admin'], home.env);
  expect(coming).toMatchObject({ code: 5, stdout: '' });
  expect(coming.stderr).toContain('it starts at 2098-12-31 23:00:00Z');
});

test('a grant that is just being activated is waited for', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const due = aGrant({ state: 'activating', startsAt: '2020-01-01T00:00:00Z' });
  fake.on('GET /v1/grants', ({ query }) => (query.get('state') === 'active' ? pageOf() : pageOf(due)));
  let looks = 0;
  fake.on('GET /v1/grants/grt_1', () => ({ body: looks++ === 0 ? due : aGrant() }));
  fake.on('POST /v1/grants/grt_1/sessions', { status: 201, body: aSession });
  expect(await runDaypass(['creds', 'prod/admin'], home.env)).toMatchObject({ code: 0, stderr: '' });
  fake.on('GET /v1/grants/grt_1', { body: aGrant({ state: 'failed', failure: 'the role is gone' }) });
  expect(await runDaypass(['creds', 'prod/admin'], home.env)).toMatchObject({
    code: 3,
    stdout: '',
    stderr: 'daypass: grt_1 is failed: the role is gone\n',
  });
});

test('when issuing fails, the error names the call and has no part of any credential', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  fake.on('POST /v1/grants/grt_1/sessions', problem(502, 'aws_refused', 'AWS refused to issue credentials.'));
  expect(await runDaypass(['creds', 'prod/admin'], home.env)).toMatchObject({
    code: 6,
    stdout: '',
    stderr: 'daypass: AWS refused to issue credentials. (request id call_123)\n',
  });
  const broken = { ...aSession, endsAt: 'later' };
  fake.on('POST /v1/grants/grt_1/sessions', { status: 201, body: broken });
  const ended = await runDaypass(['creds', 'prod/admin'], home.env);
  expect(ended).toMatchObject({ code: 6, stdout: '' });
  expect(ended.stderr).not.toContain(secretKey);
});
