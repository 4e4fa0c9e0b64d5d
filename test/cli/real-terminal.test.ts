import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { writeToken } from '../../src/cli/settings/token-file.ts';
import { aGrant, aRequest, aSession, pageOf } from './answers.ts';
import { meOf, startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { runOnTerminal } from './pseudo-terminal.ts';
import { aBrowser, newHome } from './run-daypass.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

test('on a real terminal creds steps up in the browser and prints the credentials, in one command', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  await writeToken(home.env, fake.url, 'weak');
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/grants', pageOf(aGrant()));
  fake.on('POST /v1/grants/grt_1/sessions', ({ headers }) =>
    headers.authorization === 'Bearer strong' ? { status: 201, body: aSession } : stepUpNeeded(),
  );
  fake.on('GET /oauth/authorize', ({ query }) => {
    const back = new URLSearchParams({ code: 'c', state: query.get('state') ?? '' });
    return { status: 302, headers: { location: `${query.get('redirect_uri')}?${back.toString()}` } };
  });
  fake.on('POST /oauth/token', { body: { access_token: 'strong', token_type: 'Bearer', expires_in: 60 } });
  fake.on('POST /oauth/revoke', { body: {} });
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  const { code, shown } = await runOnTerminal([process.execPath, main, 'creds', 'prod/admin'], env);
  expect(code, shown).toBe(0);
  const line = shown.split(/\r?\n/).find((each) => each.startsWith('{'));
  expect(JSON.parse(line ?? '')).toMatchObject({ Version: 1, AccessKeyId: 'ASIAEXAMPLE' });
  expect(shown).toContain('This needs a stronger or fresher sign-in.');
});

test('on a real terminal approve shows what the request is to be judged by, and asks before it approves less', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/requests/req_1', { body: aRequest({ mayReview: true }) });
  fake.on('GET /v1/requests/req_1/insight', {
    body: {
      request: 'req_1',
      entitlements: [
        {
          id: 'prod/admin',
          lastGrants: [],
          lastUsedAt: null,
          typicalUseSeconds: null,
          asked: 3,
          denied: 1,
          actions: ['s3:*'],
          limits: ['cannot go on to other roles'],
          narrower: [
            {
              id: 'prod/logs',
              description: 'Logs',
              choice: 'read',
              actions: ['s3:Get*'],
              maxDurationSeconds: 3600,
            },
          ],
        },
      ],
    },
  });
  fake.on('POST /v1/requests/req_1/reviews', { body: aRequest({ state: 'approved', waitingFor: [] }) });
  const command = [process.execPath, main, 'approve', 'req_1', '--for', '30m'];
  const { code, shown } = await runOnTerminal(command, home.env, [
    { after: 'Approve this, for 30m?', type: 'y' },
  ]);
  expect(code, shown).toBe(0);
  expect(shown).toMatch(/used +never, as far as Daypass sees/);
  expect(shown).toMatch(/asked +3 times in 90 days before, 1 denied/);
  expect(shown).toMatch(/less +prod\/logs:read: Logs, for up to 1h/);
  expect(fake.calls.at(-1)?.body).toMatchObject({ decision: 'approve', narrow: { durationSeconds: 1800 } });
});
