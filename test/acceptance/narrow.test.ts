import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { fromIni } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { type Desktop, newDesktop } from './desktop.ts';

const daypassCommand = fileURLToPath(new URL('../../bin/daypass', import.meta.url));

let stack: Stack;
let erin: Desktop;
let avery: Desktop;

beforeAll(async () => {
  stack = await startStack({ on: await testDatabaseInUse(), onStep: () => undefined });
  erin = await newDesktop(stack.url, 'engineer');
  avery = await newDesktop(stack.url, 'approver');
  for (const desktop of [erin, avery]) {
    await desktop.willUse('otp');
    await done(desktop, 'login');
  }
});
afterAll(async () => {
  for (const desktop of [erin, avery]) await desktop?.[Symbol.asyncDispose]();
  await stack?.stop();
});

async function daypass(desktop: Desktop, ...args: string[]) {
  const child = spawn(daypassCommand, args, { env: desktop.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

async function done(desktop: Desktop, ...args: string[]): Promise<string> {
  const { code, out, err } = await daypass(desktop, ...args);
  expect({ code, err }, `daypass ${args.join(' ')}`).toMatchObject({ code: 0 });
  return out;
}

const why = ['--for', '15m', '--because', 'Look at a report'];

test('found by its action, asked for with its value, read by the approver, and no wider at AWS', {
  timeout: 120_000,
}, async () => {
  const found = await done(
    erin,
    'find',
    '--action',
    's3:GetObject',
    '--resource',
    'arn:aws:s3:::prod-data/a',
  );
  const command = /daypass request (\S+) --set (\S+)/.exec(found);
  expect(command?.slice(1)).toEqual(['prod/readonly:one-bucket', 'bucket=prod-data']);
  expect(
    await daypass(erin, 'request', 'prod/readonly:one-bucket', '--set', 'bucket=*', ...why),
  ).toMatchObject({
    code: 2,
    err: expect.stringContaining('bucket must be the name of a bucket') as string,
  });
  const asked = JSON.parse(
    await done(erin, 'request', 'prod/readonly:one-bucket', '--set', 'bucket=prod-data', ...why, '--json'),
  ) as { id: string };
  const account = stack.aws.world.accounts.find(({ buckets }) =>
    buckets.some(({ name }) => name === 'prod-data'),
  );
  const bucket = account?.buckets.find(({ name }) => name === 'prod-data');
  if (account === undefined || bucket === undefined) throw new Error('no such bucket');
  bucket.objects = { a: 'mine' };
  account.buckets.push({ ...bucket, name: 'prod-other', objects: { a: 'not mine' } });

  const { out } = await daypass(avery, 'approve', asked.id, '--yes');
  expect(out).toContain('one-bucket (bucket=prod-data)');
  expect(out).toContain('arn:aws:s3:::prod-data/*');

  await done(erin, 'aws', 'configure', 'prod/readonly');
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: stack.aws.endpoint,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: fromIni({ profile: 'prod/readonly', configFilepath: `${erin.env['HOME']}/.aws/config` }),
  });
  const outcome = (send: Promise<unknown>) =>
    send.then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.name : String(error)),
    );
  const before = { ...process.env };
  Object.assign(process.env, erin.env);
  try {
    expect(await outcome(s3.send(new GetObjectCommand({ Bucket: 'prod-data', Key: 'a' })))).toBe('ok');
    expect(await outcome(s3.send(new GetObjectCommand({ Bucket: 'prod-other', Key: 'a' })))).toBe(
      'AccessDenied',
    );
    expect(await outcome(s3.send(new ListBucketsCommand({})))).toBe('AccessDenied');
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    s3.destroy();
  }
  expect(await done(erin, 'grants')).toContain('prod/readonly: one-bucket');
});

test('a bundle becomes a request for its members, and a grant for each', { timeout: 120_000 }, async () => {
  expect(await done(erin, 'entitlements')).toContain('on-call');
  const asked = JSON.parse(await done(erin, 'request', 'on-call', ...why, '--dry-run', '--json')) as {
    entitlements: { id: string }[];
    bundles: string[];
  };
  expect(asked.entitlements.map(({ id }) => id)).toEqual(['prod/readonly', 'staging/admin']);
  expect(asked.bundles).toEqual(['on-call']);
  expect(await daypass(erin, 'request', 'no-such-bundle', ...why)).toMatchObject({ code: 3 });
});
