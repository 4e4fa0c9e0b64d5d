import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import { addUser, demoWorld } from '../../dev/aws/world.ts';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { systemContext } from '../../src/audit/event.ts';
import { makeContent } from '../../src/approvals/content.ts';
import { handOver } from '../../src/hand-over.ts';
import { createTransact, type Transact } from '../../src/audit/unit-of-work.ts';
import { createAwsClients, type AwsClients } from '../../src/aws/clients.ts';
import { createBoundary } from '../../src/broker/boundary/create.ts';
import type { BoundaryDeps } from '../../src/broker/boundary/deps.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import type { SessionCredentials } from '../../src/broker/issue-session.ts';
import { createTargets } from '../../src/broker/targets/create.ts';
import { createAssumeRole } from '../../src/aws/assume-role.ts';
import { createIdentityCenter, type IdentityCenter } from '../../src/aws/identity-center.ts';
import { createPermissionSetTarget } from '../../src/broker/targets/permission-set.ts';
import { entitlementTerms } from '../../src/catalog/terms.ts';
import type { AssuranceLevel, Catalog, Entitlement } from '../../src/catalog/types.ts';
import { newId } from '../../src/db/ids.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import {
  catalogs,
  grants,
  people,
  personalData,
  requestEntitlements,
  requests,
  reviews,
  signIns,
} from '../../src/db/schema.ts';
import { eq, sql } from '../../src/db/drizzle.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export const prod = '111122223333';
const catalogVersion = `sha256:${'a'.repeat(64)}`;
const digest = `sha256:${'b'.repeat(64)}`;
const issuer = 'https://idp.example';

export const adminRole: Entitlement = {
  id: 'prod/admin',
  description: 'Admin',
  account: { id: prod, name: 'prod' },
  target: {
    kind: 'role',
    accountId: prod,
    roleArn: `arn:aws:iam::${prod}:role/daypass-admin`,
    externalId: null,
    maxSessionSeconds: 43_200,
  },
  ask: { groups: ['engineers'] },
  approve: { groups: ['approvers'], count: 1 },
  maxDurationSeconds: 43_200,
  sessionSeconds: 1800,
  requestExpiresSeconds: 3600,
  assurance: {
    ask: { level: 'single-factor', maxAgeSeconds: null },
    approve: { level: 'multi-factor', maxAgeSeconds: null },
    issue: { level: 'multi-factor', maxAgeSeconds: 3600 },
  },
  ticketPattern: null,
  allowOnward: false,
  allowIamWrite: false,
};

export interface House {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly aws: Aws;
  readonly clients: AwsClients;
  readonly deps: BrokerDeps;
  /** What writes the boundary policies, as a process of its own each time. */
  boundary(): BoundaryDeps;
  readonly transact: Transact;
  readonly center: IdentityCenter;
  readonly enqueued: { name: string; payload: unknown }[];
  readonly permissionSet: Entitlement;
  readonly reported: unknown[];
  now(): Date;
  /** Moves the clock on, in seconds. */
  pass(seconds: number): void;
  person(options?: { groups?: string[]; name?: string; known?: boolean }): Promise<string>;
  caller(
    personId: string,
    options?: Partial<Pick<Caller, 'isOperator' | 'isAuditor'>> & { level?: AssuranceLevel },
  ): Promise<Caller>;
  grant(options?: {
    person?: string;
    approver?: string;
    entitlement?: Entitlement;
    startsIn?: number;
    seconds?: number;
  }): Promise<{ id: string; person: string; approver: string; request: string }>;
  stateOf(grantId: string): Promise<string>;
  /** Kinds of the events about a grant, oldest first. */
  kinds(grantId: string): Promise<string[]>;
  /** 'ok', or the error's name. */
  listBuckets(credentials: SessionCredentials): Promise<string>;
  close(): Promise<void>;
}

/**
 * Postgres, the AWS stand-in and the broker's parts, under one clock that only the test moves.
 * @param timeLimitMs most that one call of AWS may take: what hangs takes so long
 */
