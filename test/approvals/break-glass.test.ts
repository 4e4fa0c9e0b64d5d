import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getRequest } from '../../src/approvals/get-request.ts';
import { mayBreakGlass } from '../../src/catalog/break-glass.ts';
import { targetDigest } from '../../src/catalog/target-digest.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import { type BreakGlassWorld, breakGlassText, startBreakGlassWorld } from './break-glass-world.ts';
import { callerOf, refusalOf } from './world.ts';

let house: BreakGlassWorld;
beforeAll(async () => {
  house = await startBreakGlassWorld();
});
afterAll(() => house.world.stop());
beforeEach(async () => {
  await house.world.use(breakGlassText(house.alice.subject, house.bob.subject));
});

test('the glass is broken at once, whatever rules, tickets and steps say, and all of it is one commit', async () => {
  const { world, alice, guard, operator } = house;
  const before = await house.notices('break-glass.used');
  const made = await house.use(alice);
  expect(made).toMatchObject({ state: 'approved', breakGlass: true, waitingFor: [], replayed: false });
  expect(made.grants).toMatchObject([{ entitlement: 'prod/admin', state: 'active' }]);
  expect(await world.kinds(made.id)).toEqual([
    'breakglass.used',
    'followup.owed',
    'grant.activating',
    'grant.active',
    'grant.scheduled',
    'request.approved',
    'request.submitted',
  ]);
  const rules = await world.root.query<{ kind: string; rule: string; basis: string | null }>(
    `SELECT kind, leaf::jsonb ->> 'rule' AS rule, leaf::jsonb #>> '{details,basis}' AS basis FROM audit_events
     WHERE request = $1 AND kind IN ('request.submitted', 'request.approved', 'breakglass.used') ORDER BY kind`,
    [made.id],
  );
  expect(rules.rows).toEqual([
    { kind: 'breakglass.used', rule: 'prod/admin#breakGlass', basis: null },
    { kind: 'request.approved', rule: 'prod/admin#breakGlass', basis: 'break-glass' },
    { kind: 'request.submitted', rule: 'prod/admin#breakGlass', basis: null },
  ]);
  expect(await house.owed(made.id)).toMatchObject([{ entitlement: 'prod/admin', state: 'owed' }]);
  const told = (await house.notices('break-glass.used')).slice(before.length);
  expect(told).toMatchObject([
    { request: made.id, body: { person: alice.id, entitlements: ['prod/admin'] } },
  ]);
  expect(told[0]?.people.toSorted()).toEqual([guard.id, operator.id].toSorted());
  expect(house.announced.at(-1)).toEqual({
    request: made.id,
    person: alice.id,
    entitlements: ['prod/admin'],
    until: new Date(world.now().getTime() + 900_000).toISOString(),
  });
});

test('only people who are named may, and others get the answer that the visibility of the entitlement gives', async () => {
  const { engineer, bob, guard } = house;
  expect(await refusalOf(house.use(engineer))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/admin#breakGlass' },
  });
  expect(await refusalOf(house.use(bob, { entitlements: ['prod/plain'] }))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/plain#breakGlass' },
  });
  const hidden = await refusalOf(house.use(bob, { entitlements: ['secret/vault'] }));
  const missing = await refusalOf(house.use(bob, { entitlements: ['secret/none'] }));
  expect(hidden).toMatchObject({ code: 'not_found', message: missing.message });
  // In the group that looks afterwards, and not named.
  expect((await refusalOf(house.use(guard))).code).toBe('not_found');
  // One that names them does not bring another along.
  expect((await refusalOf(house.use(bob, { entitlements: ['prod/admin', 'prod/plain'] }))).code).toBe(
    'forbidden',
  );
});

test('whoever is named sees the entitlement, without being among those who ask', async () => {
  const made = await house.use(house.alice, { entitlements: ['secret/vault'] });
  expect(made.grants).toMatchObject([{ entitlement: 'secret/vault', state: 'active' }]);
});

test('a list that names nobody means nobody', () => {
  const { world, alice } = house;
  const entitlement = world.deps.catalog().entitlements.get('prod/admin') as Entitlement;
  const breakGlass = { ...entitlement.breakGlass, people: [] } as NonNullable<Entitlement['breakGlass']>;
  const subject = { personId: alice.id, groups: alice.groups, subject: alice.subject };
  expect(mayBreakGlass(entitlement, subject).allowed).toBe(true);
  expect(mayBreakGlass({ ...entitlement, breakGlass }, subject).allowed).toBe(false);
  expect(mayBreakGlass({ id: 'x/y' }, subject).allowed).toBe(false);
  // Nobody is nobody, whatever the list says.
  const nameless = { ...breakGlass, people: [''] };
  expect(mayBreakGlass({ id: 'x/y', breakGlass: nameless }, { ...subject, subject: '' }).allowed).toBe(false);
});

