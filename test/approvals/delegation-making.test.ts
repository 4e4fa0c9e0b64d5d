import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DelegationInput } from '../../src/approvals/delegation-input.ts';
import { listDelegations } from '../../src/approvals/list-delegations.ts';
import { delegatingCatalog, end, hand } from './delegating.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let owner: TestPerson;
let deputy: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(delegatingCatalog);
});
beforeEach(async () => {
  owner = await world.person('Olga', ['approvers']);
  deputy = await world.person(`Dee${owner.id}`, ['deputies']);
});
afterAll(() => world.stop());

const later = (seconds: number) => new Date(world.now().getTime() + seconds * 1000).toISOString();
const day = 86_400;
const list = (person: TestPerson, input = {}, over = {}) =>
  listDelegations(world.deps, callerOf(person, world.now(), over), input);

test('it says whose right goes to whom, for what and until when, and is on record', async () => {
  const made = await hand(world, owner, `${deputy.name}@example.com`, {
    entitlements: ['stage/*', 'prod/admin', 'stage/*'],
    endsAt: later(30 * day),
  });
  expect(made).toEqual({
    id: expect.stringMatching(/^dlg_/) as string,
    principal: { id: owner.id, name: 'Olga' },
    delegate: { id: deputy.id, name: deputy.name },
    startsAt: later(0),
    endsAt: later(30 * day),
    entitlements: ['prod/admin', 'stage/*'],
    because: 'On holiday',
    createdAt: later(0),
    endedAt: null,
    endedBy: null,
    state: 'active',
    mayEnd: true,
  });
  const { rows } = await world.root.query(
    `SELECT actor, subject, leaf::jsonb -> 'details' AS details FROM audit_events
     WHERE kind = 'delegation.created' AND leaf::jsonb #>> '{details,delegation}' = $1`,
    [made.id],
  );
  expect(rows).toEqual([
    {
      actor: owner.id,
      subject: deputy.id,
      details: {
        delegation: made.id,
        startsAt: made.startsAt,
        endsAt: made.endsAt,
        entitlements: ['prod/admin', 'stage/*'],
        assurance: 'multi-factor',
      },
    },
  ]);
});

test('somebody who is not known and somebody who may not be handed it are refused in the same words', async () => {
  const gone = await world.person('Gus', ['deputies']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [gone.id]);
  const twin = await world.person('Tim', ['deputies']);
  const other = await world.person('Tom', ['deputies']);
  await world.root.query(`UPDATE personal_data SET email = 'twin@example.com' WHERE person_id = ANY ($1)`, [
    [twin.id, other.id],
  ]);
  const namesake = await world.person('Ned', ['deputies']);
  await world.root.query(`UPDATE personal_data SET email = 'Olga@example.com' WHERE person_id = $1`, [
    namesake.id,
  ]);
  const engineer = await world.person('Erin', ['engineers']);
  const names: Record<string, string> = {
    'nobody of this id': `prs_${'0'.repeat(26)}`,
    'nobody of this address': 'nobody@example.com',
    'not an id': "' OR true --",
    'no name at all': ' ',
    'somebody without the group': engineer.id,
    'their address': 'Erin@example.com',
    themselves: owner.id,
    'somebody deactivated': gone.id,
    'the address of somebody deactivated': 'Gus@example.com',
    'an address of two': 'twin@example.com',
    'an address in other letters': `${deputy.name.toUpperCase()}@EXAMPLE.COM`,
    'a pattern': '%',
  };
  const told = new Set<string>();
  for (const [what, name] of Object.entries(names)) {
    const { code, message, extra } = await refusalOf(hand(world, owner, name));
    expect(code, what).toBe('invalid_input');
    told.add(JSON.stringify([message, extra]));
  }
  expect(told.size).toBe(1);
  expect(await world.count('delegations WHERE principal = $1', [owner.id])).toBe(0);
});

test('who has no right of their own, or none within the patterns, hands nothing over, whoever they name', async () => {
  const engineer = await world.person('Erin', ['engineers']);
  const told = new Set<string>();
  for (const [from, to, entitlements] of [
    [engineer, deputy.id, null],
    [engineer, 'nobody@example.com', null],
    [owner, deputy.id, ['prod/closed', 'prod/led']],
    [owner, deputy.id, ['no/such/*']],
  ] as const) {
    const { code, message } = await refusalOf(hand(world, from, to, { entitlements }));
    expect(code).toBe('forbidden');
    told.add(message);
  }
  expect(told.size).toBe(1);
});

test('the rights are those that are stored, not those that the caller brings along', async () => {
  await world.root.query(`UPDATE people SET groups = '{}' WHERE id = $1`, [owner.id]);
  expect((await refusalOf(hand(world, owner, deputy))).code).toBe('forbidden');
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [owner.id]);
  expect((await refusalOf(hand(world, owner, deputy))).message).toContain('no longer active');
});

