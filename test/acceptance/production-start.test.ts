import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { childEnvironment } from '../../dev/child-environment.ts';
import { freePort } from '../../dev/free-port.ts';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { demoWorld } from '../../dev/aws/demo-world.ts';
import { Person } from '../../dev/demo/person.ts';
import { startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { productionEnvironment } from './production-environment.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

let database: TestDatabase;
let empty: TestDatabase;
let aws: Aws;
let folder: string;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  empty = await createTestDatabase({ migrated: false });
  aws = await startAws({ world: demoWorld() });
  folder = await mkdtemp(join(tmpdir(), 'daypass-start-'));
  environment = { ...childEnvironment(), ...(await productionEnvironment(aws, database.appUrl)) };
});
afterAll(async () => {
  await aws.stop();
  await database.drop();
  await empty.drop();
  await rm(folder, { recursive: true });
});

interface Running {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

function serve(env: Record<string, string>): Running {
  const child = spawn(process.execPath, [`${root}src/main.ts`, 'serve'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

async function refused(env: Record<string, string>): Promise<string> {
  const running = serve(env);
  expect(await running.ended, running.output()).toBe(78);
  expect(running.output()).not.toContain('client-secret-of-the-test');
  return running.output();
}

test('an empty environment is refused with every missing variable at once', async () => {
  const output = await refused({ ...childEnvironment() });
  for (const name of [
    'DATABASE_URL',
    'PUBLIC_URL',
    'CATALOG',
    'OIDC_ISSUER',
    'MASTER_KEY',
    'OPERATORS_GROUP',
    'AWS_REGION',
  ]) {
    expect(output).toContain(name);
  }
});

test.each([
  ['the owner of the tables', () => ({ DATABASE_URL: database.ownerUrl }), /owns the audit tables/],
  ['a superuser', () => ({ DATABASE_URL: database.superuserUrl }), /superuser/],
  ['a database without tables', () => ({ DATABASE_URL: empty.appUrl }), /daypass migrate/],
  [
    'a database that is not there',
    () => ({ DATABASE_URL: 'postgres://daypass_app:x@127.0.0.1:9/daypass' }),
    /cannot be reached/,
  ],
])('the database is refused as %s', async (_who, change, message) => {
  expect(await refused({ ...environment, ...change() })).toMatch(message);
});

test('long-term keys are refused before any call is made with them', async () => {
  const user = aws.issueUserCredentials({ account: '999988887777', userName: 'old-habits' });
  const calls = aws.log.length;
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: _left, ...rest } = environment;
  const output = await refused({
    ...rest,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
  });
  expect(output).toContain('temporary credentials of a role');
  expect(output).not.toContain(user.secretAccessKey);
  expect(aws.log.length).toBe(calls);
});

test("an IAM user's temporary credentials are no role either", async () => {
  const user = aws.issueUserCredentials({ account: '999988887777', userName: 'old-habits', seconds: 3600 });
  aws.serveToBroker(user);
  try {
    expect(await refused(environment)).toContain('runs as a role only');
  } finally {
    aws.serveToBroker(null);
  }
});

test('a catalog with slips is refused with line numbers, and the refusal is on record', async () => {
  const catalog = join(folder, 'catalog.yaml');
  await writeFile(
    catalog,
    'version: 1\ngroups: [a]\naccounts:\n  prod: { id: 111122223333, name: Prod }\nentitlements: {}\n',
  );
  expect(await refused({ ...environment, CATALOG: catalog })).toMatch(/catalog\.yaml:4:\d+: .*quote/i);
  const client = new pg.Client({ connectionString: database.appUrl });
  await client.connect();
  const { rows } = await client.query(`SELECT outcome FROM audit_events WHERE kind = 'catalog.refused'`);
  await client.end();
  expect(rows).toEqual([{ outcome: 'failure' }]);
});

test('a catalog that wants tickets validated is refused where no validator is set', async () => {
  const catalog = join(folder, 'validated.yaml');
  await writeFile(
    catalog,
    `version: 1
groups: [a]
accounts:
  prod: { id: "111122223333" }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [a] }
    approve: { groups: [a] }
    maxDuration: 1h
    ticket: "OPS-[0-9]+"
    ticketValidated: true
`,
  );
  expect(await refused({ ...environment, CATALOG: catalog })).toContain(
    'prod/admin wants its tickets validated: set TICKET_VALIDATOR_URL and TICKET_VALIDATOR_SECRET',
  );
});

test('it starts while the identity provider is down, says what is missing while AWS is, and stops on SIGTERM', {
  timeout: 60_000,
}, async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const running = serve({ ...environment, AWS_ENDPOINT_URL_STS: nowhere });
  const address = `http://127.0.0.1:${environment.PORT}`;
  let answer: Response | null = null;
  while (answer === null) {
    if (running.child.exitCode !== null) throw new Error(running.output());
    answer = await fetch(`${address}/readyz`).catch(() => null);
  }
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ missing: ['aws'] });
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
  running.child.kill('SIGTERM');
  expect(await running.ended, running.output()).toBe(0);
  for (const line of running.output().trim().split('\n'))
    expect(JSON.parse(line)).toMatchObject({ service: 'daypass' });
});

