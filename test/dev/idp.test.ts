import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import * as oidc from 'openid-client';
import { Browser, type Page } from '../../dev/browser.ts';
import { FaultSwitch } from '../../dev/idp/faults.ts';
import { type Idp, type IdpOptions, startIdp } from '../../dev/idp/idp.ts';
import type { SignInMethod } from '../../dev/idp/methods.ts';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';

const CALLBACK = 'http://127.0.0.1:1/callback';
const CLIENT = { clientId: 'app', clientSecret: 's/e+c r:et', redirectUris: [CALLBACK] };
const MFA = 'urn:daypass:dev:mfa';

const started: Idp[] = [];

async function start(options: Partial<IdpOptions> = {}): Promise<Idp> {
  const idp = await startIdp({ clients: [CLIENT], users: DEV_USERS, ...options });
  started.push(idp);
  return idp;
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((idp) => idp.stop()));
});

function discover(idp: Idp): Promise<oidc.Configuration> {
  const auth = oidc.ClientSecretBasic(CLIENT.clientSecret);
  return oidc.discovery(new URL(idp.issuer), CLIENT.clientId, undefined, auth, {
    execute: [oidc.allowInsecureRequests],
    timeout: 5,
  });
}

/** One authorization request of a real client, with its PKCE verifier, state and nonce. */
async function ask(idp: Idp, extra: Record<string, string> = {}, redirectUri = CALLBACK) {
  const config = await discover(idp);
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile email',
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...extra,
  });
  const redeem = async (page: Page) => {
    expect(page.stopped, page.body).toBe(true);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(page.url), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
    });
    const claims = tokens.claims();
    if (!claims) throw new Error('no ID token');
    return { tokens, claims, config };
  };
  return { url, redeem };
}

async function signIn(
  idp: Idp,
  browser: Browser,
  user: string,
  method: SignInMethod,
  extra: Record<string, string> = {},
) {
  const asked = await ask(idp, extra);
  const page = await browser.get(asked.url, { stopAt: CALLBACK });
  expect(page.stopped).toBe(false);
  return asked.redeem(await signInAtIdp(browser, page, user, method, { stopAt: CALLBACK }));
}

/** What the provider shows when the same browser asks once more; `stopped` if it asks for nothing. */
async function askAgain(idp: Idp, browser: Browser, extra: Record<string, string>): Promise<Page> {
  return browser.get((await ask(idp, extra)).url, { stopAt: CALLBACK });
}

describe('signing in', () => {
  test.each([
    ['password', 'urn:daypass:dev:single', ['pwd']],
    ['otp', MFA, ['pwd', 'otp', 'mfa']],
    ['passkey', 'urn:daypass:dev:phr', ['hwk', 'user', 'mfa']],
  ] as const)('by %s gives its acr, amr and the time of the sign-in', async (method, acr, amr) => {
    const idp = await start({ now: () => new Date('2031-05-06T07:08:09.500Z') });
    const { claims } = await signIn(idp, new Browser(), 'engineer', method);
    expect(claims).toMatchObject({ acr, amr, auth_time: Date.parse('2031-05-06T07:08:09Z') / 1000 });
  });

  test('tells subject, name, mail address and groups of each person', async () => {
    const idp = await start();
    for (const { key, sub, name, email, groups } of DEV_USERS) {
      const { claims } = await signIn(idp, new Browser(), key, 'password');
      expect(claims).toMatchObject({ iss: idp.issuer, sub, name, email, groups });
    }
  });

  test('names the issuer in the authorization response', async () => {
    const idp = await start();
    const browser = new Browser();
    const page = await browser.get((await ask(idp)).url);
    const back = await signInAtIdp(browser, page, 'auditor', 'otp', { stopAt: CALLBACK });
    expect(new URL(back.url).searchParams.get('iss')).toBe(idp.issuer);
  });

  test('changes the person in the same browser without a log-out page', async () => {
    const idp = await start();
    const browser = new Browser();
    const erin = await signIn(idp, browser, 'engineer', 'password');
    const avery = await signIn(idp, browser, 'approver', 'otp', { prompt: 'login' });
    expect(avery.claims).toMatchObject({ name: 'Avery Approver', acr: MFA });
    const info = await oidc.fetchUserInfo(erin.config, erin.tokens.access_token, erin.claims.sub);
    expect(info).toMatchObject({ name: 'Erin Engineer' });
    expect(await askAgain(idp, browser, {})).toMatchObject({ stopped: true });
  });

  test('leaves the tokens of an earlier sign-in alive', async () => {
    const idp = await start();
    const first = await signIn(idp, new Browser(), 'engineer', 'password');
    const browser = new Browser();
    await signIn(idp, browser, 'engineer', 'otp');
    await signIn(idp, browser, 'engineer', 'passkey', { prompt: 'login' });
    const info = await oidc.fetchUserInfo(first.config, first.tokens.access_token, first.claims.sub);
    expect(info.sub).toBe(first.claims.sub);
  });

  test('gives changed groups at the next sign-in', async () => {
    const idp = await start();
    idp.changeUser('stranger', { groups: ['engineers'] });
    const { claims } = await signIn(idp, new Browser(), 'stranger', 'password');
    expect(claims['groups']).toEqual(['engineers']);
    expect(DEV_USERS.find(({ key }) => key === 'stranger')?.groups).toEqual([]);
  });
});

