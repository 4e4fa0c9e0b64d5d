import { afterEach, expect, test } from 'vitest';
import { createOidc } from '../../src/identity/oidc.ts';
import { Secret } from '../../src/keys/secret.ts';
import { startWorld, type World } from './world.ts';

let world: World | undefined;
afterEach(async () => {
  await world?.stop();
  world = undefined;
});

test('a provider that is down stops nobody from starting Daypass, and sign-in works once it is back', async () => {
  world = await startWorld();
  for (const fault of ['down', 'error'] as const) {
    world.idp.fail(fault);
    const page = await world.browser().get(`${world.url}/login`);
    expect(page.body).toContain('idp_unavailable');
  }
  expect(world.problems.length).toBeGreaterThan(0);
  world.idp.fail(null);
  const browser = world.browser();
  expect((await world.signIn(browser, 'engineer', 'password')).url).toBe(`${world.url}/done`);
});

test('whoever is signed in stays signed in while the provider is down', async () => {
  world = await startWorld();
  const browser = world.browser();
  await world.signIn(browser, 'engineer', 'password');
  world.idp.fail('down');
  expect(await world.callerOf(browser)).not.toBeNull();
});

test.each([
  ['a nonce of another sign-in', { claims: { nonce: 'other' } }],
  ['another issuer', { claims: { iss: 'https://evil.example' } }],
  ['another audience', { claims: { aud: 'other' } }],
  ['no subject', { claims: { sub: undefined } }],
  ['an expiry in the past', { claims: { exp: 1_000_000_000 } }],
  ['a key that the provider never published', { foreignKey: true }],
])('an ID token with %s signs nobody in and is written down', async (_name, tamper) => {
  world = await startWorld();
  world.idp.nextIdToken(tamper);
  const browser = world.browser();
  expect((await world.signIn(browser, 'engineer', 'password')).body).toContain('sign_in_failed');
  expect(await world.callerOf(browser)).toBeNull();
  expect(await world.events('signin.failed')).toHaveLength(1);
  expect(await world.events('signin.succeeded')).toHaveLength(0);
});

test.each([
  ['amr-only', 'multi-factor', false],
  ['acr-only', 'multi-factor', true],
  ['none', 'single-factor', false],
] as const)('a provider with claims %s proves %s', async (claims, level, datesSignIns) => {
  world = await startWorld({ claims });
  const caller = await world.caller('engineer', 'otp');
  expect(caller.assurance.level).toBe(level);
  expect(caller.assurance.authenticatedAt.getTime() > 0).toBe(datesSignIns);
});

test('groups that are no list of strings mean none, and another subject never gets them', async () => {
  world = await startWorld();
  world.idp.nextIdToken({ claims: { groups: { 'daypass-operators': true } } });
  expect(await world.caller('operator')).toMatchObject({ groups: [], isOperator: false });
  expect(await world.caller('operator')).toMatchObject({ isOperator: true });
});

test('groups that the ID token leaves out are looked up at the provider', async () => {
  world = await startWorld();
  world.idp.nextIdToken({ claims: { groups: undefined } });
  expect(await world.caller('auditor')).toMatchObject({ groups: ['daypass-auditors'], isAuditor: true });
});

test('an http provider that is not on this machine is refused', () => {
  const make = () =>
    createOidc({
      issuer: new URL('http://idp.example'),
      clientId: 'daypass',
      clientSecret: new Secret('x'),
      clientAuth: 'client_secret_basic',
      scopes: 'openid',
      callbackUrl: new URL('https://daypass.example/oauth/callback'),
      clock: () => new Date(0),
      onProblem: () => undefined,
    });
  expect(make).toThrow('https');
});