test('a refresh that brings an IAM user, the root user or a long-term key stops the issuing until a role is back', {
  timeout: 90_000,
}, async () => {
  // The SDK takes credentials anew when less than five minutes of them are left: here always.
  const refreshing = await startAws({ world: demoWorld(), brokerCredentialSeconds: 240 });
  const { endpoint, brokerCredentialsUrl } = refreshing;
  const stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: { AWS_ENDPOINT_URL: endpoint, AWS_CONTAINER_CREDENTIALS_FULL_URI: brokerCredentialsUrl },
  });
  let log = '';
  stack.daypass.stdout?.on('data', (chunk: Buffer) => void (log += chunk.toString()));
  try {
    const engineer = new Person(stack.url, 'engineer', 'Erin Engineer');
    const approver = new Person(stack.url, 'approver', 'Avery Approver');
    await engineer.signIn('otp');
    await approver.signIn('otp');
    const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
      entitlements: ['prod/admin'],
      durationSeconds: 900,
      reason: 'See what a refresh brings',
    });
    const approved = await approver.call<{ grants: { id: string }[] }>(
      'POST',
      `/v1/requests/${asked.body.id}/reviews`,
      { decision: 'approve', digest: asked.body.digest },
    );
    const grant = `/v1/grants/${approved.body.grants[0]?.id}`;
    await expect.poll(async () => (await engineer.call('GET', grant)).body.state).toBe('active');
    const issue = () => engineer.call('POST', `${grant}/sessions`);
    const readiness = async () => (await fetch(`${stack.url}/readyz`)).json();
    const assumed = () => refreshing.log.filter(({ action }) => action === 'AssumeRole').length;
    expect((await issue()).status).toBe(201);

    const account = '999988887777';
    const soon = { sessionToken: 'a-token', expiration: new Date(Date.now() + 240_000) };
    for (const [served, advice] of [
      [
        refreshing.issueUserCredentials({ account, userName: 'old-habits', seconds: 240 }),
        'give it a task role',
      ],
      [
        { ...refreshing.issueUserCredentials({ account, userName: 'old-habits' }), ...soon },
        'take the long-term access key away',
      ],
      [{ ...refreshing.issueRootCredentials(account), ...soon }, 'take the long-term access key away'],
    ] as const) {
      // What the SDK holds of the role is good until it is replaced, which the next use starts.
      refreshing.serveToBroker(served);
      await expect.poll(async () => (await issue()).status, { interval: 250 }).toBe(503);
      const before = assumed();
      expect(await readiness()).toEqual({ ready: false, missing: ['aws'] });
      await expect.poll(() => log).toContain(advice);
      expect(await issue()).toMatchObject({ status: 503, body: { code: 'aws_unavailable' } });
      expect(assumed()).toBe(before);
      expect(log).not.toContain(served.secretAccessKey);
      log = '';
      refreshing.serveToBroker(null);
      await expect.poll(async () => (await issue()).status, { interval: 250 }).toBe(201);
      expect(await readiness()).toEqual({ ready: true, missing: [] });
    }
  } finally {
    await stack.stop();
    await refreshing.stop();
  }
});
