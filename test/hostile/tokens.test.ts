import { createHmac, createSecretKey } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAnswer } from './answers.ts';
import { type Cast, gather } from './cast.ts';
import { type EvilIdp, type Forgery, startEvilIdp } from './evil-idp.ts';
import { stateOf } from './state.ts';
import { bearer, startWorld, type World } from './world.ts';

let idp: EvilIdp;
let world: World;
let cast: Cast;
const clientSecret = 'a-client-secret-that-is-long-enough-for-hs256';
beforeAll(async () => {
  idp = await startEvilIdp('daypass');
  world = await startWorld({ issuer: idp.issuer, clientSecret });
  cast = await gather(world);
});
afterAll(async () => {
  await world.stop();
  await idp.stop();
});

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const unsigned = (claims: unknown, alg = 'none') => `${base64url({ alg, typ: 'JWT' })}.${base64url(claims)}.`;

describe('a bearer token', () => {
  const good = () => cast.operator.persona?.token ?? '';
  const operatorId = () => cast.operator.who?.id ?? '';
  const forged: [string, () => string | Promise<string>][] = [
    ['that was made up', () => `dpt_${'A'.repeat(43)}`],
    ['one character short', () => good().slice(0, -1)],
    ['one character long', () => `${good()}A`],
    ['with its last character changed', () => good().slice(0, -1) + (good().endsWith('A') ? 'B' : 'A')],
    ['in other letters', () => good().toUpperCase()],
    ['without its prefix', () => good().slice(4)],
    ['twice', () => `${good()}${good()}`],
    ['of a browser', () => cast.operator.persona?.cookie.split('=')[1] ?? ''],
    ['that is the id of a person', operatorId],
    ['that is its own hash', () => createHmac('sha256', '').update(good()).digest('hex')],
    ['of a person who was deactivated', () => cast.deactivated.persona?.token ?? ''],
    [
      'that has expired',
      async () => (await world.signIn(operatorId(), { expiresAt: world.deps.clock() })).token,
    ],
    [
      'that was revoked',
      async () => (await world.signIn(operatorId(), { revokedAt: world.deps.clock() })).token,
    ],
    ['that looks like a JWT with alg none', () => unsigned({ sub: operatorId(), groups: ['operators'] })],
    ['that looks like a JWT with alg NONE', () => unsigned({ sub: operatorId() }, 'NONE')],
    [
      'that is a JWT signed with a key of its own',
      async () =>
        new SignJWT({ sub: operatorId() })
          .setProtectedHeader({ alg: 'RS256' })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'that is a JWT signed with the client secret',
      () =>
        new SignJWT({ sub: operatorId() })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(createSecretKey(clientSecret, 'utf8')),
    ],
    ['of a megabyte of nothing', () => 'A'.repeat(15_000)],
    ['that is empty', () => ''],
    ['with SQL in it', () => "' OR '1'='1"],
    ['with a wildcard', () => 'dpt_%'],
    ['of Unicode', () => 'dpt_\u00e9\u00ff'],
  ];

  test.each(forged)('%s is nobody, and costs no more than one statement', async (_what, make) => {
    const token = await make();
    const before = world.statements.count;
    const answer = await world.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
    expect(world.statements.count - before).toBeLessThanOrEqual(1);
    checkAnswer(
      { status: answer.statusCode, headers: answer.headers, body: answer.body },
      token.length > 8 ? [token] : [],
    );
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="daypass"');
  });

  test.each([
    ['Basic', () => `Basic ${Buffer.from(`x:${good()}`).toString('base64')}`],
    ['no scheme', good],
    ['two of them', () => `Bearer ${good()}, Bearer ${good()}`],
    ['the scheme of GitHub', () => `token ${good()}`],
  ])('sent as %s is nobody', async (_what, authorization) => {
    const answer = await world.app.inject({ url: '/v1/me', headers: { authorization: authorization() } });
    expect(answer.statusCode).toBe(401);
  });

  test.each(['access_token', 'token', 'authorization'])('in the address as %s is nobody', async (name) => {
    const answer = await world.app.inject({ url: `/v1/entitlements?${name}=${good()}` });
    expect(answer.statusCode).toBe(401);
    expect(world.logged.join('')).not.toContain(good());
  });

  test('is no session cookie, and a session cookie is no bearer token', async () => {
    const page = await world.app.inject({
      url: '/requests/new',
      headers: { cookie: `__Host-daypass=${good()}` },
    });
    expect(page.statusCode).toBe(303);
    const api = await world.app.inject({
      url: '/v1/me',
      headers: { cookie: cast.operator.persona?.cookie ?? '' },
    });
    expect(api.statusCode).toBe(401);
  });
});

/** Goes to the provider and comes back with a code; the provider then answers with the forgery. */
async function signInWith(forgery: Forgery, change: (query: URLSearchParams) => void = () => undefined) {
  const start = await world.app.inject({ url: '/login?returnTo=%2Frequests%2Fnew' });
  const at = new URL(String(start.headers.location));
  idp.answerWith(at.searchParams.get('nonce') ?? '', forgery);
  const query = new URLSearchParams({ code: 'c', state: at.searchParams.get('state') ?? '' });
  change(query);
  const cookie = String(start.headers['set-cookie']).split(';')[0] ?? '';
  return world.app.inject({ url: `/oauth/callback?${query.toString()}`, headers: { cookie } });
}
const honest: Forgery = ({ sign }) => sign();

