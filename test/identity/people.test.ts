import { afterAll, beforeAll, expect, test } from 'vitest';
import { peopleFor } from '../../src/approvals/approvers.ts';
import { openPool } from '../../src/db/pool.ts';
import { authenticate } from '../../src/identity/authenticate.ts';
import { getMe } from '../../src/identity/me.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('an address that was given to somebody else leads to another person', async () => {
  const first = await world.caller('engineer');
  world.idp.changeUser('stranger', { email: 'erin@example.com', name: 'Erin Engineer' });
  const second = await world.caller('stranger');
  expect(second.personId).not.toBe(first.personId);
  expect(second.groups).toEqual([]);
});

test('a person stays the same under a new name and address, with the groups of the last sign-in', async () => {
  const before = await world.caller('approver');
  world.idp.changeUser('approver', {
    name: 'Avery Newname',
    email: 'new@example.com',
    groups: ['engineers'],
  });
  const after = await world.caller('approver');
  expect(after).toMatchObject({ personId: before.personId, name: 'Avery Newname', groups: ['engineers'] });
  const { rows } = await world.pool.raw.query(
    'SELECT name, groups, deactivated_at FROM people JOIN personal_data ON person_id = id WHERE id = $1',
    [before.personId],
  );
  expect(rows).toEqual([{ name: 'Avery Newname', groups: ['engineers'], deactivated_at: null }]);
});

test('first sign-ins of one person at once make one person', async () => {
  const callers = await Promise.all([1, 2, 3, 4].map(() => world.caller('approver2')));
  expect(new Set(callers.map((caller) => caller.personId)).size).toBe(1);
  expect(new Set(callers.map((caller) => caller.signInId)).size).toBe(4);
});

test('somebody deactivated is refused at once and at the next sign-in, and that is recorded', async () => {
  const browser = world.browser();
  await world.signIn(browser, 'auditor', 'password');
  const caller = await world.callerOf(browser);
  const id = caller?.personId ?? '';
  const auditors = async () =>
    (await peopleFor(world.pool.db, [{ groups: ['daypass-auditors'], subjects: [] }]))[0];
  expect(await auditors()).toMatchObject([{ id }]);
  await world.pool.raw.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [id]);
  expect(await world.callerOf(browser)).toBeNull();
  const again = world.browser();
  expect((await world.signIn(again, 'auditor', 'otp')).body).toContain('sign_in_failed');
  expect(await world.callerOf(again)).toBeNull();
  expect(await world.events('signin.failed')).toMatchObject([
    { outcome: 'denied', actor: { type: 'person', id }, details: { reason: 'deactivated' } },
  ]);
  expect(await auditors()).toEqual([]);
});

test('no groups and no subjects mean nobody', async () => {
  const nobody = { groups: [], subjects: [] };
  expect(
    await peopleFor(world.pool.db, [nobody, { groups: ['no such group'], subjects: ['no such subject'] }]),
  ).toEqual([[], []]);
});

test('personal data appears in the record as commitments only', async () => {
  await world.caller('operator');
  const { rows } = await world.pool.raw.query('SELECT leaf FROM audit_events');
  const text = JSON.stringify(rows);
  for (const word of ['Oscar', 'oscar@example.com', '127.0.0.1']) expect(text).not.toContain(word);
});

test('I see who I am and until when', async () => {
  const caller = await world.caller('operator', 'otp');
  expect(await getMe(world.deps, caller)).toEqual({
    id: caller.personId,
    name: 'Oscar Operator',
    groups: ['daypass-operators'],
    roles: { auditor: false, operator: true },
    assurance: { level: 'multi-factor', authenticatedAt: caller.assurance.authenticatedAt.toISOString() },
    signIn: { id: caller.signInId, client: 'browser', expiresAt: expect.stringMatching(/Z$/) },
  });
});

test('while the database is out of reach nobody is known, and the answer says so', async () => {
  const gone = openPool({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1, onError: () => undefined });
  const meta = { address: null, requestId: null, client: 'cli' } as const;
  await expect(authenticate({ ...world.deps, db: gone.db }, 'dpt_x', meta)).rejects.toEqual(
    expect.objectContaining({ name: 'Refusal', code: 'audit_unavailable' }),
  );
  await gone.close();
});
