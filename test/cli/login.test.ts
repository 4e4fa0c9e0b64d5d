import { chmod, readFile, stat, writeFile, mkdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FakeDaypass, meOf, problem, startFakeDaypass } from './fake-daypass.ts';
import { aBrowser, newHome, runDaypass } from './run-daypass.ts';

/** Lets everybody sign in who brings the right PKCE verifier; hands out `token`. */
function signsIn(fake: FakeDaypass, token: string): void {
  let challenge = '';
  let redirectUri = '';
  fake.on('GET /oauth/authorize', ({ query }) => {
    challenge = query.get('code_challenge') ?? '';
    redirectUri = query.get('redirect_uri') ?? '';
    const back = new URLSearchParams({ code: 'code-1', state: query.get('state') ?? '' });
    return { status: 302, headers: { location: `${redirectUri}?${back.toString()}` } };
  });
  fake.on('POST /oauth/token', ({ body }) => {
    const form = body as Record<string, string>;
    const made = createHash('sha256')
      .update(form.code_verifier ?? '')
      .digest('base64url');
    const right = made === challenge && form.redirect_uri === redirectUri && form.code === 'code-1';
    return right
      ? { body: { access_token: token, token_type: 'Bearer', expires_in: 3600 } }
      : { status: 400, body: { error: 'invalid_grant', error_description: 'No.' } };
  });
  fake.on('POST /oauth/revoke', { body: {} });
  fake.on('GET /v1/me', meOf);
}

test('login opens the browser, comes back on the loopback port, and keeps the token for its owner alone', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  signsIn(fake, 'token-1');
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  const { code, stdout, stderr } = await runDaypass(['login'], env);
  expect(code).toBe(0);
  expect(stdout).toBe(
    `Signed in to ${fake.url} as Erin, multi-factor. The token is in ${home.path}/.local/state/daypass/tokens.json.\n`,
  );
  expect(stderr).toContain(`${fake.url}/oauth/authorize?`);
  expect(stdout + stderr).not.toContain('token-1');

  const asked = fake.calls.find(({ path }) => path === '/oauth/authorize')?.query;
  expect(Object.fromEntries(asked ?? [])).toMatchObject({
    response_type: 'code',
    client_id: 'daypass-cli',
    code_challenge_method: 'S256',
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
  });
  expect([...(asked?.keys() ?? [])]).not.toContain('acr_values');
  expect(await readFile(join(home.path, 'shown.txt'), 'utf8')).toMatch(
    /^text\/plain.*You can close this window\./,
  );

  const store = join(home.path, '.local/state/daypass');
  expect((await stat(store)).mode & 0o777).toBe(0o700);
  expect((await stat(join(store, 'tokens.json'))).mode & 0o777).toBe(0o600);

  // From now on the server is known, and the token is used.
  const { DAYPASS_URL: _, ...without } = home.env;
  const me = await runDaypass(['whoami', '--json'], without);
  expect(JSON.parse(me.stdout)).toMatchObject({ id: 'prs_1' });
  expect(fake.calls.at(-1)?.headers.authorization).toBe('Bearer token-1');
});

test('signing in again ends the sign-in before; logout ends and forgets the last', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  const revoked = () =>
    fake.calls
      .filter(({ path }) => path === '/oauth/revoke')
      .map(({ body }) => (body as { token: string }).token);
  signsIn(fake, 'token-1');
  await runDaypass(['login'], env);
  expect(revoked()).toEqual([]);
  signsIn(fake, 'token-2');
  await runDaypass(['login'], env);
  expect(revoked()).toEqual(['token-1']);
  expect(await runDaypass(['logout'], env)).toMatchObject({
    code: 0,
    stdout: `Signed out of ${fake.url}.\n`,
  });
  expect(revoked()).toEqual(['token-1', 'token-2']);
  expect((await runDaypass(['whoami'], env)).code).toBe(4);
});

test('login --step-up asks for what the challenge named', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  signsIn(fake, 'token-1');
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  const asked = () =>
    Object.fromEntries(fake.calls.findLast(({ path }) => path === '/oauth/authorize')?.query ?? []);
  await runDaypass(['login', '--step-up', 'mfa strong', '--max-age', '3600'], env);
  expect(asked()).toMatchObject({ acr_values: 'mfa strong', max_age: '3600' });
  await runDaypass(['login', '--step-up', '--max-age', '15m'], env);
  expect(asked()).toMatchObject({ max_age: '900' });
  await runDaypass(['login', '--step-up'], env);
  expect(asked()).toMatchObject({ max_age: '0' });
});