describe('an ID token', () => {
  test('that is right signs in, and only then', async () => {
    const answer = await signInWith(honest);
    expect(answer.statusCode).toBe(303);
    expect(answer.headers.location).toBe('/requests/new');
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-daypass=dpb_/);
  });

  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, Forgery]>([
    ['alg none', ({ claims }) => unsigned(claims)],
    ['alg None', ({ claims }) => unsigned(claims, 'None')],
    ['no signature at all', async ({ sign }) => `${(await sign()).split('.').slice(0, 2).join('.')}.`],
    [
      'the client secret as key (HS256)',
      ({ claims }) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(createSecretKey(clientSecret, 'utf8')),
    ],
    [
      'a key of nobody',
      async ({ claims }) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'a key that it brings along',
      async ({ claims }) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'RS256', jwk: { kty: 'RSA', n: 'AQAB', e: 'AQAB' } })
          .sign((await generateKeyPair('RS256')).privateKey),
    ],
    [
      'claims changed after signing',
      async ({ sign, claims }) => {
        const [head, , signature] = (await sign()).split('.');
        return `${head}.${base64url({ ...claims, sub: 'admin' })}.${signature}`;
      },
    ],
    ['another audience', ({ sign }) => sign({ aud: 'another' })],
    ['two audiences and another party', ({ sign }) => sign({ aud: ['daypass', 'another'], azp: 'another' })],
    ['no audience', ({ sign }) => sign({ aud: undefined })],
    ['another issuer', ({ sign }) => sign({ iss: 'https://evil.example' })],
    ['the issuer with a slash', ({ sign, claims }) => sign({ iss: `${String(claims['iss'])}/` })],
    ['an expiry in the past', ({ sign }) => sign({ exp: now() - 600 })],
    ['no expiry', ({ sign }) => sign({ exp: undefined })],
    ['a start in the future', ({ sign }) => sign({ nbf: now() + 3_600 })],
    ['another nonce', ({ sign }) => sign({ nonce: 'another' })],
    ['no nonce', ({ sign }) => sign({ nonce: undefined })],
    ['no subject', ({ sign }) => sign({ sub: undefined })],
    ['an empty subject', ({ sign }) => sign({ sub: '' })],
    ['a subject with NUL', ({ sign }) => sign({ sub: 'a\0b' })],
    ['a subject that is an object', ({ sign }) => sign({ sub: { toString: 'victim' } })],
    ['a subject of look-alikes', ({ sign }) => sign({ sub: 'v\u0456ctim' })],
    ['nothing in it', () => ''],
    ['dots in it', () => '...'],
    ['half a megabyte', () => 'A'.repeat(500_000)],
  ])('with %s signs nobody in', async (_what, forgery) => {
    const before = await stateOf(world);
    const answer = await signInWith(forgery);
    expect([400, 503]).toContain(answer.statusCode);
    checkAnswer(
      {
        status: answer.statusCode === 503 ? 400 : answer.statusCode,
        headers: answer.headers,
        body: answer.body,
      },
      world.secrets,
    );
    expect(String(answer.headers['set-cookie'] ?? '')).not.toContain('__Host-daypass=');
    const after = await stateOf(world);
    for (const table of ['people', 'sign_ins', 'authorization_codes'])
      expect(after[table]).toBe(before[table]);
  });

  test.each<[string, (query: URLSearchParams) => void]>([
    ['another state', (query) => query.set('state', 'x'.repeat(43))],
    ['no state', (query) => query.delete('state')],
    ['two states', (query) => query.append('state', 'x')],
    ['no code', (query) => query.delete('code')],
    ['two codes', (query) => query.append('code', 'x')],
    ['another issuer in the answer', (query) => query.set('iss', 'https://evil.example')],
    ['an error beside the code', (query) => query.set('error', 'access_denied')],
  ])('is not even asked for with %s', async (_what, change) => {
    const before = await stateOf(world);
    const answer = await signInWith(honest, change);
    expect(answer.statusCode).toBe(400);
    expect((await stateOf(world))['sign_ins']).toBe(before['sign_ins']);
  });

  test('of a sign-in that another browser started is not taken', async () => {
    const start = await world.app.inject({ url: '/login' });
    const other = await world.app.inject({ url: '/login' });
    const at = new URL(String(start.headers.location));
    idp.answerWith(at.searchParams.get('nonce') ?? '', honest);
    for (const cookie of [String(other.headers['set-cookie']).split(';')[0] ?? '', '']) {
      const url = `/oauth/callback?code=c&state=${at.searchParams.get('state')}`;
      expect((await world.app.inject({ url, headers: { cookie } })).statusCode).toBe(400);
    }
  });
});

test('a token that was revoked is worth nothing a moment later', async () => {
  const persona = await world.signIn(cast.requester.who?.id ?? '');
  expect((await world.app.inject({ url: '/v1/me', headers: bearer(persona) })).statusCode).toBe(200);
  const revoked = await world.app.inject({
    method: 'POST',
    url: '/oauth/revoke',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `token=${persona.token}`,
  });
  expect(revoked.statusCode).toBe(200);
  expect((await world.app.inject({ url: '/v1/me', headers: bearer(persona) })).statusCode).toBe(401);
});
