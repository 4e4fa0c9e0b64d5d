import { afterAll, beforeAll, expect, test } from 'vitest';
import { getInsight } from '../../src/approvals/get-insight.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { newId } from '../../src/db/ids.ts';
import { callerOf, catalogText, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
});
afterAll(() => world.stop());

const insight = (person: TestPerson, { id }: { readonly id: string | null }, over: Partial<Caller> = {}) =>
  getInsight(world.deps, callerOf(person, world.now(), over), id ?? '');

/** A grant of the engineer, with sessions that began and ended so many minutes after it. */
async function granted(...sessions: (readonly [from: number, to: number])[]) {
  const asked = await world.ask(engineer);
  const { grants } = await world.answer(approver, asked);
  const start = world.now().getTime();
  const at = (minute: number) => new Date(start + minute * 60_000);
  for (const [from, to] of sessions) {
    // Of issuing there is nothing here: the rows are as it leaves them.
    await world.root.query('BEGIN');
    await world.root.query('SET LOCAL session_replication_role = replica');
    await world.root.query(
      `INSERT INTO sessions (id, grant_id, sign_in_id, state, prior_state, role_session_name, duration_seconds, last_possible_use, created_at, settled_at, access_key_id, expiration)
       VALUES ($1, $2, 'sgn', 'issued', 'issuing', $1, 900, $4, $3, $3, 'ASIA', $4)`,
      [newId('ses', at(from)), grants[0]?.id, at(from), at(to)],
    );
    await world.root.query('COMMIT');
  }
  world.move(3600);
}

test('the last grants with what was done under each, the last use, the usual length, and how often it was asked for', async () => {
  await granted();
  await granted([0, 3]);
  await granted([0, 6], [5, 11]);
  await world.answer(approver, await world.ask(engineer), 'deny');
  const request = await world.ask(engineer);
  const { entitlements } = await insight(approver, request);
  expect(entitlements).toMatchObject([
    {
      id: 'prod/admin',
      lastGrants: [
        { used: true, sessions: 2, usedSeconds: 11 * 60 },
        { used: true, sessions: 1, usedSeconds: 3 * 60 },
        { used: false, sessions: 0, usedSeconds: null, lastSessionAt: null },
      ],
      lastUsedAt: expect.any(String),
      typicalUseSeconds: 11 * 60,
      asked: 4,
      denied: 1,
      actions: null,
      limits: [expect.stringContaining('cannot go on'), expect.stringContaining('cannot make lasting')],
    },
  ]);
  world.move(91 * 86_400);
  const later = await insight(approver, await world.ask(engineer));
  expect(later.entitlements[0]).toMatchObject({ asked: 0, denied: 0 });
  expect(later.entitlements[0]?.lastGrants).toHaveLength(3);
});

test('who never had it, never had it', async () => {
  const fresh = await world.person('Frida', ['engineers']);
  const { entitlements } = await insight(approver, await world.ask(fresh));
  expect(entitlements).toMatchObject([
    { lastGrants: [], lastUsedAt: null, typicalUseSeconds: null, asked: 0, denied: 0 },
  ]);
});

test('those who may answer it now see it, operators and auditors; not who asked, and to others there is no request', async () => {
  const request = await world.ask(engineer);
  const nobody = await world.person('Sam', ['others']);
  expect((await insight(nobody, request, { isAuditor: true })).request).toBe(request.id);
  expect((await insight(nobody, request, { isOperator: true })).request).toBe(request.id);
  expect((await refusalOf(insight(engineer, request))).code).toBe('forbidden');
  expect((await refusalOf(insight(nobody, request))).code).toBe('not_found');
  await world.answer(approver, request);
  expect((await refusalOf(insight(approver, request))).code).toBe('already_decided');
});

test('less that the requester may ask for is named, unless it is hidden from whoever looks', async () => {
  await world.use(
    catalogText
      .replace('role: { account: prod, name: daypass-chat }', (role) => `${role}\n    actions: ["s3:Get*"]`)
      .replace('role: { account: prod, name: daypass-vault }', (role) => `${role}\n    actions: ["sqs:*"]`),
  );
  const both = await world.person('Vera', ['engineers', 'vault-people']);
  const request = await world.ask(both);
  const ids = async (person: TestPerson) =>
    (await insight(person, request)).entitlements.flatMap(({ narrower }) => narrower.map(({ id }) => id));
  expect(await ids(approver)).toEqual(['prod/chat']);
  const keeper = await world.person('Kim', ['approvers', 'vault-approvers']);
  expect(await ids(keeper)).toEqual(['prod/chat', 'secret/vault']);
});
