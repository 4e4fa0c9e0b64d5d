import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOidc, type Oidc } from '../../src/identity/oidc.ts';
import { OidcFailure, type OidcProblem } from '../../src/identity/oidc-failure.ts';
import { Secret } from '../../src/keys/secret.ts';
import { type Listener, startHttp } from './servers.ts';

// A provider that the operator configured, on this machine, and something else there that it would have us call.
let provider: Listener;
let trap: Listener;
let discovery: Record<string, unknown>;
let problems: OidcProblem[];
let oidc: Oidc;
let called: string[];

beforeEach(async () => {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' };
  called = [];
  problems = [];
  trap = await startHttp((_request, response) => response.end('{}'));
  provider = await startHttp((request, response) => {
    called.push(request.url ?? '');
    const json = (body: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') return json(discovery);
    if (request.url === '/jwks') return json({ keys: [jwk] });
    if (request.url === '/moved') return response.writeHead(307, { location: trapUrl('/token') }).end();
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer(), aud: 'daypass', sub: 's', nonce: 'n', iat: now, exp: now + 300 };
    return void new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'k' })
      .sign(privateKey)
      .then((token) => json({ access_token: 'hunter2', token_type: 'Bearer', id_token: token }));
  });
  discovery = {
    issuer: issuer(),
    authorization_endpoint: `${issuer()}/authorize`,
    token_endpoint: `${issuer()}/token`,
    jwks_uri: `${issuer()}/jwks`,
  };
  oidc = oidcAt(issuer());
});
afterEach(() => Promise.all([provider.stop(), trap.stop()]));

const issuer = () => `http://127.0.0.1:${provider.port}`;
const trapUrl = (path: string) => `http://127.0.0.1:${trap.port}${path}`;

function oidcAt(address: string, egressAllow: readonly string[] = []): Oidc {
  return createOidc({
    issuer: new URL(address),
    clientId: 'daypass',
    clientSecret: new Secret('hunter2'),
    clientAuth: 'client_secret_post',
    scopes: 'openid',
    callbackUrl: new URL('https://daypass.example/oauth/callback'),
    clock: () => new Date(0),
    egressAllow,
    onProblem: (problem) => problems.push(problem),
  });
}

const finish = () =>
  oidc.finish({
    query: 'code=c&state=s',
    state: 's',
    nonce: 'n',
    codeVerifier: 'v'.repeat(43),
    neededClaim: 'groups',
  });

async function failureOf(call: Promise<unknown>): Promise<OidcFailure> {
  try {
    await call;
  } catch (error) {
    if (error instanceof OidcFailure) return error;
    throw error;
  }
  throw new Error('the call went through');
}

test('what the discovery document names at the configured provider is called', async () => {
  expect(await finish()).toMatchObject({ sub: 's' });
  expect(called).toEqual(['/.well-known/openid-configuration', '/token', '/jwks']);
});

test.each(['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])(
  'a %s elsewhere on this machine, at a metadata service or inside is not called',
  async (field) => {
    for (const [address, code] of [
      [trapUrl('/'), 'EGRESS_URL'],
      [trapUrl('/').replace('127.0.0.1', 'localhost'), 'EGRESS_URL'],
      [trapUrl('/').replace('http:', 'https:'), 'EGRESS_ADDRESS'],
      ['http://169.254.169.254/latest/meta-data', 'EGRESS_URL'],
      ['https://169.254.169.254/latest/meta-data', 'EGRESS_ADDRESS'],
      ['https://[::ffff:10.0.0.1]/', 'EGRESS_ADDRESS'],
      [`http://user:pw@127.0.0.1:${provider.port}/`, 'EGRESS_URL'],
    ] as const) {
      discovery = { ...discovery, [field]: address };
      oidc = oidcAt(issuer());
      problems.length = 0;
      expect(await failureOf(finish()), address).toMatchObject({ kind: 'unavailable', reason: code });
      expect(problems).toMatchObject([{ name: 'EgressRefused', code }]);
      expect(JSON.stringify(problems)).not.toContain('hunter2');
    }
    expect(trap.connections()).toBe(0);
  },
);

test('a token endpoint that redirects does not get the client secret sent on', async () => {
  discovery = { ...discovery, token_endpoint: `${issuer()}/moved` };
  expect(await failureOf(finish())).toMatchObject({ kind: 'unavailable', reason: 'EGRESS_REDIRECT' });
  expect(trap.connections()).toBe(0);
});

test('a provider inside is called only when the operator lists where it is', async () => {
  // Nobody speaks TLS there: what matters is whether a connection is made.
  const address = issuer().replace('http:', 'https:').replace('127.0.0.1', '127.0.0.2');
  const start = (allow: readonly string[]) =>
    failureOf(oidcAt(address, allow).start({ acrValues: [], maxAgeSeconds: null, promptLogin: false }));
  expect((await start([])).reason).toBe('EGRESS_ADDRESS');
  expect((await start(['127.0.0.2'])).reason).toBe('EGRESS_UNREACHABLE');
});

test('a provider on a private address is refused with the variable that lists it', async () => {
  const start = oidcAt('https://10.1.2.3').start({ acrValues: [], maxAgeSeconds: null, promptLogin: false });
  expect((await failureOf(start)).reason).toBe('EGRESS_ADDRESS');
  expect(problems[0]?.message).toContain('EGRESS_ALLOW');
});
