import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { addUser } from '../aws/world.ts';
import { demoWorld } from '../aws/demo-world.ts';
import { type Aws, type AwsOptions, startAws } from '../aws/aws.ts';
import type { Settling } from '../aws/sso-assignments.ts';
import { childEnvironment } from '../child-environment.ts';
import { freePort } from '../free-port.ts';
import { type Idp, startIdp } from '../idp/idp.ts';
import { DEV_USERS, type DevUser } from '../idp/users.ts';
import { type DatabaseInUse, startOwnDatabase } from './database.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that Daypass needs, and Daypass itself, on this machine. */
export interface Stack {
  readonly url: string;
  readonly postgres: DatabaseInUse['postgres'];
  readonly database: string;
  readonly idp: Idp;
  readonly aws: Aws;
  /** The Daypass that runs now. */
  readonly daypass: ChildProcess;
  /** What Daypass was started with. Carries secrets: never print it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts Daypass again at the same address, once it is gone. */
  restart(): Promise<void>;
  /** Starts another Daypass on the same database; stopped together with the rest. */
  startReplica(): Promise<Replica>;
  stop(): Promise<void>;
}

export interface Replica {
  readonly url: string;
  readonly process: ChildProcess;
}

export interface StackOptions {
  /** Told of each part as it comes up. */
  readonly onStep: (text: string) => void;
  /** Extra or other environment variables of Daypass; a function gets those it would have, and may put something in between. */
  readonly environment?:
    | Readonly<Record<string, string>>
    | ((environment: Readonly<Record<string, string>>) => Promise<Readonly<Record<string, string>>>);
  /** What Daypass is run from: the sources, when left out, or what `npm run build` made of them. */
  readonly program?: 'src/main.ts' | 'dist/main.js';
  /** How long account assignments are under way in the AWS stand-in; its own default when left out. */
  readonly settling?: Settling;
  /** A migrated database to run on, given back when the stack stops. Left out, PostgreSQL is started for it. */
  readonly on?: DatabaseInUse;
  /** Who can sign in; the demo's cast when left out. */
  readonly users?: readonly DevUser[];
  /** Another world for the AWS stand-in, or a clock of its own. */
  readonly aws?: Partial<Pick<AwsOptions, 'world' | 'clock' | 'signingClock'>>;
}

/**
 * Starts PostgreSQL, the development identity provider, the AWS stand-in and Daypass on free ports of 127.0.0.1, and waits
 * until Daypass is ready. What was started is stopped again when a later part fails.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const users = options.users ?? DEV_USERS;
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const inUse = options.on ?? (await startOwnDatabase());
    stops.push(() => inUse.stop());
    const { postgres, database } = inUse;
    options.onStep(`PostgreSQL on 127.0.0.1:${postgres.port}`);
    const clientSecret = randomBytes(24).toString('base64');
    const idp = await startIdp({
      clients: [{ clientId: 'daypass', clientSecret, redirectUris: [`${url}/oauth/callback`] }],
      users,
    });
    stops.push(() => idp.stop());
    options.onStep(`Development identity provider on ${idp.issuer}`);
    const world = options.aws?.world ?? demoWorld();
    for (const user of users)
      addUser(world, { userName: user.email, issuer: idp.issuer, externalId: user.sub });
    const aws = await startAws({
      ...options.aws,
      world,
      ...(options.settling === undefined ? {} : { settling: options.settling }),
    });
    stops.push(() => aws.stop());
    options.onStep(`AWS stand-in on ${aws.endpoint}`);

    const standard = {
      ...(await daypassEnvironment(port, url, inUse, idp, aws)),
      OIDC_CLIENT_SECRET: clientSecret,
    };
    if (options.on === undefined) await runToEnd(standard, ['migrate']);
    const other =
      typeof options.environment === 'function' ? await options.environment(standard) : options.environment;
    const environment = { ...standard, ...other };
    const serve = async (replicaPort: number): Promise<Replica> => {
      const replica = {
        url: `http://127.0.0.1:${replicaPort}`,
        process: spawnDaypass(options.program ?? 'src/main.ts', {
          ...environment,
          PORT: String(replicaPort),
        }),
      };
      stops.push(() => stopChild(replica.process));
      await untilReady(replica.process, replica.url);
      return replica;
    };
    let { process: daypass } = await serve(port);
    options.onStep(`Daypass on ${url}`);
    return {
      url,
      postgres,
      database,
      idp,
      aws,
      get daypass() {
        return daypass;
      },
      environment,
      restart: async () => {
        ({ process: daypass } = await serve(port));
      },
      startReplica: async () => serve(await freePort()),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function daypassEnvironment(
  port: number,
  url: string,
  { postgres, database }: DatabaseInUse,
  idp: Idp,
  aws: Aws,
): Promise<Record<string, string>> {
  const broker = brokerEnvironment(aws);
  return {
    ...childEnvironment(),
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    DATABASE_URL: postgres.url(database, 'app'),
    DATABASE_ADMIN_URL: postgres.url(database, 'owner'),
    CATALOG: `${root}catalog.example.yaml`,
    OIDC_ISSUER: idp.issuer,
    OIDC_CLIENT_ID: 'daypass',
    ASSURANCE_MAP: JSON.stringify({
      acr: {
        'urn:daypass:dev:single': 'single-factor',
        'urn:daypass:dev:mfa': 'multi-factor',
        'urn:daypass:dev:phr': 'phishing-resistant',
      },
      amr: { mfa: 'multi-factor' },
    }),
    MASTER_KEY: randomBytes(32).toString('base64'),
    OPERATORS_GROUP: 'daypass-operators',
    AUDITORS_GROUP: 'daypass-auditors',
    SLACK_SIGNING_SECRET: randomBytes(16).toString('hex'),
    SLACK_TEAM_IDS: 'T0DEMO',
    IDENTITY_CENTER_INSTANCE_ARN: aws.world.identityCenter.instanceArn,
    IDENTITY_STORE_ID: aws.world.identityCenter.identityStoreId,
    AWS_REGION: aws.world.region,
    AWS_SIGNIN_ENDPOINT: aws.signinEndpoint,
    LOG_LEVEL: 'info',
    ...broker,
  };
}

// The SDK's default chain finds the broker's temporary credentials as it would in a container.
function brokerEnvironment(aws: Aws): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: aws.brokerCredentialsUrl,
  };
}

function spawnDaypass(program: string, environment: Record<string, string>): ChildProcess {
  // The flags are those of `npm start`.
  return spawn(process.execPath, ['--max-semi-space-size=4', `${root}${program}`, 'serve'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function runToEnd(environment: Record<string, string>, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [`${root}src/main.ts`, ...args], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new Error(`daypass ${args.join(' ')} exited with ${code}: ${complaint.slice(-2_000)}`);
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let last = '';
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) throw new Error(`daypass serve exited with ${child.exitCode}:\n${output}`);
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(String);
    if (typeof answer === 'string') last = answer;
    else {
      last = `${answer.status} ${await answer.text().catch(String)}`;
      if (answer.ok) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`daypass serve did not become ready, and answered last: ${last}\n${output}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exited;
  clearTimeout(timer);
}
