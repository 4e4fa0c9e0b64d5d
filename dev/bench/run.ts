import { cpus, totalmem } from 'node:os';
import { type Stack, type StackOptions, startStack } from '../demo/stack.ts';
import { hangUp, obtainCredentials, post } from './call.ts';
import { benchUsers, signInAll } from './cast.ts';
import { runScript, watchMemory } from './children.ts';
import { credentialsPlan, lifecyclePlan } from './floor-plan.ts';
import { type Load, type Measured, together } from './measure.ts';
import {
  type FloorOrder,
  type FloorPlan,
  type LiveGrant,
  type LoadOrder,
  sessionsAGrant,
  type Token,
} from './plan.ts';
import type { Results, Round } from './report.ts';
import { makeScratchTables, readSample, withClient } from './sample.ts';

export interface BenchOptions {
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly clients: readonly number[];
  readonly processes: readonly number[];
  /** How often Daypass is started to see how long it takes. */
  readonly starts: number;
  readonly program: NonNullable<StackOptions['program']>;
  readonly onStep: (text: string) => void;
  /** Extra environment of Daypass, such as NODE_OPTIONS for a profile. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Connections of a Daypass process, and of a process of the floor. */
const poolSize = 10;
// Far more than two cores can do, so that no grant is used beyond its limit.
const mostSessionsASecond = 400;

interface Bench {
  readonly options: BenchOptions;
  readonly stack: Stack;
  readonly ownerUrl: string;
  readonly requesters: readonly Token[];
  readonly approvers: readonly Token[];
  readonly plans: { readonly lifecycles: FloorPlan; readonly credentials: FloorPlan };
}

/** Starts everything, measures each scenario beside its floor, stops everything. */
export async function runBench(options: BenchOptions): Promise<Omit<Results, 'cli'>> {
  const stack = await startStack({
    onStep: options.onStep,
    program: options.program,
    users: benchUsers,
    environment: {
      ...options.environment,
      DATABASE_POOL_SIZE: String(poolSize),
      // One line for each call would make the disk part of what is compared.
      LOG_LEVEL: 'warn',
    },
  });
  const interrupted = () => void stack.stop().then(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const ownerUrl = stack.postgres.url(stack.database, 'owner');
    const people = await signInAll(stack.url);
    options.onStep(`${benchUsers.length} people are signed in`);
    await makeScratchTables(ownerUrl);
    const bench = { options, stack, ownerUrl, ...people, plans: await planFloor(stack, ownerUrl, people) };
    const idle = watchMemory(pidsOf([stack.daypass]));
    const readyMs = await timeStarts(stack, options.starts);
    const idleBytes = await idle.stop();
    const rounds: Round[] = [];
    const daypasses = [{ url: stack.url, process: stack.daypass }];
    for (const count of [...options.processes].toSorted((a, b) => a - b)) {
      while (daypasses.length < count) daypasses.push(await stack.startReplica());
      for (const scenario of ['lifecycles', 'credentials'] as const)
        for (const clients of options.clients) rounds.push(await round(bench, scenario, daypasses, clients));
    }
    return { machine: machine(), settings: settings(options), readyMs, idleBytes, rounds };
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    hangUp();
    await stack.stop();
  }
}

/** Lets Daypass do the main job once, with a second session, and makes the floor's plan from what it wrote. */
async function planFloor(stack: Stack, ownerUrl: string, people: Pick<Bench, 'requesters' | 'approvers'>) {
  const token = people.requesters[0]?.token ?? '';
  const call = <T>(path: string, who: string, body?: unknown) => post<T>(`${stack.url}${path}`, who, body);
  const asked = await call<{ id: string; digest: string }>('/v1/requests', token, {
    entitlements: ['prod/admin'],
    durationSeconds: 3_600,
    reason: 'Rotate the ingress certificate',
  });
  const answer = { decision: 'approve', digest: asked.digest, comment: 'Go ahead' };
  const approved = await call<{ grants: readonly { id: string }[] }>(
    `/v1/requests/${asked.id}/reviews`,
    people.approvers[0]?.token ?? '',
    answer,
  );
  const grant = approved.grants[0]?.id ?? '';
  await obtainCredentials(stack.url, grant, token);
  await obtainCredentials(stack.url, grant, token);
  await call(`/v1/grants/${grant}/end`, token, { because: 'The work is done' });
  const sample = await readSample(ownerUrl, asked.id);
  const callOf = (sessionId: string) => {
    const entry = stack.aws.log.find(
      ({ parameters }) => parameters['RoleSessionName'] === `daypass-${sessionId}`,
    );
    if (entry === undefined) throw new Error('AWS was never asked for the session of the sample');
    return entry.parameters;
  };
  return { lifecycles: lifecyclePlan(sample, callOf), credentials: credentialsPlan(sample, callOf) };
}

type Daypasses = readonly { readonly url: string; readonly process: Stack['daypass'] }[];

async function round(
  bench: Bench,
  scenario: Round['scenario'],
  daypasses: Daypasses,
  clients: number,
): Promise<Round> {
  const { options } = bench;
  const load: Load = { clients, seconds: options.seconds, warmUpSeconds: options.warmUpSeconds };
  const order: Omit<LoadOrder, 'what'> = {
    ...load,
    urls: daypasses.map(({ url }) => url),
    requesters: bench.requesters,
    approvers: bench.approvers,
  };
  const what: LoadOrder['what'] =
    scenario === 'lifecycles'
      ? { kind: 'lifecycles' }
      : { kind: 'credentials', grants: await liveGrants(order, clients) };
  const memory = watchMemory(pidsOf(daypasses.map(({ process }) => process)));
  const daypass = await withWal(bench, () => runScript<Measured>('load.ts', { ...order, what }));
  const memoryBytes = await memory.stop();
  const floor = await withWal(bench, () => runFloor(bench, scenario, daypasses.length, load));
  const result: Round = {
    scenario,
    processes: daypasses.length,
    clients,
    daypass: daypass.measured,
    floor: floor.measured,
    walBytes: { daypass: daypass.walBytes, floor: floor.walBytes },
    memoryBytes,
  };
  const [ours, theirs] = [result.daypass, result.floor].map(({ done, seconds }) =>
    (done / seconds).toFixed(1),
  );
  options.onStep(
    `${scenario}, ${daypasses.length} × Daypass, ${clients} clients: ${ours} a second, floor ${theirs}`,
  );
  return result;
}

function liveGrants(order: Omit<LoadOrder, 'what'>, clients: number): Promise<LiveGrant[]> {
  const sessions = (order.seconds + order.warmUpSeconds) * mostSessionsASecond;
  const count = Math.max(clients, Math.ceil(sessions / sessionsAGrant));
  return runScript('load.ts', { ...order, clients: 8, what: { kind: 'grants', count } });
}

/** As many processes as Daypass has, sharing the clients. */
async function runFloor(
  { stack, ownerUrl, plans }: Bench,
  scenario: Round['scenario'],
  processes: number,
  load: Load,
): Promise<Measured> {
  const aws = {
    AWS_ENDPOINT_URL: stack.aws.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: stack.aws.brokerCredentialsUrl,
    AWS_REGION: stack.aws.world.region,
  };
  const shares = Array.from({ length: processes }, (_, i) =>
    Math.floor((load.clients + processes - 1 - i) / processes),
  );
  const runs = shares
    .filter((clients) => clients > 0)
    .map((clients) => {
      const order: FloorOrder = { ...load, clients, databaseUrl: ownerUrl, poolSize, plan: plans[scenario] };
      return runScript<Measured>('floor.ts', order, aws);
    });
  return together(await Promise.all(runs));
}

async function withWal(bench: Bench, run: () => Promise<Measured>) {
  const position = () =>
    withClient(bench.ownerUrl, async (client) => {
      const { rows } = await client.query<{ bytes: string }>(
        "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes",
      );
      return Number(rows[0]?.bytes);
    });
  const before = await position();
  const measured = await run();
  return { measured, walBytes: ((await position()) - before) / (measured.done + measured.warmUpDone) };
}

async function timeStarts(stack: Stack, starts: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < starts; i++) {
    const began = performance.now();
    const { process: replica } = await stack.startReplica();
    times.push(performance.now() - began);
    const gone = new Promise((resolve) => replica.once('exit', resolve));
    replica.kill('SIGTERM');
    await gone;
  }
  return times;
}

function pidsOf(processes: readonly Stack['daypass'][]): number[] {
  return processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
}

function machine() {
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

function settings({ seconds, warmUpSeconds }: BenchOptions) {
  return { seconds, warmUpSeconds, poolSize, synchronousCommit: 'on', fsync: 'off' };
}
