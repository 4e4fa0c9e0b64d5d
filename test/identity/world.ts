import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastifyCookie from '@fastify/cookie';
import Fastify from 'fastify';
import { Browser, type Page } from '../../dev/browser.ts';
import { type ClaimsVariant } from '../../dev/idp/id-tokens.ts';
import { type Idp, startIdp } from '../../dev/idp/idp.ts';
import type { SignInMethod } from '../../dev/idp/methods.ts';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';
import { ruleOf } from '../../src/api/operation-hook.ts';
import { sessionCookie } from '../../src/api/session-cookie.ts';
import { signInRoutes } from '../../src/api/sign-in/routes.ts';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { parseAssuranceMap } from '../../src/identity/assurance-map.ts';
import { authenticate } from '../../src/identity/authenticate.ts';
import type { Caller } from '../../src/identity/caller.ts';
import type { IdentityDeps } from '../../src/identity/deps.ts';
import { createOidc } from '../../src/identity/oidc.ts';
import { MasterKey } from '../../src/keys/master-key.ts';
import { Secret } from '../../src/keys/secret.ts';
import { createTestDatabase } from '../support/database.ts';

export interface World {
  readonly url: string;
  readonly idp: Idp;
  readonly deps: IdentityDeps;
  readonly pool: Pool;
  /** Failures of strangers that were counted, in order. */
  readonly counted: string[];
  /** What the log was told about the identity provider. */
  readonly problems: string[];
  move(seconds: number): void;
  browser(): Browser;
  /** Walks from `path` through the identity provider and back, as `user`. */
  signIn(browser: Browser, user: string, method: SignInMethod, path?: string): Promise<Page>;
  /** Signs in as a browser, and says who that is. */
  caller(user: string, method?: SignInMethod): Promise<Caller>;
  callerOf(browser: Browser): Promise<Caller | null>;
  events(kind: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export const sessionCookieName = '__Host-daypass';
const map =
  '{"acr":{"urn:daypass:dev:mfa":"multi-factor","urn:daypass:dev:phr":"phishing-resistant"},"amr":{"otp":"multi-factor"}}';

/** The routes of sign-in alone, on a real database, with the development identity provider. */
export async function startWorld(
  options: { claims?: ClaimsVariant; totp?: boolean; issuer?: string; assuranceMap?: string } = {},
): Promise<World> {
  // Starts with a time step and moves a millisecond a look, so that no test meets the end of a step by chance.
  let time = Math.floor(Date.now() / 30_000) * 30_000;
  const clock = () => new Date(++time);
  // Listening first: the port is part of the public address.
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const publicUrl = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const callbackUrl = new URL('/oauth/callback', publicUrl);
  const secret = randomBytes(32).toString('hex');
  const idp = await startIdp({
    clients: [{ clientId: 'daypass', clientSecret: secret, redirectUris: [callbackUrl.href] }],
    users: DEV_USERS,
    claims: options.claims ?? 'full',
    now: clock,
  });
  const database = await createTestDatabase();
  const pool = openPool({ url: database.appUrl, max: 6, onError: () => undefined });
  const masterKey = MasterKey.parse(randomBytes(32).toString('base64'));
  const counted: string[] = [];
  const problems: string[] = [];
  const deps: IdentityDeps = {
    db: pool.db,
    clock,
    masterKey,
    transact: createTransact({
      db: pool.db,
      clock,
      auditKey: { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') },
      jobs: { enqueue: () => Promise.resolve([]) },
    }),
    oidc: createOidc({
      issuer: new URL(options.issuer ?? idp.issuer),
      clientId: 'daypass',
      clientSecret: new Secret(secret),
      clientAuth: 'client_secret_basic',
      scopes: 'openid profile email',
      callbackUrl,
      clock,
      onProblem: (problem) => problems.push(JSON.stringify(problem)),
    }),
    assuranceMap: parseAssuranceMap(options.assuranceMap ?? map),
    groupsClaim: 'groups',
    managerClaim: null,
    operatorsGroup: 'daypass-operators',
    auditorsGroup: 'daypass-auditors',
    tokenSeconds: 43_200,
    totpEnabled: options.totp ?? true,
    countStranger: (kind) => counted.push(kind),
  };

  const app = Fastify({
    serverFactory: (handler) => {
      server.on('request', handler);
      return server;
    },
  });
  await app.register(fastifyCookie);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => {
    const token =
      ruleOf(request.routeOptions.config)?.credential === 'cookie' ? sessionCookie(request) : null;
    const meta = { address: request.ip, requestId: request.id, client: 'browser' } as const;
    if (token !== null) request.caller = await authenticate(deps, token, meta);
  });
  await signInRoutes(app, {
    identity: deps,
    publicUrl,
    renderError: (reply, refusal) =>
      reply.code(400).type('text/plain').send(`${refusal.code}: ${refusal.message}`),
    renderClientQuestion: (reply, { name, formToken }) =>
      reply
        .type('text/html')
        .send(
          `<h1>${name}</h1><form method="post" action="/oauth/confirm"><input type="hidden" name="formToken" value="${formToken}"><button name="answer" value="continue">Continue</button><button name="answer" value="cancel">Cancel</button></form>`,
        ),
  });
  await app.ready();

  const callerOf = (browser: Browser) => {
    const token = browser.cookies.get(publicUrl.origin, sessionCookieName) ?? '';
    return authenticate(deps, token, { address: '192.0.2.1', requestId: 'req', client: 'browser' });
  };
  const world: World = {
    url: publicUrl.origin,
    idp,
    deps,
    pool,
    counted,
    problems,
    move: (seconds) => {
      time += seconds * 1000;
    },
    // Its cookies live by the machine's clock: the provider dates its own by that, and what counts is what the server says.
    browser: () => new Browser(),
    async signIn(browser, user, method, path = '/login?returnTo=/done') {
      const page = await browser.get(new URL(path, publicUrl));
      return signInAtIdp(browser, page, user, method);
    },
    callerOf,
    async caller(user, method = 'password') {
      const browser = world.browser();
      await world.signIn(browser, user, method);
      const caller = await callerOf(browser);
      if (caller === null) throw new Error(`${user} was not signed in`);
      return caller;
    },
    async events(kind) {
      const sql = 'SELECT leaf FROM audit_events WHERE kind = $1 ORDER BY id';
      const { rows } = await pool.raw.query<{ leaf: string }>(sql, [kind]);
      return rows.map((row) => JSON.parse(row.leaf) as Record<string, unknown>);
    },
    async stop() {
      await app.close();
      server.closeAllConnections();
      await idp.stop();
      await pool.close();
      await database.drop();
    },
  };
  return world;
}

/** What `fetch` needs to send a form. */
export function form(fields: Record<string, string>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) };
}

export const verifier = 'v'.repeat(43);
export const challenge = createHash('sha256').update(verifier).digest('base64url');
export const redirectUri = 'http://127.0.0.1:45454/callback';

/** The address that `daypass login` opens; `change` replaces parameters, null takes one out. */
export function authorizePath(change: Record<string, string | null> = {}): string {
  const parameters = {
    response_type: 'code',
    client_id: 'daypass-cli',
    redirect_uri: redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'client state',
    ...change,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value);
  return `/oauth/authorize?${query.toString()}`;
}