test('the strongest factor that the entitlement demands anywhere is demanded at once, and fresh', async () => {
  const { world, alice } = house;
  const weak = { assurance: { level: 'multi-factor', authenticatedAt: world.now() } } as const;
  expect(await refusalOf(house.use(alice, {}, weak))).toMatchObject({
    code: 'insufficient_assurance',
    extra: { required: { level: 'phishing-resistant', maxAgeSeconds: 300 } },
  });
  const old = new Date(world.now().getTime() - 301_000);
  const stale = { assurance: { level: 'phishing-resistant', authenticatedAt: old } } as const;
  expect((await refusalOf(house.use(alice, {}, stale))).code).toBe('insufficient_assurance');
  expect((await refusalOf(house.use(alice, { dryRun: true }, weak))).code).toBe('insufficient_assurance');
});

test('it is shorter than what people approve, and for oneself, now, and for nothing else', async () => {
  const { alice, bob } = house;
  expect(await refusalOf(house.use(alice, { durationSeconds: 1801 }))).toMatchObject({
    code: 'invalid_input',
    extra: { rule: 'prod/admin#breakGlass.maxDuration' },
  });
  // The shorter of two counts.
  const both = { entitlements: ['prod/admin', 'secret/vault'] };
  expect((await refusalOf(house.use(alice, { ...both, durationSeconds: 901 }))).message).toContain(
    'secret/vault',
  );
  const odd = [
    { startAt: '2026-11-30T09:00:00Z' },
    { for: bob.id },
    { for: alice.id },
    { extends: 'grt_00000000000000000000000000' },
    { reason: ' ' },
  ];
  for (const input of odd) expect((await refusalOf(house.use(alice, input))).code).toBe('invalid_input');
});

test('two entitlements are two grants and two follow-ups', async () => {
  const made = await house.use(house.alice, { entitlements: ['secret/vault', 'prod/admin'] });
  expect(made.grants.map(({ entitlement }) => entitlement)).toEqual(['prod/admin', 'secret/vault']);
  expect((await house.owed(made.id)).map(({ entitlement }) => entitlement)).toEqual([
    'prod/admin',
    'secret/vault',
  ]);
});

test('the same key is the same use, and a dry run is none', async () => {
  const { world, alice } = house;
  const before = await world.count('follow_ups');
  expect(await house.use(alice, { dryRun: true })).toMatchObject({
    id: null,
    breakGlass: true,
    waitingFor: [],
  });
  expect(await world.count('follow_ups')).toBe(before);
  const said = house.announced.length;
  const [first, second] = await Promise.all(
    [1, 2].map(() => house.use(alice, { idempotencyKey: 'on-fire' })),
  );
  expect(first?.id).toBe(second?.id);
  expect([first, second].filter((made) => made?.replayed === true)).toHaveLength(1);
  expect(house.announced.length).toBe(said + 1);
  expect((await refusalOf(house.use(alice, { idempotencyKey: 'on-fire', reason: 'another' }))).code).toBe(
    'idempotency_mismatch',
  );
  // What was asked for the ordinary way under the key is not the same.
  const asked = await world.ask(alice, {
    entitlements: ['prod/plain'],
    idempotencyKey: 'ordinary',
    reason: 'everything is on fire',
  });
  expect(asked.breakGlass).toBe(false);
});

test('what AWS was seen not to give is not given; what is only a warning stops nobody', async () => {
  const { world, bob } = house;
  const entitlement = world.deps.catalog().entitlements.get('prod/admin') as Entitlement;
  const finding = { check: 'role', level: 'error', stops: true, summary: 'There is no such role.' };
  await world.root.query(
    "INSERT INTO preflight_accounts (account_id, next_look_at) VALUES ('111122223333', $1)",
    [world.now()],
  );
  await world.root.query(`ALTER TABLE preflight DISABLE TRIGGER USER`);
  await world.root.query(
    `INSERT INTO preflight (entitlement, account_id, target, verdict, findings, checked_at)
     VALUES ('prod/admin', '111122223333', $1, 'error', $2, $3)`,
    [targetDigest(entitlement), JSON.stringify([finding]), world.now()],
  );
  expect((await refusalOf(house.use(bob))).code).toBe('not_possible');
  await world.root.query('UPDATE preflight SET findings = $1', [
    JSON.stringify([{ ...finding, stops: false }]),
  ]);
  expect((await house.use(bob)).state).toBe('approved');
  await world.root.query('DELETE FROM preflight');
});

test('those who are to look at it see the request; others do not', async () => {
  const { world, bob, guard, director, engineer, deps } = house;
  const made = await house.use(bob);
  const see = (person: typeof bob) => getRequest(deps, callerOf(person, world.now()), made.id ?? '');
  expect((await see(guard)).breakGlass).toBe(true);
  expect((await see(director)).id).toBe(made.id);
  expect((await refusalOf(see(engineer))).code).toBe('not_found');
});

test('somebody who has left breaks nothing', async () => {
  const { world } = house;
  const gone = await world.person('Gone', ['engineers']);
  await world.use(breakGlassText(gone.subject, house.bob.subject));
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [gone.id]);
  expect((await refusalOf(house.use(gone))).code).toBe('forbidden');
});
