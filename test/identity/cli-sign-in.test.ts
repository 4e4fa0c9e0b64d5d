import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmClient } from '../../dev/confirm-client.ts';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import type { SignInMethod } from '../../dev/idp/methods.ts';
import { authenticate } from '../../src/identity/authenticate.ts';
import { authorizePath, form, redirectUri, startWorld, verifier, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const meta = { address: '192.0.2.1', requestId: 'req', client: 'cli' } as const;
const stop = { stopAt: redirectUri };

/** Signs in as the browser that `daypass login` opened; returns what comes back to the loopback port. */
async function authorize(
  change: Record<string, string | null> = {},
  user = 'engineer',
  method: SignInMethod = 'otp',
  browser = world.browser(),
): Promise<URLSearchParams> {
  const page = await browser.get(world.url + authorizePath(change), stop);
  const asked = page.stopped ? page : await signInAtIdp(browser, page, user, method, stop);
  const back = await confirmClient(browser, asked, stop);
  expect(back.url.startsWith(`${redirectUri}?`)).toBe(true);
  return new URL(back.url).searchParams;
}

const exchange = (code: string | null, change: Record<string, string> = {}) =>
  fetch(
    `${world.url}/oauth/token`,
    form({
      grant_type: 'authorization_code',
      client_id: 'daypass-cli',
      code: code ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...change,
    }),
  );

async function token(): Promise<string> {
  const answer = await exchange((await authorize()).get('code'));
  return ((await answer.json()) as { access_token: string }).access_token;
}

test('a command-line client gets a code on its loopback port and a token for it', async () => {
  const back = await authorize();
  expect(back.get('state')).toBe('client state');
  expect(back.get('iss')).toBe(world.url);
  const answer = await exchange(back.get('code'));
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const body = (await answer.json()) as Record<string, unknown>;
  expect(body).toMatchObject({ token_type: 'Bearer', access_token: expect.stringMatching(/^dpt_.{43}$/) });
  const caller = await authenticate(world.deps, String(body['access_token']), meta);
  expect(caller).toMatchObject({ name: 'Erin Engineer', via: 'cli', assurance: { level: 'multi-factor' } });
});

test('a code counts once, and its second use ends the sign-in it made', async () => {
  const code = (await authorize()).get('code');
  const { access_token } = (await (await exchange(code)).json()) as { access_token: string };
  expect(await authenticate(world.deps, access_token, meta)).not.toBeNull();
  const again = await exchange(code);
  expect(again.status).toBe(400);
  expect(await again.json()).toMatchObject({ error: 'invalid_grant' });
  expect(await authenticate(world.deps, access_token, meta)).toBeNull();
  const ended = await world.events('signin.ended');
  expect(ended.map((event) => event['details'])).toContainEqual(
    expect.objectContaining({ because: 'code_reused' }),
  );
});

test('of two exchanges of one code at the same time one gets a token, and the sign-in is ended', async () => {
  const code = (await authorize()).get('code');
  const answers = await whileCodesAreLocked(() => Promise.all([exchange(code), exchange(code)]));
  const good = answers.filter((answer) => answer.status === 200);
  expect(good).toHaveLength(1);
  for (const answer of good) {
    const { access_token } = (await answer.json()) as { access_token: string };
    expect(await authenticate(world.deps, access_token, meta)).toBeNull();
  }
});

/** Starts two calls, holds their code's row until both wait for a lock, then lets them go. */
async function whileCodesAreLocked<T>(start: () => Promise<T>): Promise<T> {
  const holder = await world.pool.raw.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM authorization_codes FOR UPDATE');
    const calls = start();
    const waiting = `SELECT count(*)::int AS calls FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    for (let calls = 0; calls < 2; ) {
      // Outside the holder's transaction, whose view of pg_stat_activity stands still.
      calls = (await world.pool.raw.query<{ calls: number }>(waiting)).rows[0]?.calls ?? 0;
    }
    await holder.query('COMMIT');
    return await calls;
  } finally {
    holder.release();
  }
}

test.each([
  ['a wrong verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
  ['the challenge as verifier', { code_verifier: '' }, 'invalid_request'],
  ['another redirect address', { redirect_uri: 'http://127.0.0.1:45455/callback' }, 'invalid_grant'],
  ['another client', { client_id: 'other' }, 'invalid_client'],
  ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
  ['no grant type', { grant_type: '' }, 'invalid_request'],
  ['an unknown code', { code: 'dpc_unknown' }, 'invalid_grant'],
])('%s gets no token, and the error is one of RFC 6749', async (_name, change, error) => {
  const code = (await authorize()).get('code');
  const answer = await exchange(code, change);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.json()).toEqual({ error, error_description: expect.any(String) });
});

test('a code is too old after a minute', async () => {
  const code = (await authorize()).get('code');
  world.move(61);
  expect(await (await exchange(code)).json()).toMatchObject({ error: 'invalid_grant' });
});

test('a token request that is no form, or repeats a parameter, is refused', async () => {
  const json = await fetch(`${world.url}/oauth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"grant_type":"authorization_code"}',
  });
  expect(await json.json()).toMatchObject({ error: 'invalid_request' });
  const twice = new URLSearchParams('grant_type=authorization_code&grant_type=authorization_code');
  const repeated = await fetch(`${world.url}/oauth/token`, { method: 'POST', body: twice });
  expect(await repeated.json()).toMatchObject({ error: 'invalid_request' });
});

