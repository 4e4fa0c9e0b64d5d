import type pg from 'pg';
import { PgBoss } from 'pg-boss';
import type { Statement } from './transaction.ts';

/**
 * What each job carries: ids only, never a secret. The row it names is the truth; the job is a hint to look at it at once.
 * What may wait for the next sweep has no job.
 */
export interface JobPayloads {
  'grant.activate': { readonly grantId: string };
  'grant.end': { readonly grantId: string };
  'boundary.write': { readonly accountId: string };
}
export type JobName = keyof JobPayloads;

const queues: Record<JobName, { readonly retryLimit: number }> = {
  'grant.activate': { retryLimit: 20 },
  'grant.end': { retryLimit: 100 },
  'boundary.write': { retryLimit: 5 },
};
// Of these one look serves many: a worker takes all that wait.
const batchSizes: Partial<Record<JobName, number>> = { 'boundary.write': 200 };
const jobNames = Object.keys(queues) as JobName[];
const schema = 'pgboss';

export interface EnqueueOptions {
  /** When to run; at once when left out. */
  readonly at?: Date;
}

export interface Jobs {
  /** What adds a job, to be written in the transaction that needs it: it exists if and only if that commits. */
  enqueue<N extends JobName>(
    name: N,
    payload: JobPayloads[N],
    options?: EnqueueOptions,
  ): Promise<readonly Statement[]>;
  /** Registers what runs for a job. It may run twice or never; a thrown error leads to another try. */
  handle<N extends JobName>(name: N, handler: (payload: JobPayloads[N]) => Promise<void>): Promise<void>;
  start(): Promise<void>;
  /** Waits for running handlers, at most ten seconds. */
  stop(): Promise<void>;
}

export interface JobsOptions {
  readonly url: string;
  readonly onError: (error: Error) => void;
}

/** The job queue in the same database (pg-boss), so that a change and the job it needs are one commit. */
export function createJobs(options: JobsOptions): Jobs {
  const boss = new PgBoss({
    connectionString: options.url,
    schema,
    max: 4,
    migrate: false,
    createSchema: false,
    schedule: false,
    useListenNotify: true,
    reindex: false,
    monitorVacuum: false,
    application_name: 'daypass-jobs',
  });
  boss.on('error', (error) => options.onError(error));
  let started = false;
  return {
    async enqueue(name, payload, enqueueOptions = {}) {
      const statements: Statement[] = [];
      await boss.send(name, payload, {
        // pg-boss hands over its statement instead of running it. It only looks for the row that it added.
        db: {
          executeSql: (text, values) => {
            statements.push({ text, values: values ?? [] });
            return Promise.resolve({ rows: [{}] });
          },
        },
        ...(enqueueOptions.at === undefined ? {} : { startAfter: enqueueOptions.at }),
        // Endings go ahead of everything.
        priority: name === 'grant.activate' ? 0 : 10,
      });
      return statements;
    },
    async handle(name, handler) {
      await boss.work<JobPayloads[typeof name]>(
        name,
        {
          pollingIntervalSeconds: 2,
          notifyPollingIntervalSeconds: 2,
          batchSize: batchSizes[name] ?? 1,
          localConcurrency: 2,
        },
        async (jobs) => {
          for (const job of jobs) await handler(job.data);
        },
      );
    },
    async start() {
      await boss.start();
      started = true;
    },
    async stop() {
      if (!started) return;
      started = false;
      await boss.stop({ graceful: true, timeout: 10_000, close: true });
    },
  };
}

/** Creates the job tables and queues as the owner, and lets the application use them. */
export async function installJobs(adminUrl: string, client: pg.Client): Promise<void> {
  const boss = new PgBoss({ connectionString: adminUrl, schema, max: 2, supervise: false, schedule: false });
  // Without a listener an error event would end the process; start() and createQueue() reject with the same error.
  boss.on('error', () => undefined);
  await boss.start();
  try {
    for (const name of jobNames) {
      const options = {
        retryLimit: queues[name].retryLimit,
        retryDelay: 1,
        retryBackoff: true,
        notify: true,
        expireInSeconds: 120,
      };
      await boss.createQueue(name, { ...options, retryDelayMax: 300, deleteAfterSeconds: 86_400 });
      await boss.updateQueue(name, options);
    }
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
  await client.query(`GRANT USAGE ON SCHEMA ${schema} TO daypass_app`);
  await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO daypass_app`);
  await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO daypass_app`);
  await client.query(`GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${schema} TO daypass_app`);
  await client.query('GRANT SELECT ON schema_migrations TO daypass_app');
}
