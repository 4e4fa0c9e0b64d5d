import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { demoWorld } from '../../dev/aws/world.ts';
import { notify } from '../../src/approvals/notice.ts';
import { handOver } from '../../src/hand-over.ts';
import type { ApiDeps } from '../../src/api/deps.ts';
import { buildServer } from '../../src/api/server.ts';
import { sessionCookieName } from '../../src/api/session-cookie.ts';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import { createAwsClients } from '../../src/aws/clients.ts';
import { createFederation } from '../../src/aws/federation.ts';
import { createPreflightDeps } from '../../src/broker/preflight/create.ts';
import { createPreflight } from '../../src/broker/preflight/preflight.ts';
import { createTargets } from '../../src/broker/targets/create.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { defaultOwnNames } from '../../src/catalog/policy/guards.ts';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import type { AssuranceLevel } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';
import { openPool } from '../../src/db/pool.ts';
import { people, personalData, signIns } from '../../src/db/schema.ts';
import { parseAssuranceMap } from '../../src/identity/assurance-map.ts';
import type { IdentityDeps } from '../../src/identity/deps.ts';
import { formToken } from '../../src/identity/form-token.ts';
import { createOidc } from '../../src/identity/oidc.ts';
import { MasterKey } from '../../src/keys/master-key.ts';
import { Secret } from '../../src/keys/secret.ts';
import { hashToken, newToken } from '../../src/keys/token.ts';
import { createLog } from '../../src/log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { stillKeeper } from '../support/still-keeper.ts';
import { type Counter, countStatements } from './statements.ts';

// Two things that people may ask for, and one that only a few know of.
const catalogText = `version: 1
groups: [engineers, approvers, vault-people, vault-approvers]
accounts:
  prod: { id: "111122223333", name: Production }
  staging: { id: "444455556666", name: Staging }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    reviewEvery: 7d
    owners: { groups: [approvers] }
  prod/readonly:
    description: Reading, with a ticket
    role: { account: prod, name: daypass-readonly }
    ask: { groups: [engineers] }
    approve: { groups: [approvers], delegates: { groups: [vault-people] } }
    maxDuration: 2h
    ticket: 'OPS-[0-9]+'
  secret/vault:
    description: Not for everybody's eyes
    role: { account: staging, name: daypass-admin }
    ask: { groups: [vault-people] }
    approve: { groups: [vault-approvers] }
    maxDuration: 1h
    reviewEvery: 7d
    owners: { groups: [vault-approvers] }
    assurance: { ask: multi-factor }
`;

/** A person with a token of each kind. */
export interface Persona {
  readonly id: string;
  readonly token: string;
  readonly cookie: string;
  readonly formToken: string;
}

export interface World {
  readonly app: FastifyInstance;
  readonly deps: ApiDeps;
  readonly aws: Aws;
  readonly logged: string[];
  readonly statements: Counter;
  /** Everything that no error, log or header may ever show. */
  readonly secrets: string[];
  readonly slackSecret: string;
  person(name: string | null, groups: string[], level?: AssuranceLevel): Promise<Persona>;
  /** Another token of somebody who is known. */
  signIn(
    personId: string,
    over?: { level?: AssuranceLevel; expiresAt?: Date; revokedAt?: Date },
  ): Promise<Persona>;
  /** As the superuser, past every rule. */
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  move(seconds: number): void;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** The identity provider; without one nobody gets through signing in. */
  readonly issuer?: string;
  readonly clientSecret?: string;
  readonly change?: (deps: ApiDeps) => ApiDeps;
  /** One to go on with; whoever gave it drops it. */
  readonly database?: TestDatabase;
  /** 32 bytes in base64; random when left out. */
  readonly masterKey?: string;
}

