import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import { notify } from '../../src/approvals/notice.ts';
import { handOver } from '../../src/hand-over.ts';
import pino from 'pino';
import type { ApiDeps } from '../../src/api/deps.ts';
import { createEdge } from '../../src/api/edge.ts';
import { sessionCookieName } from '../../src/api/session-cookie.ts';
import { buildServer } from '../../src/api/server.ts';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import type { AssuranceLevel } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';
import { openPool } from '../../src/db/pool.ts';
import { people, personalData, signIns } from '../../src/db/schema.ts';
import { formToken } from '../../src/identity/form-token.ts';
import type { IdentityDeps } from '../../src/identity/deps.ts';
import { MasterKey } from '../../src/keys/master-key.ts';
import { Secret } from '../../src/keys/secret.ts';
import { hashToken, newToken } from '../../src/keys/token.ts';
import { createTestDatabase } from '../support/database.ts';
import { stillKeeper } from '../support/still-keeper.ts';

const catalogText = `version: 1
groups: [engineers, approvers, vault-people]
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator <of> "everything"
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    assurance: { ask: single-factor, approve: multi-factor }
  prod/strict:
    description: Asking takes a second factor, lately
    role: { account: prod, name: daypass-strict }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    assurance: { ask: { level: multi-factor, maxAge: 5m } }
  secret/vault:
    description: Hidden
    role: { account: prod, name: daypass-vault }
    ask: { groups: [vault-people] }
    approve: { groups: [vault-people] }
    maxDuration: 1h
`;

/** A person with a token of each kind. */
export interface Persona {
  readonly id: string;
  readonly token: string;
  readonly cookie: string;
  /** What this person's forms carry. */
  readonly formToken: string;
}

export interface World {
  readonly app: FastifyInstance;
  readonly deps: ApiDeps;
  /** What was logged, a line each. */
  readonly logged: string[];
  /** Failures of strangers that were counted. */
  readonly counted: string[];
  /** Statements that the application sent. */
  readonly statements: string[];
  person(name: string, groups: string[], level?: AssuranceLevel): Promise<Persona>;
  events(kind: string): Promise<Record<string, unknown>[]>;
  /** A server with the same surroundings and no routes. */
  edge(): Promise<FastifyInstance>;
  /** The real server again, with some surroundings changed. */
  server(over: Partial<ApiDeps>): Promise<FastifyInstance>;
  /** Lets nobody read a table until `release`; `waiting` is how many connections wait for one. */
  hold(table: string): Promise<{ waiting(): Promise<number>; release(): Promise<void> }>;
  stop(): Promise<void>;
}

const nothing = () => Promise.resolve();
const nothingLooks = { sweep: nothing, idle: nothing, stop: nothing };