describe('stepping up', () => {
  test('a demanded acr is asked for again when the session is weaker, and said on the page', async () => {
    const idp = await start();
    const browser = new Browser();
    await signIn(idp, browser, 'engineer', 'password');
    expect(await askAgain(idp, browser, {})).toMatchObject({ stopped: true });
    const page = await askAgain(idp, browser, { acr_values: MFA, login_hint: 'erin@example.com' });
    expect(page).toMatchObject({ stopped: false, status: 200 });
    expect(page.body).toContain(`The application asks for ${MFA}`);
    expect(page.body).toContain('You are expected to sign in as Erin Engineer.');
    const { claims } = await signIn(idp, browser, 'engineer', 'otp', { acr_values: MFA });
    expect(claims['acr']).toBe(MFA);
  });

  test('a demanded acr is not asked for when the session is as strong or stronger', async () => {
    const idp = await start();
    const browser = new Browser();
    await signIn(idp, browser, 'engineer', 'passkey');
    expect(await askAgain(idp, browser, { acr_values: MFA })).toMatchObject({ stopped: true });
  });

  test('somebody who picks less than demanded goes back with less, once and without a loop', async () => {
    const idp = await start();
    const { claims } = await signIn(idp, new Browser(), 'engineer', 'password', { acr_values: MFA });
    expect(claims['acr']).toBe('urn:daypass:dev:single');
  });

  test('max_age asks again one second after it has passed, and auth_time is then new', async () => {
    let time = Date.parse('2031-01-01T00:00:00Z');
    const idp = await start({ now: () => new Date(time) });
    const browser = new Browser();
    const first = await signIn(idp, browser, 'engineer', 'otp');
    time += 300_000;
    expect(await askAgain(idp, browser, { max_age: '300' })).toMatchObject({ stopped: true });
    time += 1000;
    const page = await askAgain(idp, browser, { max_age: '300' });
    expect(page.body).toContain('The application asks for a sign-in no older than 300 seconds.');
    const second = await signIn(idp, browser, 'engineer', 'otp', { max_age: '300' });
    expect(second.claims.auth_time).toBe((first.claims.auth_time ?? 0) + 301);
  });

  test('max_age of zero always asks again', async () => {
    const idp = await start();
    const browser = new Browser();
    await signIn(idp, browser, 'engineer', 'otp');
    const page = await askAgain(idp, browser, { max_age: '0' });
    expect(page.body).toContain('The application asks you to sign in again.');
    const { claims } = await signIn(idp, browser, 'engineer', 'otp', { max_age: '0' });
    expect(claims['acr']).toBe(MFA);
  });

  test('a provider without a second factor offers and accepts passwords only', async () => {
    const idp = await start({ mfa: false });
    const browser = new Browser();
    const page = await browser.get((await ask(idp, { acr_values: MFA })).url);
    expect(page.body).toContain('it knows passwords only');
    await expect(signInAtIdp(browser, page, 'engineer', 'otp')).rejects.toThrow('No form');
    expect(await browser.post(page.url, { choice: 'engineer/otp' })).toMatchObject({ status: 400 });
    const { claims } = await signIn(idp, browser, 'engineer', 'password', { acr_values: MFA });
    expect(claims['acr']).toBe('urn:daypass:dev:single');
  });
});

describe('imitating other providers', () => {
  test.each([
    ['amr-only', { amr: ['pwd', 'otp', 'mfa'], auth_time: 0 }, ['acr']],
    ['acr-only', { acr: MFA, auth_time: expect.any(Number) }, ['amr']],
    ['none', {}, ['acr', 'amr', 'auth_time']],
  ] as const)('claims: %s', async (variant, present, absent) => {
    const idp = await start({ claims: variant });
    const { claims, config } = await signIn(idp, new Browser(), 'engineer', 'otp', {
      acr_values: MFA,
      max_age: '60',
    });
    expect(claims).toMatchObject(present);
    for (const claim of absent) expect(claims).not.toHaveProperty(claim);
    const announced = config.serverMetadata()['acr_values_supported'] !== undefined;
    expect(announced).toBe(variant === 'acr-only');
  });

  test('two providers at once know nothing of each other', async () => {
    const [one, two] = await Promise.all([start(), start({ users: DEV_USERS.slice(0, 1) })]);
    const browser = new Browser();
    const first = await signIn(one, browser, 'engineer', 'otp');
    const second = await signIn(two, browser, 'engineer', 'password');
    expect([first.claims.iss, second.claims.iss]).toEqual([one.issuer, two.issuer]);
    await expect(
      oidc.fetchUserInfo(second.config, first.tokens.access_token, first.claims.sub),
    ).rejects.toThrow();
    const cookies = [one, two].map((idp) => browser.cookies.header(new URL(idp.issuer)) ?? '');
    expect(cookies[0]?.split('=')[0]).not.toBe(cookies[1]?.split('=')[0]);
  });
});

