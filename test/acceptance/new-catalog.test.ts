import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { type Ended, newHome, runDaypass } from '../cli/run-daypass.ts';
import { testDatabaseInUse } from './database-in-use.ts';

// A catalog changes under a running Daypass, and nobody restarts it. A process that is killed meanwhile loses nothing.

interface Catalogs {
  readonly inForce: { readonly version: string; readonly basis: string };
  readonly proposals: readonly { readonly version: string; readonly state: string }[];
  readonly file: { readonly problemCount: number };
}

interface Offer {
  readonly terms: { readonly maxDurationSeconds: number };
}

const example = fileURLToPath(new URL('../../catalog.example.yaml', import.meta.url));
let folder: string;
let path: string;
let original: string;
let stack: Stack;
let engineer: Person;
let operators: [Person, Person];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-catalog-'));
  path = join(folder, 'catalog.yaml');
  original = await readFile(example, 'utf8');
  await write(original);
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: { CATALOG: path },
  });
  const person = async (key: string) => {
    const one = new Person(stack.url, key, key);
    await one.signIn('otp');
    return one;
  };
  engineer = await person('engineer');
  operators = [await person('operator'), await person('operator2')];
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true });
});

/** As a deployment does it: in one step. */
async function write(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

const state = async () => (await operators[0].call<Catalogs>('GET', '/v1/catalogs')).body;
const longest = async () =>
  (await engineer.call<Offer>('GET', '/v1/entitlements/prod%2Fadmin')).body.terms.maxDurationSeconds;
const soon = { timeout: 30_000, interval: 250 };
const proposed = async () => {
  await expect.poll(async () => (await state()).proposals[0]?.state, soon).toBe('proposed');
  return (await state()).proposals[0]?.version ?? '';
};

async function daypass(operator: Person, ...args: string[]): Promise<Ended> {
  await using home = await newHome(stack.url, operator.token);
  return runDaypass(['catalog', ...args], home.env);
}

test('two operators put a new catalog in force with the command; one is not enough', {
  timeout: 90_000,
}, async () => {
  expect(await longest()).toBe(3600);
  await write(original.replace('maxDuration: 1h', 'maxDuration: 2h'));
  const version = await proposed();
  const start = version.slice(7, 15);
  expect((await daypass(operators[0], 'status')).stdout).toContain(`daypass catalog approve ${start}`);
  expect((await daypass(operators[0], 'show', start)).stdout).toContain('maxDuration: 2h');
  expect(await daypass(operators[0], 'approve', start)).toMatchObject({ code: 2 });
  expect((await daypass(operators[0], 'approve', start, '--checked')).stdout).toContain('Another operator');
  expect(await daypass(operators[0], 'approve', version, '--checked')).toMatchObject({ code: 3 });
  expect(await longest()).toBe(3600);
  expect(await daypass(operators[1], 'approve', start, '--checked')).toMatchObject({
    code: 0,
    stdout: 'Approved. The catalog is in force.\n',
  });
  expect(await longest()).toBe(7200);
  const shown = (await daypass(operators[0], 'status')).stdout;
  expect(shown).toMatch(/approved by +Oscar Operator, Olga Operator/);
});

test('a bad catalog is refused and the old one kept; a rejected one stays out', {
  timeout: 90_000,
}, async () => {
  const { version } = (await state()).inForce;
  await write(`${original}nonsense: true\n`);
  await expect.poll(async () => (await state()).file.problemCount, soon).toBe(1);
  expect((await daypass(operators[0], 'status')).stdout).toContain('unknown key');
  await write(original.replace('maxDuration: 1h', 'maxDuration: 3h'));
  const other = await proposed();
  expect(await daypass(operators[0], 'reject', other)).toMatchObject({ code: 2 });
  expect(await daypass(operators[0], 'reject', other, '--because', 'Too long')).toMatchObject({ code: 0 });
  expect(await state()).toMatchObject({
    inForce: { version },
    proposals: [{ state: 'rejected' }, { state: 'approved' }],
  });
  expect(await longest()).toBe(7200);
});

test('killed after the first approval, it goes on with the second, and replicas follow', {
  timeout: 120_000,
}, async () => {
  await write(original.replace('maxDuration: 1h', 'maxDuration: 4h'));
  const version = await proposed();
  const approve = (operator: Person) => operator.call('POST', `/v1/catalogs/${version}/approvals`);
  expect(await approve(operators[0])).toMatchObject({ status: 200, body: { state: 'proposed' } });
  const exited = once(stack.daypass, 'exit');
  stack.daypass.kill('SIGKILL');
  await exited;
  await stack.restart();
  expect(await longest()).toBe(7200);
  const replica = await stack.startReplica();
  expect(await approve(operators[1])).toMatchObject({ status: 200, body: { state: 'approved' } });
  const there = async () => {
    const answer = await fetch(`${replica.url}/v1/entitlements/prod%2Fadmin`, {
      headers: { authorization: `Bearer ${engineer.token}` },
    });
    return ((await answer.json()) as Offer).terms.maxDurationSeconds;
  };
  await expect.poll(there, soon).toBe(14_400);
});