test.each([
  ['another host', { redirect_uri: 'http://evil.example:45454/callback' }],
  ['https', { redirect_uri: 'https://127.0.0.1:45454/callback' }],
  ['a name', { redirect_uri: 'http://localhost:45454/callback' }],
  ['no address', { redirect_uri: null }],
  ['another client', { client_id: 'evil' }],
  ['no client', { client_id: null }],
])('a redirect is never made to an address that is not the client: %s', async (_name, change) => {
  world.counted.length = 0;
  const answer = await fetch(world.url + authorizePath(change), { redirect: 'manual' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('invalid_input');
  expect(world.counted).toEqual(['oauth.bad_request']);
});

test.each([
  ['plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
  ['a short challenge', { code_challenge: 'abc' }, 'invalid_request'],
  ['the implicit flow', { response_type: 'token' }, 'unsupported_response_type'],
  ['a silent prompt', { prompt: 'none' }, 'invalid_request'],
  ['a bad max_age', { max_age: 'soon' }, 'invalid_request'],
])('%s is an error on the loopback port', async (_name, change, error) => {
  const back = await authorize(change);
  expect(back.get('error')).toBe(error);
  expect(back.get('state')).toBe('client state');
  expect(back.get('code')).toBeNull();
});

test('a step-up passes acr_values and max_age on to the provider, and stores what came back', async () => {
  const browser = world.browser();
  await authorize({}, 'engineer', 'password', browser);
  const change = { acr_values: 'urn:daypass:dev:mfa urn:daypass:dev:phr', max_age: '60', prompt: 'login' };
  const asked = await browser.get(world.url + authorizePath(change), { stopAt: world.idp.issuer });
  const parameters = new URL(asked.url).searchParams;
  expect(Object.fromEntries(parameters)).toMatchObject(change);
  const back = await authorize(change, 'engineer', 'passkey', browser);
  const { access_token } = (await (await exchange(back.get('code'))).json()) as { access_token: string };
  const caller = await authenticate(world.deps, access_token, meta);
  expect(caller?.assurance.level).toBe('phishing-resistant');
});

test('a failure at the provider comes back to the loopback port as an error', async () => {
  const browser = world.browser();
  const page = await browser.get(world.url + authorizePath());
  world.idp.nextIdToken({ claims: { nonce: 'forged' } });
  const back = await signInAtIdp(browser, page, 'engineer', 'password', stop);
  expect(new URL(back.url).searchParams.get('error')).toBe('access_denied');
});

test('a provider that is down comes back as temporarily unavailable', async () => {
  const browser = world.browser();
  const page = await browser.get(world.url + authorizePath());
  const callback = { stopAt: `${world.url}/oauth/callback` };
  const ready = await signInAtIdp(browser, page, 'engineer', 'password', callback);
  world.idp.fail('down');
  try {
    const back = await browser.get(ready.url, stop);
    expect(new URL(back.url).searchParams.get('error')).toBe('temporarily_unavailable');
  } finally {
    world.idp.fail(null);
  }
});

test('a revoked token is worth nothing, and revoking is never an error', async () => {
  const live = await token();
  expect(await authenticate(world.deps, live, meta)).not.toBeNull();
  for (const sent of [live, live, 'dpt_unknown']) {
    expect((await fetch(`${world.url}/oauth/revoke`, form({ token: sent }))).status).toBe(200);
  }
  expect(await authenticate(world.deps, live, meta)).toBeNull();
});

test('a token expires', async () => {
  const live = await token();
  world.move(world.deps.tokenSeconds - 30);
  expect(await authenticate(world.deps, live, meta)).not.toBeNull();
  world.move(31);
  expect(await authenticate(world.deps, live, meta)).toBeNull();
});

test('a bearer token is no session cookie and a session cookie no bearer token', async () => {
  const live = await token();
  expect(await authenticate(world.deps, live, { ...meta, client: 'browser' })).toBeNull();
  const browser = world.browser();
  await world.signIn(browser, 'engineer', 'password');
  const cookie = browser.cookies.get(world.url, '__Host-daypass') ?? '';
  expect(await authenticate(world.deps, cookie, { ...meta, client: 'browser' })).not.toBeNull();
  expect(await authenticate(world.deps, cookie, meta)).toBeNull();
  await fetch(`${world.url}/oauth/revoke`, form({ token: cookie }));
  expect(await world.callerOf(browser)).not.toBeNull();
});

test('a code is no token, even before it is exchanged', async () => {
  const code = (await authorize()).get('code') ?? '';
  expect(await authenticate(world.deps, code, meta)).toBeNull();
});

test('the metadata says where everything is', async () => {
  const answer = await fetch(`${world.url}/.well-known/oauth-authorization-server`);
  expect(await answer.json()).toMatchObject({
    issuer: world.url,
    token_endpoint: `${world.url}/oauth/token`,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  });
});