test('it takes two factors, shown in the last 15 minutes', async () => {
  const now = world.now();
  for (const assurance of [
    { level: 'single-factor', authenticatedAt: now },
    { level: 'multi-factor', authenticatedAt: new Date(now.getTime() - 901_000) },
  ] as const) {
    expect((await refusalOf(hand(world, owner, deputy, {}, { assurance }))).code).toBe(
      'insufficient_assurance',
    );
  }
});

test('a period is at most 30 days, begins now or within 30 days, and ends after its start', async () => {
  const wrong: Partial<DelegationInput>[] = [
    { endsAt: later(0) },
    { endsAt: later(-1) },
    { endsAt: later(30 * day + 1) },
    { startsAt: later(-1), endsAt: later(day) },
    { startsAt: later(2 * day), endsAt: later(day) },
    { startsAt: later(30 * day + 1), endsAt: later(31 * day) },
    { startsAt: later(day), endsAt: later(31 * day + 1) },
    { endsAt: '2026-11-31T00:00:00Z' },
    { endsAt: '2026-11-30' },
    { endsAt: '2026-11-30T00:00:00+01:00' },
    { endsAt: 'soon' },
    { entitlements: [] },
    { entitlements: ['prod/?'] },
    { entitlements: ['%'] },
    { entitlements: ['a'.repeat(101)] },
    { entitlements: Array.from({ length: 21 }, (_, i) => `prod/${i}`) },
    { because: ' ' },
    { because: 'x'.repeat(1001) },
    { because: 'a\u202eb' },
  ];
  for (const input of wrong) {
    expect((await refusalOf(hand(world, owner, deputy, input))).code, JSON.stringify(input)).toBe(
      'invalid_input',
    );
  }
  const made = await hand(world, owner, deputy, { startsAt: later(30 * day), endsAt: later(60 * day) });
  expect(made.state).toBe('upcoming');
});

test('nobody hands their right over without end', async () => {
  for (let i = 0; i < 50; i++) await hand(world, owner, deputy);
  expect((await refusalOf(hand(world, owner, deputy))).code).toBe('conflict');
  const [first] = (await list(owner)).items;
  await end(world, owner, first?.id ?? '');
  await hand(world, owner, deputy);
});

test('the two people, and operators, end it, once; auditors see it; to others there is none', async () => {
  const stranger = await world.person('Sam', ['approvers', 'deputies']);
  const missing = await refusalOf(end(world, stranger, `dlg_${'0'.repeat(26)}`));
  for (const [person, over] of [
    [owner, {}],
    [deputy, {}],
    [stranger, { isOperator: true }],
  ] as const) {
    const { id } = await hand(world, owner, deputy);
    const hidden = await refusalOf(end(world, stranger, id));
    expect([hidden.code, hidden.message]).toEqual(['not_found', missing.message]);
    expect((await refusalOf(end(world, stranger, id, { isAuditor: true }))).code).toBe('forbidden');
    const ended = await end(world, person, id, over);
    expect(ended).toMatchObject({ state: 'ended', endedBy: { id: person.id }, mayEnd: false });
    expect((await refusalOf(end(world, owner, id))).code).toBe('already_decided');
  }
  const { id } = await hand(world, owner, deputy, { endsAt: later(60) });
  world.move(60);
  expect((await refusalOf(end(world, owner, id))).code).toBe('already_decided');
  expect((await list(owner)).items[0]).toMatchObject({ id, state: 'over', mayEnd: false });
});

test('people see what they gave and were given; operators and auditors, when they ask for it, everything', async () => {
  const stranger = await world.person('Sam', ['approvers', 'deputies']);
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await hand(world, owner, deputy)).id);
  const idsOf = (page: { items: readonly { id: string }[] }) => page.items.map(({ id }) => id);
  const newestFirst = ids.toReversed();
  expect(idsOf(await list(owner))).toEqual(newestFirst);
  expect(idsOf(await list(deputy))).toEqual(newestFirst);
  expect(idsOf(await list(stranger))).toEqual([]);
  expect((await refusalOf(list(owner, { all: true }))).code).toBe('forbidden');
  for (const over of [{ isOperator: true }, { isAuditor: true }]) {
    expect(idsOf(await list(stranger, {}, over))).toEqual([]);
    expect(idsOf(await list(stranger, { all: true, limit: 3 }, over))).toEqual(newestFirst);
  }
  const page = await list(owner, { limit: 2 });
  expect(idsOf(await list(owner, { limit: 2, cursor: page.next ?? '' }))).toEqual(newestFirst.slice(2));
  expect(
    (await refusalOf(list(owner, { cursor: Buffer.from(`req_${'0'.repeat(26)}`).toString('base64url') })))
      .code,
  ).toBe('invalid_input');
  await end(world, owner, ids[1] ?? '');
  expect(idsOf(await list(deputy, { standing: true }))).toEqual([ids[2], ids[0]]);
});
