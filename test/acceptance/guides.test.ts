import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { type Desktop, newDesktop } from './desktop.ts';
import { guideLines } from './guide-lines.ts';

// Every `daypass` command of the guides is run, in order, by the person it is written for. What stands for something of the
// reader's own (req_…, a date to come) is put in its place here; nothing else of a line is touched.

const command = fileURLToPath(new URL('../../bin/daypass', import.meta.url));
const catalog = `version: 1
groups: [engineers, prod-approvers]
people:
  erin: { subject: u-7k2m9xqd4t }
  avery: { subject: u-3wz8hc5n1r }
accounts:
  prod: { id: "111122223333", name: Production }
ruleSets:
  usual:
    ask: { groups: [engineers] }
    approve: { groups: [prod-approvers], delegates: { groups: [prod-approvers] } }
    maxDuration: 4h
    assurance: { ask: single-factor, approve: multi-factor, issue: multi-factor }
entitlements:
  prod/admin:
    use: usual
    description: Administrator
    role: { account: prod, name: daypass-admin }
    breakGlass: { people: [erin], maxDuration: 30m, followUp: { by: { people: [avery] } } }
  prod/readonly:
    use: usual
    description: Reading
    role: { account: prod, name: daypass-readonly }
    choices:
      one-bucket:
        description: One bucket
        actions: ["s3:GetObject", "s3:ListBucket"]
        resources: ["arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"]
        parameters:
          bucket: { type: s3-bucket, description: Name of the bucket }
  prod/logs:
    use: usual
    description: Logs
    role: { account: prod, name: daypass-readonly }
`;

let folder: string;
let stack: Stack;
let erin: Desktop;
let avery: Desktop;
let blake: Desktop;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-guides-'));
  await writeFile(join(folder, 'catalog.yaml'), catalog);
  // Stands for the AWS command line, which not every machine has.
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/aws'), '#!/bin/sh\necho "$@"\n');
  await chmod(join(folder, 'bin/aws'), 0o755);
  stack = await startStack({
    on: await testDatabaseInUse(),
    environment: { CATALOG: join(folder, 'catalog.yaml') },
    onStep: () => undefined,
  });
  const path = { PATH: `${join(folder, 'bin')}:${process.env.PATH ?? ''}` };
  erin = await newDesktop(stack.url, 'engineer', path);
  avery = await newDesktop(stack.url, 'approver', path);
  blake = await newDesktop(stack.url, 'approver2', path);
  for (const desktop of [erin, avery, blake]) {
    await desktop.willUse('otp');
    await done(desktop, 'login');
  }
});
afterAll(async () => {
  for (const desktop of [erin, avery, blake]) await desktop?.[Symbol.asyncDispose]();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(desktop: Desktop, args: readonly string[]) {
  const child = spawn(command, args, { env: desktop.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => void (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

async function done(desktop: Desktop, ...args: string[]): Promise<string> {
  const { code, out, err } = await run(desktop, args);
  expect({ code, err }, `daypass ${args.join(' ')}`).toMatchObject({ code: 0 });
  return out;
}

async function json<T>(desktop: Desktop, ...args: string[]): Promise<T> {
  return JSON.parse(await done(desktop, ...args, '--json')) as T;
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly state: string; readonly entitlement?: string }[];
}

async function ask(entitlements: readonly string[], ...more: string[]): Promise<string> {
  const args = [...entitlements, '--for', '1h', '--because', 'For the guide', ...more];
  return (await json<{ id: string }>(erin, 'request', ...args)).id;
}

async function approveAll(): Promise<void> {
  const { items } = await json<Listed>(avery, 'requests', '--to-review');
  for (const { id } of items) await done(avery, 'approve', id, '--yes');
}

/** A live grant that came by Avery's approval. */
async function granted(entitlement: string): Promise<string> {
  const id = await ask([entitlement]);
  await done(avery, 'approve', id, '--yes');
  const { items } = await json<Listed>(erin, 'grants');
  const found = items.find((grant) => grant.entitlement === entitlement && grant.state === 'active');
  if (found === undefined) throw new Error(`no live grant of ${entitlement}`);
  return found.id;
}

/** Lets the engineer have one live grant, as the guide takes for granted: with several, commands want its id. */
async function oneGrant(entitlement: string): Promise<void> {
  const { items } = await json<Listed>(erin, 'grants');
  const live = items.filter((grant) => grant.entitlement === entitlement && grant.state === 'active');
  if (live.length === 0) await granted(entitlement);
  for (const { id } of live.slice(1)) await done(erin, 'end', id, '--because', 'one is enough');
}

/** Approves as soon as there is something to. */
async function approveNext(): Promise<void> {
  const waiting = async () => (await json<Listed>(avery, 'requests', '--to-review')).items.length;
  await expect.poll(waiting, { timeout: 30_000 }).toBeGreaterThan(0);
  await approveAll();
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

/** A line with what is the reader's own put in its place; --yes where a person would be asked. */
function filled(line: readonly string[], id: string): string[] {
  const own = line.map((word) =>
    /^(?:req|grt|dlg|fup)_…$/.test(word) ? id : word.replace('2026-12-01', inDays(3)),
  );
  const asks = own[0] === 'approve' || own.includes('--break-glass');
  return asks ? [...own, '--yes'] : own;
}

test('every command of the engineer’s guide does what it is written for', { timeout: 180_000 }, async () => {
  const lines = await guideLines('engineer');
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines) {
    const text = line.join(' ');
    if (text === '--version') {
      await done(erin, ...line);
    } else if (text.startsWith('cancel')) {
      const { items } = await json<Listed>(erin, 'requests', '--state', 'pending');
      await done(erin, ...filled(line, items[0]?.id ?? ''));
    } else if (text.startsWith('extend')) {
      await oneGrant('prod/admin');
      await Promise.all([done(erin, ...line), line.includes('--wait') ? approveNext() : null]);
      await approveAll();
    } else if (text.includes('--colleague')) {
      await done(avery, ...line);
    } else if (text.startsWith('follow-ups done')) {
      const { items } = await json<Listed>(avery, 'follow-ups');
      await done(avery, ...filled(line, items[0]?.id ?? ''));
    } else if (text.startsWith('end ')) {
      await oneGrant('prod/admin');
      await done(erin, ...line);
    } else {
      await done(erin, ...filled(line, ''));
    }
  }
});

test('every command of the approver’s guide does what it is written for', { timeout: 180_000 }, async () => {
  const lines = await guideLines('approver');
  expect(lines.length).toBeGreaterThan(12);
  for (const line of lines) {
    const text = line.join(' ');
    let id = '';
    if (text.startsWith('withdraw')) {
      id = await ask(['prod/logs'], '--at', `${inDays(2)}T09:00:00Z`);
      await done(avery, 'approve', id, '--yes');
    } else if (text.includes('req_…')) {
      id = await ask(
        text.includes('--only') ? ['prod/admin', 'prod/readonly', 'prod/logs'] : ['prod/readonly'],
      );
    } else if (text.startsWith('end grt_')) {
      id = await granted('prod/logs');
    } else if (text.startsWith('delegations end')) {
      id = (await json<Listed>(avery, 'delegations')).items[0]?.id ?? '';
    }
    await done(avery, ...filled(line, id));
  }
});
