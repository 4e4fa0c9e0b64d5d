import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { type Aws, startAws } from '../../../dev/aws/aws.ts';
import { addUser, type World } from '../../../dev/aws/world.ts';
import { createTransact } from '../../../src/audit/unit-of-work.ts';
import { createAwsClients, type AwsClients } from '../../../src/aws/clients.ts';
import { createBoundary } from '../../../src/broker/boundary/create.ts';
import { type BoundaryWriters, createBoundaryWriters } from '../../../src/broker/boundary/writers.ts';
import type { BrokerDeps } from '../../../src/broker/deps.ts';
import type { SessionCredentials } from '../../../src/broker/issue-session.ts';
import { startBrokerJobs } from '../../../src/broker/jobs.ts';
import { createTargets } from '../../../src/broker/targets/create.ts';
import { sql } from '../../../src/db/drizzle.ts';
import type { Clock } from '../../../src/db/clock.ts';
import { createJobs, type Jobs } from '../../../src/db/jobs.ts';
import { openPool, type Pool } from '../../../src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

export const auditKey = { id: 'test', key: Buffer.alloc(32, 7) };
const issuer = 'https://idp.example';

/** What one process of Daypass has that ends grants: its own connections, queue workers and writers. */
export interface Replica {
  readonly deps: BrokerDeps;
  readonly writers: BoundaryWriters;
  readonly jobs: Jobs;
  readonly faults: unknown[];
}

/** Several replicas on one database and one AWS stand-in. */
export interface Fleet {
  readonly database: TestDatabase;
  readonly pool: Pool;
  readonly aws: Aws;
  readonly clock: Clock;
  readonly replicas: readonly [Replica, ...Replica[]];
  /** Lets the queues work. */
  startJobs(): Promise<void>;
  /** 'ok', or the error's name. */
  listBuckets(credentials: SessionCredentials): Promise<string>;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly world: World;
  readonly clock: Clock;
  readonly replicas: number;
  /** Most that a call to AWS may take, in milliseconds: so long hangs one that is never answered. */
  readonly timeLimitMs: number;
}

/** Starts everything but the queues. Nothing of it sweeps by itself. */
export async function openFleet({ world, clock, replicas, timeLimitMs }: FleetOptions): Promise<Fleet> {
  await using parts = new AsyncDisposableStack();
  const database = await createTestDatabase();
  parts.defer(() => database.drop());
  const pool = openPool({ url: database.appUrl, max: 8, onError: () => undefined });
  parts.defer(() => pool.close());
  const aws = await startAws({
    world,
    clock,
    signingClock: () => new Date(),
    brokerCredentialSeconds: 90 * 86_400,
    settling: { polls: 1, seconds: 30 },
  });
  parts.defer(() => aws.stop());
  const made: Replica[] = [];
  for (let i = 0; i < replicas; i++) {
    const own = await openReplica({ database, aws, world, clock, timeLimitMs, name: `replica-${i}` });
    parts.defer(() => own.close());
    // Without handlers yet: so jobs can be added.
    await own.replica.jobs.start();
    made.push(own.replica);
  }
  const [first, ...others] = made;
  if (first === undefined) throw new Error('a fleet has a replica');
  const running = parts.move();
  return {
    database,
    pool,
    aws,
    clock,
    replicas: [first, ...others],
    async startJobs() {
      for (const { deps, writers, jobs } of made) await startBrokerJobs(deps, writers, jobs);
    },
    async listBuckets({ accessKeyId, secretAccessKey, sessionToken }) {
      const client = new S3Client({
        region: 'us-east-1',
        endpoint: aws.endpoint,
        forcePathStyle: true,
        credentials: { accessKeyId, secretAccessKey, sessionToken },
        maxAttempts: 1,
      });
      try {
        await client.send(new ListBucketsCommand({}));
        return 'ok';
      } catch (error) {
        return error instanceof Error ? error.name : String(error);
      } finally {
        client.destroy();
      }
    },
    close: () => running.disposeAsync(),
  };
}

interface ReplicaOptions {
  readonly database: TestDatabase;
  readonly aws: Aws;
  readonly world: World;
  readonly clock: Clock;
  readonly timeLimitMs: number;
  readonly name: string;
}

async function openReplica(options: ReplicaOptions): Promise<{ replica: Replica; close(): Promise<void> }> {
  const { database, aws, world, clock, name } = options;
  const faults: unknown[] = [];
  const report = (error: unknown): void => void faults.push(error);
  const pool = openPool({ url: database.appUrl, max: 10, onError: () => undefined });
  const jobs = createJobs({ url: database.appUrl, onError: report });
  const transact = createTransact({ db: pool.db, clock, auditKey, jobs });
  const clients = brokerClients(aws, options.timeLimitMs);
  await clients.identity();
  const { instanceArn, identityStoreId } = world.identityCenter;
  const own = { db: pool.db, transact, clock };
  const identityCenter = { instanceArn, identityStoreId, externalIssuer: issuer };
  const writers = createBoundaryWriters(
    createBoundary({
      ...own,
      aws: clients,
      policyName: 'daypass-boundary',
      identityCenter,
      writer: name,
      random: Math.random,
      report,
    }),
  );
  const deps = {
    ...own,
    targets: createTargets({ ...own, aws: clients, identityCenter }),
    report,
    objectionTo: () => Promise.resolve(null),
    endableBy: () => Promise.resolve(sql`false`),
  };
  return {
    replica: { deps, writers, jobs, faults },
    async close() {
      await jobs.stop();
      await writers.stop();
      clients.close();
      await pool.close();
    },
  };
}

function brokerClients(aws: Aws, timeLimitMs: number): AwsClients {
  const { accessKeyId, secretAccessKey, sessionToken } = aws.issueBrokerCredentials();
  return createAwsClients({
    region: 'us-east-1',
    endpoint: aws.endpoint,
    timeLimitMs,
    credentials: async () => ({ accessKeyId, secretAccessKey, sessionToken }),
  });
}

/** Makes a person known to the identity store. */
export function addToStore(world: World, personId: string): void {
  addUser(world, { userName: personId, issuer, externalId: personId });
}

/** Does `work` for each, so many at a time. */
export async function inParallel<T, R>(
  things: readonly T[],
  atOnce: number,
  work: (thing: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < things.length; i = next++) {
      const thing = things[i];
      if (thing !== undefined) results[i] = await work(thing, i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}
