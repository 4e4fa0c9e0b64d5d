import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSync } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';
import { newHome, runDaypass } from '../cli/run-daypass.ts';
import { ask } from './history.ts';

// The whole service on a database that was put back to yesterday, with an anchor that was not.

let stack: Stack;
let folder: string;
const cast: Record<'engineer' | 'leaver' | 'approver' | 'operator' | 'operator2', Person> = {} as never;
const users = [
  ...DEV_USERS,
  {
    key: 'operator2',
    sub: 'u-operator2',
    name: 'Olga Operator',
    email: 'olga@example.com',
    groups: ['daypass-operators'],
  },
  { key: 'leaver', sub: 'u-leaver', name: 'Lee Leaver', email: 'lee@example.com', groups: ['engineers'] },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-restored-'));
  stack = await startStack({
    onStep: () => undefined,
    users,
    environment: { ANCHOR_FILE: join(folder, 'anchor'), TOTP: 'on' },
  });
  for (const key of ['engineer', 'leaver', 'approver', 'operator', 'operator2'] as const)
    cast[key] = new Person(stack.url, key, key);
});
afterAll(async () => {
  await stack?.stop();
  await rm(folder, { recursive: true });
});

async function stopDaypass(): Promise<void> {
  const { daypass } = stack;
  const exited = once(daypass, 'exit');
  daypass.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
}

async function sql(text: string, database = stack.database): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: stack.postgres.superuserUrl(database) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

async function getGrant(): Promise<string> {
  const { engineer, approver } = cast;
  const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', ask);
  expect(asked).toMatchObject({ status: 201 });
  const review = { decision: 'approve', digest: asked.body.digest };
  const approved = await approver.call<{ grants: { id: string }[] }>(
    'POST',
    `/v1/requests/${asked.body.id}/reviews`,
    review,
  );
  return approved.body.grants[0]?.id ?? '';
}

const readiness = async () => (await fetch(`${stack.url}/readyz`)).json();
const issue = (grant: string) => cast.engineer.call('POST', `/v1/grants/${grant}/sessions`);

test('a database put back to yesterday gives nothing until two operators have confirmed', {
  timeout: 120_000,
}, async () => {
  const { engineer, leaver, approver, operator, operator2 } = cast;
  for (const person of [engineer, approver, operator]) await person.signIn('otp');
  await leaver.signIn('password');
  const grant = await getGrant();
  expect((await issue(grant)).status).toBe(201);
  const factor = await leaver.call<{ secret: string }>('POST', '/v1/factors/totp');
  const code = (steps: number) =>
    generateSync({ secret: factor.body.secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
  expect((await leaver.call('POST', '/v1/factors/totp/confirm', { code: code(0) })).status).toBe(204);

  await stopDaypass();
  await stack.postgres.createDatabase('yesterday', { template: stack.database });
  await stack.restart();
  const used = code(1);
  expect((await leaver.call('POST', '/v1/factors/totp/verify', { code: used })).status).toBe(200);
  expect((await engineer.call('POST', `/v1/grants/${grant}/end`)).status).toBe(200);
  await fetch(`${stack.url}/oauth/revoke`, {
    method: 'POST',
    body: new URLSearchParams({ token: approver.token }),
  });
  await sql(`UPDATE people SET deactivated_at = now() WHERE subject = 'u-leaver'`);
  await stopDaypass();

  await sql(`DROP DATABASE ${stack.database}`, 'postgres');
  await sql(`ALTER DATABASE yesterday RENAME TO ${stack.database}`, 'postgres');
  await stack.restart();
  expect(await readiness()).toEqual({ ready: true, missing: [], closed: true });
  for (const person of [engineer, leaver, approver, operator])
    expect((await person.call('GET', '/v1/me')).status).toBe(401);

  // The leaver is one again as far as the database knows; a code that was used is not good a second time.
  await leaver.signIn('password');
  expect((await leaver.call('POST', '/v1/factors/totp/verify', { code: used })).status).toBe(422);

  for (const person of [engineer, approver, operator, operator2]) await person.signIn('otp');
  const [row] = await sql(`SELECT state, ended_because FROM grants WHERE id = '${grant}'`);
  expect(['ending', 'ended']).toContain(row?.['state']);
  expect(row?.['ended_because']).toBe('revoked');
  expect((await issue(grant)).status).toBe(409);
  expect(await engineer.call('POST', '/v1/requests', ask)).toMatchObject({
    status: 503,
    body: { code: 'closed' },
  });

  await using first = await newHome(stack.url, operator.token);
  await using second = await newHome(stack.url, operator2.token);
  const shown = await runDaypass(['closure'], first.env);
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(/because +the database is older/);
  expect(shown.stdout).toMatch(/look after +People who left/);
  const confirm = ['closure', 'confirm', '--because', 'Compared with CloudTrail'];
  expect(await runDaypass(confirm, first.env)).toMatchObject({ code: 2, stdout: '' });
  expect(await runDaypass([...confirm, '--checked'], first.env)).toMatchObject({
    code: 0,
    stdout: 'Confirmed. Another operator has to confirm, too.\n',
  });
  expect((await runDaypass([...confirm, '--checked'], first.env)).code).toBe(3);
  expect(await readiness()).toMatchObject({ closed: true });
  const opened = await runDaypass([...confirm, '--checked', '--json'], second.env);
  expect(JSON.parse(opened.stdout)).toMatchObject({ openedAt: expect.any(String) });
  expect(await readiness()).toEqual({ ready: true, missing: [] });
  expect((await runDaypass(['closure'], second.env)).stdout).toBe('Daypass is open.\n');
  expect((await issue(await getGrant())).status).toBe(201);

  await stopDaypass();
  await stack.restart();
  expect(await readiness()).toEqual({ ready: true, missing: [] });
});