test('a refused sign-in exits with 3 and keeps nothing', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  signsIn(fake, 'token-1');
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  fake.on('POST /oauth/token', {
    status: 400,
    body: { error: 'invalid_grant', error_description: 'Too late.' },
  });
  const late = await runDaypass(['login'], env);
  expect(late).toMatchObject({ code: 3, stdout: '' });
  expect(late.stderr).toContain('Too late.');
  fake.on('GET /oauth/authorize', ({ query }) => {
    const back = new URLSearchParams({
      error: 'access_denied',
      error_description: 'Not you.\u001b',
      state: query.get('state') ?? '',
    });
    return { status: 302, headers: { location: `${query.get('redirect_uri')}?${back.toString()}` } };
  });
  const denied = await runDaypass(['login'], env);
  expect(denied).toMatchObject({ code: 3, stdout: '' });
  expect(denied.stderr).toContain('Not you.\\u{1b}');
  expect((await runDaypass(['whoami'], env)).code).toBe(4);
});

test('login --no-browser only prints the address, and goes on when it is opened elsewhere', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  signsIn(fake, 'token-1');
  const opened: Promise<Response>[] = [];
  const ended = await runDaypass(['login', '--no-browser', '--json'], home.env, {
    onStderr: (text) => {
      const address = /^(http\S+)\n/m.exec(text)?.[1];
      if (address !== undefined && opened.length === 0) opened.push(fetch(address));
    },
  });
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ url: fake.url, id: 'prs_1' });
  expect((await opened[0])?.status).toBe(200);
});

test('a server that is away is told at once, before anybody is sent to it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  fake.on('GET /.well-known/oauth-authorization-server', problem(503, 'unavailable', 'Try again.'));
  expect(await runDaypass(['login'], env)).toMatchObject({
    code: 6,
    stdout: '',
    stderr: 'daypass: Try again. (request id call_123)\n',
  });
});

test('without a terminal, login never opens a browser by itself: one line and 4', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  const { code, stdout, stderr } = await runDaypass(['login'], home.env);
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(fake.calls).toEqual([]);
});

test('a token file that others can read is not used, and it is said how to mend it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  fake.on('GET /v1/me', meOf);
  const file = join(home.path, '.local/state/daypass/tokens.json');
  await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify({ [fake.url]: 'token-1' }), { mode: 0o600 });
  expect((await runDaypass(['whoami'], home.env)).code).toBe(0);
  await chmod(file, 0o640);
  const { code, stderr } = await runDaypass(['whoami'], home.env);
  expect(code).toBe(78);
  expect(stderr).toContain(`chmod 600 ${file}`);
  await chmod(file, 0o600);
  await chmod(join(file, '..'), 0o770);
  expect((await runDaypass(['whoami'], home.env)).stderr).toContain('chmod 700');
  expect(fake.calls).toHaveLength(1);
});

test('tokens are kept for each server apart', async () => {
  await using one = await startFakeDaypass();
  await using two = await startFakeDaypass();
  await using home = await newHome(one.url);
  signsIn(one, 'token-1');
  signsIn(two, 'token-2');
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  await runDaypass(['login'], env);
  await runDaypass(['login', '--url', `${two.url}/`], env);
  for (const [fake, token] of [
    [one, 'token-1'],
    [two, 'token-2'],
  ] as const) {
    await runDaypass(['whoami', '--url', fake.url], env);
    expect(fake.calls.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
  }
});

test('not signed in, or no longer: one line that says what to run, and 4', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  fake.on('GET /v1/me', {
    ...problem(401, 'unauthenticated', 'x'),
    headers: { 'www-authenticate': 'Bearer realm="daypass"' },
  });
  const line = `daypass: not signed in: run daypass login --url ${fake.url}\n`;
  expect(await runDaypass(['whoami'], home.env)).toMatchObject({ code: 4, stdout: '', stderr: line });
  const given = await runDaypass(['whoami'], { ...home.env, DAYPASS_TOKEN: 'old' });
  expect(given).toMatchObject({ code: 4, stdout: '' });
  expect(given.stderr.trimEnd().split('\n')).toHaveLength(1);
});
