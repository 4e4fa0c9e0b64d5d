import { execFile } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { fromIni } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { runOnTerminal } from '../cli/pseudo-terminal.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { type Desktop, newDesktop } from './desktop.ts';

const run = promisify(execFile);
const daypassCommand = fileURLToPath(new URL('../../bin/daypass', import.meta.url));

// The time of Daypass, of what stands in for AWS and the identity provider, of the client and of every `daypass` it runs: a test
// moves it in all of them at once.
const clockFolder = await mkdtemp(join(tmpdir(), 'daypass-clock-'));
const clockFile = join(clockFolder, 'ahead');
const movedClock = {
  MOVED_CLOCK: clockFile,
  NODE_OPTIONS: `--import ${new URL('moved-clock.mjs', import.meta.url).href}`,
};

async function setClockAhead(seconds: number): Promise<void> {
  await writeFile(`${clockFile}.new`, String(seconds * 1000));
  await rename(`${clockFile}.new`, clockFile);
}

let stack: Stack;
let erin: Desktop;
let avery: Desktop;

beforeAll(async () => {
  await setClockAhead(0);
  process.env.MOVED_CLOCK = clockFile;
  await import(new URL('moved-clock.mjs', import.meta.url).href);
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: movedClock,
  });
  erin = await newDesktop(stack.url, 'engineer', {
    ...movedClock,
    AWS_REGION: stack.aws.world.region,
    AWS_DEFAULT_REGION: stack.aws.world.region,
  });
  avery = await newDesktop(stack.url, 'approver', movedClock);
  await avery.willUse('otp');
  await daypass(avery, 'login');
  await erin.willUse('otp');
  await daypass(erin, 'login');
});
afterAll(async () => {
  for (const desktop of [erin, avery]) await desktop?.[Symbol.asyncDispose]();
  await stack?.stop();
  await rm(clockFolder, { recursive: true, force: true });
});

async function daypass(desktop: Desktop, ...args: string[]): Promise<string> {
  const { stdout } = await run(daypassCommand, args, { env: desktop.env });
  return stdout;
}

/** Asks for an entitlement as Erin and approves it as Avery. */
async function granted(entitlement: string): Promise<void> {
  const args = ['request', entitlement, '--for', '1h', '--because', 'Use it with AWS tools', '--json'];
  const { id } = JSON.parse(await daypass(erin, ...args)) as { id: string };
  await daypass(avery, 'approve', id, '--yes');
  await daypass(erin, 'wait', id);
}

/** A client for S3 through a profile of Erin's, in this process, as a program of hers would have it. */
function newClient(profile: string): S3Client {
  return new S3Client({
    endpoint: stack.aws.endpoint,
    region: stack.aws.world.region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: fromIni({
      profile,
      configFilepath: join(erin.home, '.aws/config'),
      filepath: join(erin.home, '.aws/credentials'),
      // The SDK remembers files for as long as its process lives; profiles are added here one after another.
      ignoreCache: true,
    }),
  });
}

/** Does something with Erin's environment: the SDK starts `daypass` with that of this process. */
async function asErin<T>(work: () => Promise<T>): Promise<T> {
  const saved = { ...process.env };
  Object.assign(process.env, erin.env);
  try {
    return await work();
  } finally {
    process.env = saved;
  }
}

/** What `aws --version` says; null where it is not installed. */
async function awsCliVersion(): Promise<string | null> {
  try {
    const { stdout, stderr } = await run('aws', ['--version'], { env: erin.env });
    return /aws-cli\/\S+/.exec(`${stdout}${stderr}`)?.[0] ?? null;
  } catch {
    return null;
  }
}

/** Lists the buckets with the AWS CLI where there is one, else with the JavaScript SDK. Returns their names and which it was. */
async function listBuckets(profile: string): Promise<{ client: string; names: unknown[] }> {
  const client = await awsCliVersion();
  if (client !== null) {
    // Version 2.9 and older know no AWS_ENDPOINT_URL.
    const args = ['--profile', profile, '--endpoint-url', stack.aws.endpoint, '--output', 'json'];
    const { stdout } = await run('aws', [...args, 's3api', 'list-buckets'], { env: erin.env });
    const { Buckets } = JSON.parse(stdout) as { Buckets: { Name: string }[] };
    return { client, names: Buckets.map(({ Name }) => Name) };
  }
  const { Buckets = [] } = await asErin(() => newClient(profile).send(new ListBucketsCommand({})));
  return { client: 'AWS SDK for JavaScript, fromIni', names: Buckets.map(({ Name }) => Name) };
}

test('a real AWS client works through the profile that `aws configure` wrote, and fetches once for many commands', {
  timeout: 120_000,
}, async () => {
  await granted('prod/readonly');
  await daypass(erin, 'aws', 'configure', 'prod/readonly');
  const before = stack.aws.log.length;
  const { client, names } = await listBuckets('prod/readonly');
  // Past the test runner, which keeps what passing tests print to itself.
  process.stderr.write(`AWS client: ${client}\n`);
  expect(names).toEqual(['prod-data']);
  await listBuckets('prod/readonly');
  const actions = stack.aws.log.slice(before).map(({ action }) => action);
  expect(actions.filter((action) => action === 'ListBuckets')).toHaveLength(2);
  expect(actions.filter((action) => action === 'AssumeRole')).toHaveLength(1);
});

test('on a terminal, too weak a sign-in is raised and the credentials printed by one command', {
  timeout: 120_000,
}, async () => {
  await daypass(erin, 'logout');
  await erin.willUse('password');
  await daypass(erin, 'login');
  await expect(daypass(erin, 'creds', 'prod/readonly')).rejects.toMatchObject({ code: 4, stdout: '' });
  await erin.willUse('otp');
  const { code, shown } = await runOnTerminal([daypassCommand, 'creds', 'prod/readonly'], erin.env);
  expect(code, shown).toBe(0);
  const line = shown.split(/\r?\n/).find((each) => each.startsWith('{'));
  expect(JSON.parse(line ?? '')).toMatchObject({
    Version: 1,
    AccessKeyId: expect.stringMatching(/^ASIA/) as string,
  });
});

test('a client that lives across two expiries makes no failing call', { timeout: 180_000 }, async () => {
  await granted('prod/admin');
  await daypass(erin, 'aws', 'configure', 'prod/admin');
  const client = newClient('prod/admin');
  const before = stack.aws.log.length;
  const minutes = 57;
  try {
    for (let minute = 0; minute <= minutes; minute++) {
      await setClockAhead(minute * 60);
      const { Buckets } = await asErin(() => client.send(new ListBucketsCommand({})));
      expect(Buckets?.map(({ Name }) => Name)).toEqual(['prod-data']);
    }
    const log = stack.aws.log.slice(before);
    const calls = log.filter(({ action }) => action === 'ListBuckets');
    expect(calls).toHaveLength(minutes + 1);
    expect(calls.filter(({ status }) => status !== 200)).toEqual([]);
    // By the time of the last call two of the sessions it lived on were over, and it was on another.
    const ends = log
      .filter(({ action, issuedAccessKeyId }) => action === 'AssumeRole' && issuedAccessKeyId !== null)
      .filter(({ issuedAccessKeyId }) => calls.some(({ accessKeyId }) => accessKeyId === issuedAccessKeyId))
      .map(({ time, parameters }) => Date.parse(time) + Number(parameters.DurationSeconds) * 1000);
    expect(ends.filter((end) => end <= Date.now()).length).toBeGreaterThanOrEqual(2);
    expect(ends.at(-1)).toBeGreaterThan(Date.now());
  } finally {
    client.destroy();
    await setClockAhead(0);
  }
});
