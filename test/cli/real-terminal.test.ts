import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { writeToken } from '../../src/cli/settings/token-file.ts';
import { aSession, aGrant, pageOf } from './answers.ts';
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
