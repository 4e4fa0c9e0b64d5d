import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { fromIni } from '@aws-sdk/credential-providers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { type Desktop, newDesktop } from './desktop.ts';

const daypassCommand = fileURLToPath(new URL('../../bin/daypass', import.meta.url));

let stack: Stack;
let erin: Desktop;
let avery: Desktop;
let audrey: Desktop;

beforeAll(async () => {
  stack = await startStack({ on: await testDatabaseInUse(), onStep: () => undefined });
  erin = await newDesktop(stack.url, 'engineer');
  avery = await newDesktop(stack.url, 'approver');
  audrey = await newDesktop(stack.url, 'auditor');
});
afterAll(async () => {
  for (const desktop of [erin, avery, audrey]) await desktop?.[Symbol.asyncDispose]();
  await stack?.stop();
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(desktop: Desktop, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(daypassCommand, args, { env: desktop.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return { child, ended };
}

const daypass = (desktop: Desktop, ...args: string[]) => start(desktop, ...args).ended;

async function done(desktop: Desktop, ...args: string[]): Promise<string> {
  const { code, out, err } = await daypass(desktop, ...args);
  expect({ code, err }, `daypass ${args.join(' ')}`).toMatchObject({ code: 0 });
  return out;
}

async function signIn(desktop: Desktop, method: 'password' | 'otp'): Promise<void> {
  await desktop.willUse(method);
  await done(desktop, 'login');
}

test('from login to the record, on the command line alone', { timeout: 120_000 }, async () => {
  expect(await daypass(erin, 'whoami')).toMatchObject({
    code: 4,
    out: '',
    err: expect.stringContaining('daypass login') as string,
  });
  await signIn(erin, 'otp');
  await signIn(avery, 'otp');
  expect(await done(erin, 'whoami')).toContain('Erin Engineer');
  expect(await done(erin, 'entitlements')).toContain('prod/admin');

  const asked = JSON.parse(
    await done(erin, 'request', 'prod/admin', '--for', '15m', '--because', 'Try the command line', '--json'),
  ) as { id: string };
  expect(await daypass(erin, 'creds', 'prod/admin')).toMatchObject({ code: 5, out: '' });
  expect(await daypass(erin, 'approve', asked.id, '--yes')).toMatchObject({ code: 3 });
  expect(await done(avery, 'requests', '--to-review')).toContain(asked.id);
  await done(avery, 'approve', asked.id, '--yes');
  expect(await done(erin, 'wait', asked.id)).toContain('approved');

  const provided = JSON.parse(
    await done(erin, 'creds', 'prod/admin', '--format', 'credential-process'),
  ) as Record<string, unknown>;
  expect(provided).toMatchObject({
    Version: 1,
    AccessKeyId: expect.stringMatching(/^ASIA/) as string,
    Expiration: expect.stringMatching(/Z$/) as string,
  });
  const child = await daypass(
    erin,
    'exec',
    'prod/admin',
    '--',
    process.execPath,
    '-e',
    'console.log(process.env.AWS_ACCESS_KEY_ID); process.exit(7)',
  );
  expect(child).toMatchObject({ code: 7, out: expect.stringMatching(/^ASIA\w+\n$/) as string });

  await done(erin, 'end', 'prod/admin', '--because', 'done');
  expect(await daypass(erin, 'creds', 'prod/admin')).toMatchObject({ code: 3, out: '' });

  await signIn(audrey, 'otp');
  expect(await done(audrey, 'audit', '--kind', 'session.issued')).toContain('Erin Engineer');
  expect(await daypass(erin, 'audit')).toMatchObject({ code: 3 });
  await done(erin, 'logout');
  expect(await daypass(erin, 'whoami')).toMatchObject({ code: 4 });
});

test('exec asks for what is missing, waits for the approval, and runs', { timeout: 120_000 }, async () => {
  await signIn(erin, 'otp');
  await signIn(avery, 'otp');
  const running = start(
    erin,
    'exec',
    'prod/readonly',
    '--for',
    '10m',
    '--because',
    'Look around',
    '--',
    process.execPath,
    '-e',
    'console.log("ran with", process.env.AWS_ACCESS_KEY_ID.slice(0, 4))',
  );
  let waiting: { items: { id: string }[] } = { items: [] };
  while (waiting.items.length === 0)
    waiting = JSON.parse(await done(avery, 'requests', '--to-review', '--json')) as typeof waiting;
  await done(avery, 'approve', waiting.items[0]?.id ?? '', '--yes');
  expect(await running.ended).toMatchObject({ code: 0, out: 'ran with ASIA\n' });
});

test('an AWS client gets its credentials through the profile that `aws configure` wrote, the rest of the file as it was', {
  timeout: 120_000,
}, async () => {
  const before = '# mine\r\n[profile other]\r\nregion = eu-west-1\r\n';
  await mkdir(join(erin.home, '.aws'));
  const file = join(erin.home, '.aws/config');
  await writeFile(file, before);
  await signIn(erin, 'otp');
  await done(erin, 'aws', 'configure', 'prod/readonly');
  const after = await readFile(file, 'utf8');
  expect(after.startsWith(before)).toBe(true);
  const profile = /\[profile ([^\]]+)\]/.exec(after.slice(before.length))?.[1] ?? '';

  const saved = { ...process.env };
  Object.assign(process.env, erin.env);
  try {
    const client = new S3Client({
      endpoint: stack.aws.endpoint,
      region: stack.aws.world.region,
      forcePathStyle: true,
      credentials: fromIni({ profile, configFilepath: file, filepath: join(erin.home, '.aws/credentials') }),
    });
    const { Buckets } = await client.send(new ListBucketsCommand({}));
    expect(Buckets?.map((bucket) => bucket.Name)).toEqual(['prod-data']);
  } finally {
    process.env = saved;
  }
});

test('too weak a sign-in without a terminal is one line and exit code 4; nothing is written to stdout', {
  timeout: 60_000,
}, async () => {
  await signIn(erin, 'password');
  const answer = await daypass(erin, 'creds', 'prod/readonly');
  expect(answer).toMatchObject({ code: 4, out: '' });
  expect(answer.err.trimEnd().split('\n')).toHaveLength(1);
  expect(answer.err).toContain('daypass login');
});