/** The whole service in this process: real Postgres, AWS's stand-in, every route. Only jobs do not run. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  let time = Math.floor(Date.now() / 1000) * 1000;
  const clock = () => new Date(time);
  const database = options.database ?? (await createTestDatabase());
  const pool = openPool({ url: database.appUrl, max: 6, onError: () => undefined });
  const statements = countStatements(pool.raw);
  const root = new pg.Client({ connectionString: database.superuserUrl });
  await root.connect();
  const aws = await startAws({
    world: demoWorld(),
    clock: () => new Date(),
    brokerCredentialSeconds: 86_400,
  });
  const own = aws.issueBrokerCredentials();
  const clients = createAwsClients({
    region: 'us-east-1',
    endpoint: aws.endpoint,
    credentials: async () => ({ ...own }),
  });
  const masterKeyText = options.masterKey ?? randomBytes(32).toString('base64');
  const masterKey = MasterKey.parse(masterKeyText);
  const transact = createTransact({
    db: pool.db,
    clock,
    auditKey: { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') },
    jobs: { enqueue: () => Promise.resolve([]) },
  });
  const parsed = parseCatalog(catalogText);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { catalog } = parsed;
  await putInForce(transact, catalog);
  const publicUrl = new URL('https://daypass.test');
  const clientSecret = options.clientSecret ?? randomBytes(16).toString('hex');
  const slackSecret = randomBytes(16).toString('hex');
  const logged: string[] = [];
  const assuranceMap = parseAssuranceMap('{"acr":{"urn:mfa":"multi-factor"}}');
  const identity: IdentityDeps = {
    db: pool.db,
    transact,
    clock,
    masterKey,
    oidc: createOidc({
      issuer: new URL(options.issuer ?? 'http://127.0.0.1:1'),
      clientId: 'daypass',
      clientSecret: new Secret(clientSecret),
      clientAuth: 'client_secret_basic',
      scopes: 'openid profile email',
      callbackUrl: new URL('/oauth/callback', publicUrl),
      clock,
      onProblem: () => undefined,
    }),
    assuranceMap,
    groupsClaim: 'groups',
    managerClaim: null,
    operatorsGroup: 'operators',
    auditorsGroup: 'auditors',
    tokenSeconds: 3600,
    totpEnabled: true,
    countStranger: () => undefined,
  };
  const handed = handOver({ catalog: () => catalog, onCall: () => new Map() });
  const broker: ApiDeps['broker'] = {
    ...handed.broker,
    db: pool.db,
    transact,
    clock,
    targets: createTargets({ db: pool.db, transact, clock, aws: clients, identityCenter: null }),
    report: () => undefined,
  };
  const looking = { db: pool.db, transact, clock, catalog: () => catalog };
  const preflight = createPreflight(
    createPreflightDeps({
      ...looking,
      aws: clients,
      identityCenter: null,
      names: defaultOwnNames,
      looker: 'this',
      random: () => 0.5,
    }),
  );
  const plain: ApiDeps = {
    identity,
    approvals: { db: pool.db, transact, clock, ...handed.approvals, tickets: null, notify },
    breakGlass: { operatorsGroup: 'operators', announce: () => undefined },
    broker,
    console: {
      ...broker,
      federation: createFederation({ endpoint: new URL(aws.signinEndpoint) }),
      issuer: publicUrl.href,
    },
    ending: broker,
    preflight: { ...looking, preflight },
    catalogs: { db: pool.db, transact, operatorsGroup: 'operators', keeper: stillKeeper(catalog) },
    eligibility: { db: pool.db, transact, clock, catalog: () => catalog, notify },
    audit: { transact },
    transact,
    config: {
      publicUrl,
      trustedProxies: [],
      totpEnabled: true,
      acrValuesFor: (level) => (level === 'multi-factor' ? ['urn:mfa'] : []),
    },
    slackSigningSecret: new Secret(slackSecret),
    slackTeamIds: ['T1'],
    countStranger: () => undefined,
    log: createLog('trace', { write: (line: string) => void logged.push(line) }),
    readiness: () => Promise.resolve({ ready: true, missing: [] }),
    masterKey,
    clock,
  };
  const deps = options.change?.(plain) ?? plain;
  const app = await buildServer(deps);
  const secrets = [masterKeyText, clientSecret, slackSecret, own.secretAccessKey, database.appUrl];

  const signIn: World['signIn'] = async (personId, over = {}) => {
    const made = async (client: 'browser' | 'cli') => {
      const token = newToken(client === 'cli' ? 'dpt' : 'dpb');
      const id = newId('sgn', clock());
      await pool.db.insert(signIns).values({
        id,
        personId,
        client,
        tokenHash: hashToken(token),
        assuranceLevel: over.level ?? 'multi-factor',
        authenticatedAt: clock(),
        createdAt: new Date(time - 60_000),
        expiresAt: over.expiresAt ?? new Date(time + 3_600_000),
        revokedAt: over.revokedAt ?? null,
      });
      secrets.push(token);
      return { token, id };
    };
    const [cli, browser] = [await made('cli'), await made('browser')];
    return {
      id: personId,
      token: cli.token,
      cookie: `${sessionCookieName}=${browser.token}`,
      formToken: formToken(masterKey, browser.id),
    };
  };
  return {
    app,
    deps,
    aws,
    logged,
    statements,
    secrets,
    slackSecret,
    async person(name, groups, level = 'multi-factor') {
      const id = newId('prs', clock());
      const now = clock();
      await pool.db
        .insert(people)
        .values({ id, issuer: 'https://idp.test', subject: id, groups, createdAt: now, lastSignedInAt: now });
      await pool.db.insert(personalData).values({ personId: id, name, email: null });
      return signIn(id, { level });
    },
    signIn,
    async sql(text, values = []) {
      return (await root.query(text, values)).rows;
    },
    move: (seconds) => {
      time += seconds * 1000;
    },
    async stop() {
      await app.close();
      await preflight.stop();
      clients.close();
      await aws.stop();
      await pool.close();
      await root.end();
      if (options.database === undefined) await database.drop();
    },
  };
}

/** Headers of a call with a bearer token. */
export const bearer = (persona: Pick<Persona, 'token'>) => ({ authorization: `Bearer ${persona.token}` });