export async function openHouse({ timeLimitMs = 1_500 } = {}): Promise<House> {
  let time = Math.floor(Date.now() / 1000) * 1000;
  const now = () => new Date(time);
  const database = await createTestDatabase();
  const pool = openPool({ url: database.appUrl, max: 8, onError: () => undefined });
  const world = demoWorld();
  const aws = await startAws({
    world,
    clock: now,
    brokerCredentialSeconds: 90 * 86_400,
    settling: { polls: 1, seconds: 30 },
  });
  const own = aws.issueBrokerCredentials();
  const clients = createAwsClients({
    region: 'us-east-1',
    endpoint: aws.endpoint,
    timeLimitMs,
    credentials: async () => ({
      accessKeyId: own.accessKeyId,
      secretAccessKey: own.secretAccessKey,
      sessionToken: own.sessionToken,
    }),
  });
  // Checked once, before the clock moves away from the machine's.
  await clients.identity();
  const enqueued: House['enqueued'] = [];
  const transact = createTransact({
    db: pool.db,
    clock: now,
    auditKey: { id: 'test', key: Buffer.alloc(32, 7) },
    jobs: {
      enqueue: async (name, payload) => {
        enqueued.push({ name, payload });
        return [];
      },
    },
  });
  const { instanceArn, identityStoreId } = world.identityCenter;
  const targets = createTargets({
    db: pool.db,
    transact,
    clock: now,
    aws: clients,
    identityCenter: { instanceArn, identityStoreId, externalIssuer: issuer },
  });
  const center = createIdentityCenter(clients.ssoAdmin, clients.identityStore, {
    instanceArn,
    identityStoreId,
  });
  const reported: unknown[] = [];
  const deps: BrokerDeps = {
    db: pool.db,
    transact,
    clock: now,
    targets: {
      ...targets,
      'permission-set': createPermissionSetTarget({
        db: pool.db,
        transact,
        clock: now,
        center,
        identityCenterUser: (person) => ({ issuer, id: person.subject }),
        pause: async () => undefined,
      }),
    },
    report: (error) => reported.push(error),
    ...handOver({ catalog: emptyCatalog, onCall: () => new Map() }).broker,
    endableBy: () => Promise.resolve(sql`false`),
  };
  await pool.db.insert(catalogs).values({ version: catalogVersion, source: '', loadedAt: now() });
  const permissionSetArn = world.identityCenter.permissionSets[0]?.arn ?? '';
  const permissionSet: Entitlement = {
    ...adminRole,
    id: 'prod/console',
    target: { kind: 'permission-set', accountId: prod, permissionSetArn, sessionSeconds: 3600 },
  };

  const house: House = {
    database,
    pool,
    aws,
    clients,
    deps,
    transact,
    center,
    boundary: () =>
      createBoundary({
        db: pool.db,
        transact,
        clock: now,
        aws: clients,
        policyName: 'daypass-boundary',
        identityCenter: { instanceArn, identityStoreId },
        writer: newId('evt', now()),
        random: () => 1,
        report: (error) => reported.push(error),
      }),
    enqueued,
    permissionSet,
    reported,
    now,
    pass: (seconds) => {
      time += seconds * 1000;
      // AWS tells its time in every answer, and the SDK signs by it.
      for (const client of [clients.sts, clients.ssoAdmin, clients.identityStore]) {
        client.config.systemClockOffset = time - Date.now();
      }
      // The SDK keeps credentials by the machine's time.
      clients.denyWriter.close();
      clients.inspector.close();
    },

    async person({ groups = ['engineers'], name = 'Ada', known = true } = {}) {
      const id = newId('prs', now());
      await pool.db.insert(people).values({
        id,
        issuer,
        subject: id,
        groups,
        createdAt: now(),
        lastSignedInAt: now(),
      });
      await pool.db.insert(personalData).values({ personId: id, name, email: null });
      if (known) addUser(world, { userName: id, issuer, externalId: id });
      return id;
    },

    async caller(personId, { isOperator = false, isAuditor = false, level = 'multi-factor' } = {}) {
      const signInId = newId('sgn', now());
      await pool.db.insert(signIns).values({
        id: signInId,
        personId,
        client: 'cli',
        assuranceLevel: level,
        authenticatedAt: now(),
        createdAt: now(),
        expiresAt: new Date(time + 86_400_000),
      });
      return {
        personId,
        name: null,
        groups: [],
        subject: personId,
        isOperator,
        isAuditor,
        assurance: { level, authenticatedAt: now() },
        signInId,
        via: 'cli',
        context: { actor: { type: 'person', id: personId }, address: null, requestId: null },
      };
    },

    async grant({ person, approver, entitlement = adminRole, startsIn = 0, seconds = 3600 } = {}) {
      const owner = person ?? (await house.person());
      const reviewer = approver ?? (await house.person({ groups: ['approvers'] }));
      const request = newId('req', now());
      const id = newId('grt', now());
      const startsAt = new Date(time + startsIn * 1000);
      const about = { outcome: 'success', request, subject: owner } as const;
      await transact(systemContext, async (work) => {
        await work.queries.insert(requests).values({
          id: request,
          requester: owner,
          askedBy: owner,
          askedAssurance: 'multi-factor',
          askedProofAge: 0,
          content: makeContent(
            owner,
            { durationSeconds: seconds, reason: 'a test', ticket: null, startAt: null },
            [entitlement],
          ),
          digest,
          catalogVersion,
          state: 'pending',
          createdAt: now(),
          expiresAt: new Date(time + 3_600_000),
        });
        work.audit({ ...about, kind: 'request.submitted' });
        await work.queries
          .insert(requestEntitlements)
          .values({ requestId: request, entitlement: entitlement.id });
        await work.queries.insert(reviews).values({
          id: newId('rev', now()),
          requestId: request,
          reviewer,
          decision: 'approve',
          digest,
          via: 'cli',
          createdAt: now(),
        });
        await work.queries
          .update(requests)
          .set({ state: 'approved', decidedAt: now(), basis: 'reviews' })
          .where(eq(requests.id, request));
        work.audit({ ...about, kind: 'request.approved' });
        await work.queries.insert(grants).values({
          id,
          requestId: request,
          personId: owner,
          entitlement: entitlement.id,
          terms: entitlementTerms(entitlement),
          state: 'scheduled',
          startsAt,
          endsAt: new Date(startsAt.getTime() + seconds * 1000),
          createdAt: now(),
        });
        work.audit({ ...about, kind: 'grant.scheduled', grant: id });
      });
      return { id, person: owner, approver: reviewer, request };
    },

    async stateOf(grantId) {
      const [row] = await pool.db.select({ state: grants.state }).from(grants).where(eq(grants.id, grantId));
      return row?.state ?? 'missing';
    },

    async kinds(grantId) {
      const { rows } = await pool.raw.query<{ kind: string }>(
        'SELECT kind FROM audit_events WHERE "grant" = $1 ORDER BY id',
        [grantId],
      );
      return rows.map((row) => row.kind);
    },

    async listBuckets({ accessKeyId, secretAccessKey, sessionToken }) {
      const s3 = new S3Client({
        region: 'us-east-1',
        endpoint: aws.endpoint,
        forcePathStyle: true,
        systemClockOffset: time - Date.now(),
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        maxAttempts: 1,
      });
      try {
        await s3.send(new ListBucketsCommand({}));
        return 'ok';
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      } finally {
        s3.destroy();
      }
    },

    async close() {
      clients.close();
      await aws.stop();
      await pool.close();
      await database.drop();
    },
  };
  return house;
}

/** The broker with another way of asking STS, for what a server cannot be made to do. */
export function withAssumeRole(
  house: House,
  wrap: (real: ReturnType<typeof createAssumeRole>) => ReturnType<typeof createAssumeRole>,
): BrokerDeps {
  const { targets } = house.deps;
  return {
    ...house.deps,
    targets: { ...targets, role: { ...targets.role, assumeRole: wrap(createAssumeRole(house.clients.sts)) } },
  };
}

/** Activating looks at what was approved; of the catalog of the day only at who is from outside, and here nobody is. */
function emptyCatalog(): Catalog {
  return {
    version: catalogVersion,
    source: '',
    entitlements: new Map(),
    groups: new Set(),
    people: new Map(),
    onCall: [],
    accounts: new Map(),
    bundles: new Map(),
  };
}