describe('refusing and failing', () => {
  test.each([
    ['a wrong nonce', { claims: { nonce: 'other' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another audience', { claims: { aud: 'other' } }],
    ['another issuer', { claims: { iss: 'http://127.0.0.1:2' } }],
    ['an expiry that has passed', { claims: { exp: 1 } }],
  ])('an ID token can be spoilt with %s, once, and a real client refuses it', async (_name, tamper) => {
    const idp = await start();
    idp.nextIdToken(tamper);
    await expect(signIn(idp, new Browser(), 'engineer', 'otp')).rejects.toThrow();
    await expect(signIn(idp, new Browser(), 'engineer', 'otp')).resolves.toBeDefined();
  });

  test('an ID token can be signed with a key that was never published', async () => {
    const idp = await start();
    const asked = await ask(idp);
    const browser = new Browser();
    const page = await browser.get(asked.url);
    const back = await signInAtIdp(browser, page, 'engineer', 'otp', { stopAt: CALLBACK });
    idp.nextIdToken({ foreignKey: true });
    const { tokens, config } = await asked.redeem(back);
    const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? ''));
    await expect(jwtVerify(tokens.id_token ?? '', keys)).rejects.toThrow('signature verification failed');
  });

  test('an authorization request without PKCE goes back with an error', async () => {
    const idp = await start();
    const { url } = await ask(idp);
    url.searchParams.delete('code_challenge');
    url.searchParams.delete('code_challenge_method');
    const page = await new Browser().get(url, { stopAt: CALLBACK });
    expect(new URL(page.url).searchParams.get('error')).toBe('invalid_request');
  });

  test('a redirect URI works once it was added and not before', async () => {
    const idp = await start();
    const later = 'http://127.0.0.1:3/later';
    const { url } = await ask(idp, {}, later);
    const refused = await new Browser().get(url, { stopAt: later });
    expect(refused).toMatchObject({ stopped: false, status: 400 });
    idp.addRedirectUri(CLIENT.clientId, later);
    const browser = new Browser();
    const page = await browser.get(url, { stopAt: later });
    const back = await signInAtIdp(browser, page, 'engineer', 'password', { stopAt: later });
    expect(back.stopped).toBe(true);
    expect(() => idp.addRedirectUri('nobody', later)).toThrow('no client nobody');
  });

  test('a sign-in page of another browser is refused', async () => {
    const idp = await start();
    const page = await new Browser().get((await ask(idp)).url);
    expect(await new Browser().get(page.url)).toMatchObject({ status: 400 });
  });

  test('the sign-in page runs no scripts and lets its form end at the application', async () => {
    const idp = await start();
    idp.addRedirectUri(CLIENT.clientId, 'https://daypass.example.com/callback');
    const { url } = await ask(idp, {}, 'https://daypass.example.com/callback');
    const page = await new Browser().get(url);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
    expect(policy).toMatch(/form-action 'self' [^;]*https:\/\/daypass\.example\.com/);
    expect(page.body).not.toContain('<script');
  });

  test('the whole server can be cut off or answer errors, and come back', async () => {
    const idp = await start();
    idp.fail('down');
    await expect(fetch(idp.url)).rejects.toThrow('fetch failed');
    idp.fail('error');
    await expect(discover(idp)).rejects.toMatchObject({ cause: { status: 503 } });
    idp.fail(null);
    await expect(discover(idp)).resolves.toBeDefined();
    await idp.stop();
    await expect(fetch(idp.url)).rejects.toThrow('fetch failed');
  });

  test('a hanging server takes the request and does not answer, not even when it works again', async () => {
    const faults = new FaultSwitch();
    faults.set('slow');
    const server = createServer(faults.guard((_req, res) => res.end('answered')));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hanging = expect(fetch(address)).rejects.toThrow('fetch failed');
    await once(server, 'request');
    faults.set(null);
    expect(await (await fetch(address)).text()).toBe('answered');
    server.close();
    server.closeAllConnections();
    await hanging;
  });
});