/** The whole edge over a real database; AWS and the identity provider are not there. */
export async function startWorld(): Promise<World> {
  const database = await createTestDatabase();
  const pool = openPool({ url: database.appUrl, max: 6, onError: () => undefined });
  // As in the service: what must always work has connections of its own.
  const kept = openPool({ url: database.appUrl, max: 2, onError: () => undefined });
  const root = new pg.Client({ connectionString: database.superuserUrl });
  await root.connect();
  const clock = () => new Date('2026-11-22T09:00:00.000Z');
  const masterKey = MasterKey.parse(randomBytes(32).toString('base64'));
  const auditKey = { id: masterKey.keyId('audit-mac'), key: masterKey.derive('audit-mac') };
  const jobs = { enqueue: () => Promise.resolve([]) };
  const transact = createTransact({ db: pool.db, clock, auditKey, jobs });
  const keptTransact = createTransact({ db: kept.db, clock, auditKey, jobs });
  const parsed = parseCatalog(catalogText);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { catalog } = parsed;
  await putInForce(transact, catalog);
  const logged: string[] = [];
  const counted: string[] = [];
  const statements: string[] = [];
  const listen = (client: pg.PoolClient) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [first] = args;
        statements.push(typeof first === 'string' ? first : String((first as { text?: unknown }).text));
        return query(...args);
      },
    });
  };
  for (const { raw } of [pool, kept]) raw.on('connect', listen);
  const identity: IdentityDeps = {
    db: kept.db,
    transact,
    clock,
    masterKey,
    oidc: {} as IdentityDeps['oidc'],
    assuranceMap: { acr: new Map([['urn:mfa', 'multi-factor']]), amr: new Map() },
    groupsClaim: 'groups',
    managerClaim: null,
    operatorsGroup: 'operators',
    auditorsGroup: 'auditors',
    tokenSeconds: 3600,
    totpEnabled: false,
    countStranger: (kind) => counted.push(kind),
  };
  const handed = handOver({ catalog: () => catalog, onCall: () => new Map() });
  const deps: ApiDeps = {
    identity,
    approvals: { db: pool.db, transact, clock, ...handed.approvals, tickets: null, notify },
    breakGlass: { operatorsGroup: 'operators', announce: () => undefined },
    broker: { db: pool.db, transact, clock, targets: {} as BrokerDeps['targets'], ...handed.broker },
    console: {} as ApiDeps['console'],
    ending: {
      db: kept.db,
      transact: keptTransact,
      clock,
      targets: {} as BrokerDeps['targets'],
      ...handed.broker,
    },
    preflight: {
      db: pool.db,
      clock,
      catalog: () => catalog,
      preflight: { ...nothingLooks, lookNow: () => Promise.resolve(false) },
    },
    catalogs: {
      db: kept.db,
      transact: keptTransact,
      operatorsGroup: 'operators',
      keeper: stillKeeper(catalog),
    },
    eligibility: { db: kept.db, transact: keptTransact, clock, catalog: () => catalog, notify },
    audit: { transact },
    transact,
    config: {
      publicUrl: new URL('https://daypass.test'),
      trustedProxies: [],
      totpEnabled: false,
      acrValuesFor: (level) => (level === 'multi-factor' ? ['urn:mfa'] : []),
    },
    slackSigningSecret: new Secret('slack'),
    slackTeamIds: ['T1'],
    countStranger: (kind) => counted.push(kind),
    log: pino({ level: 'trace' }, { write: (line: string) => logged.push(line) }),
    readiness: () => Promise.resolve({ ready: true, missing: [] }),
    masterKey,
    clock,
  };
  const servers: FastifyInstance[] = [];
  const remembered = async (server: Promise<FastifyInstance>) => {
    const app = await server;
    servers.push(app);
    return app;
  };
  const app = await remembered(buildServer(deps));
  return {
    app,
    deps,
    logged,
    counted,
    statements,
    async person(name, groups, level = 'multi-factor') {
      const now = clock();
      const id = newId('prs', now);
      await pool.db
        .insert(people)
        .values({ id, issuer: 'https://idp.test', subject: id, groups, createdAt: now, lastSignedInAt: now });
      await pool.db.insert(personalData).values({ personId: id, name, email: null });
      const signIn = async (client: 'browser' | 'cli') => {
        const token = newToken('dpt');
        const signInId = newId('sgn', now);
        await pool.db.insert(signIns).values({
          id: signInId,
          personId: id,
          client,
          tokenHash: hashToken(token),
          assuranceLevel: level,
          authenticatedAt: now,
          createdAt: now,
          expiresAt: new Date(now.getTime() + 3_600_000),
        });
        return { token, signInId };
      };
      const [cli, browser] = [await signIn('cli'), await signIn('browser')];
      return {
        id,
        token: cli.token,
        cookie: `${sessionCookieName}=${browser.token}`,
        formToken: formToken(masterKey, browser.signInId),
      };
    },
    async events(kind) {
      const { rows } = await root.query<{ leaf: string }>(
        'SELECT leaf FROM audit_events WHERE kind = $1 ORDER BY id',
        [kind],
      );
      return rows.map((row) => JSON.parse(row.leaf) as Record<string, unknown>);
    },
    async hold(table) {
      await root.query('BEGIN');
      await root.query(`LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
      const looker = new pg.Client({ connectionString: database.superuserUrl });
      await looker.connect();
      const lockWaits = `SELECT count(*)::int AS n FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return {
        waiting: async () => (await looker.query<{ n: number }>(lockWaits)).rows[0]?.n ?? 0,
        release: async () => {
          await root.query('ROLLBACK');
          await looker.end();
        },
      };
    },
    edge: () => remembered(createEdge(deps)),
    server: (over) => remembered(buildServer({ ...deps, ...over })),
    async stop() {
      for (const server of servers) await server.close();
      await pool.close();
      await kept.close();
      await root.end();
      await database.drop();
    },
  };
}

/** Headers of a call with a bearer token. */
export const bearer = (persona: Persona) => ({ authorization: `Bearer ${persona.token}` });

/** A body that can be submitted as it is. */
export const ask = { entitlements: ['prod/admin'], durationSeconds: 900, reason: 'Disk full on db-1' };
