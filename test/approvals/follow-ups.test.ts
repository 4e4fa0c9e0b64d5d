import { afterEach, beforeEach, expect, test } from 'vitest';
import { followUpTransitions } from '../../src/approvals/follow-up-states.ts';
import { type BreakGlassWorld, breakGlassText, startBreakGlassWorld } from './break-glass-world.ts';
import { refusalOf } from './world.ts';

const hour = 3600;

let house: BreakGlassWorld;
beforeEach(async () => {
  house = await startBreakGlassWorld();
});
afterEach(() => house.world.stop());

async function used(person = house.bob) {
  const made = await house.use(person);
  const [owed] = await house.owed(made.id);
  if (owed === undefined) throw new Error('nothing is owed');
  return { request: made.id, id: owed.id };
}

test('the legal steps are the same in the code and in the database', async () => {
  const { rows } = await house.world.root.query('SELECT from_state, to_state FROM follow_up_transitions');
  const inDatabase = rows.map(({ from_state, to_state }) => `${from_state} ${to_state}`);
  expect(inDatabase.toSorted()).toEqual(followUpTransitions.map((step) => step.join(' ')).toSorted());
});

test('somebody whom the rule names says what they found, with a second factor, once', async () => {
  const { world, guard } = house;
  const { id, request } = await used();
  const weak = { assurance: { level: 'single-factor', authenticatedAt: world.now() } } as const;
  expect((await refusalOf(house.finish(guard, { id }, weak))).code).toBe('insufficient_assurance');
  expect((await refusalOf(house.finish(guard, { id, comment: '  ' }))).code).toBe('invalid_input');
  const done = await house.finish(guard, { id, verdict: 'not-justified', comment: 'a sign-off was near' });
  expect(done).toMatchObject({
    id,
    request,
    state: 'done',
    verdict: 'not-justified',
    comment: 'a sign-off was near',
    doneBy: { id: guard.id, name: 'Gus' },
    person: { id: house.bob.id, name: 'Bob' },
    overdueAt: null,
    mayFinish: false,
  });
  expect((await refusalOf(house.finish(guard, { id }))).code).toBe('already_decided');
  expect(await world.kinds(request)).toContain('followup.done');
});

test('never whoever used it, though they are among those who look', async () => {
  const { alice } = house;
  const { id } = await used(alice);
  expect(alice.groups).toContain('security');
  expect(await refusalOf(house.finish(alice, { id }))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/admin#breakGlass.followUp' },
  });
  // What Bob did is hers to look at.
  expect((await house.finish(alice, await used())).state).toBe('done');
});

test('to those who may not see it a follow-up does not exist; groups are those of now', async () => {
  const { world, engineer, guard, operator } = house;
  const { id } = await used();
  const nowhere = { id: 'fup_00000000000000000000000000' };
  const missing = await refusalOf(house.finish(engineer, nowhere));
  expect(await refusalOf(house.finish(engineer, { id }))).toMatchObject({
    code: 'not_found',
    message: missing.message,
  });
  // An operator sees it, and the rule does not name them.
  expect((await refusalOf(house.finish(operator, { id }, { isOperator: true }))).code).toBe('forbidden');
  await world.root.query("UPDATE people SET groups = '{}' WHERE id = $1", [guard.id]);
  expect((await refusalOf(house.finish(guard, { id }))).code).toBe('not_found');
});

test('those of the escalation may once it is due, not before', async () => {
  const { world, director } = house;
  const { id } = await used();
  expect((await refusalOf(house.finish(director, { id }))).code).toBe('forbidden');
  world.move(12 * hour);
  expect((await house.finish(director, { id })).state).toBe('done');
});

test('who looks is decided by the catalog in force; where it says nothing any more, by what it said then', async () => {
  const { world, alice, bob, guard, director } = house;
  const text = breakGlassText(alice.subject, bob.subject);
  const { id } = await used();
  await world.use(
    text.replace('by: { groups: [security] }\n        within', 'by: { groups: [directors] }\n        within'),
  );
  expect((await refusalOf(house.finish(guard, { id }))).code).toBe('not_found');
  await world.use(text.replace(/ {4}breakGlass:\n(?: {6,}.*\n)+/, ''));
  expect((await refusalOf(house.finish(director, { id }))).code).toBe('forbidden');
  expect((await house.finish(guard, { id })).state).toBe('done');
});

test('what is due becomes overdue, loudly, and again every day until somebody has looked', async () => {
  const { world, guard, director, operator, alice, bob } = house;
  const { id, request } = await used();
  world.move(24 * hour - 1);
  expect(await house.sweep()).toBe(0);
  world.move(1);
  expect(await house.sweep()).toBe(1);
  expect(await house.sweep()).toBe(0);
  expect(await world.kinds(request)).toContain('followup.overdue');
  const [first] = await house.notices('follow-up.overdue');
  expect(first).toMatchObject({ request, body: { followUp: id, person: bob.id, entitlement: 'prod/admin' } });
  expect(first?.people.toSorted()).toEqual(
    [alice, guard, director, operator].map((one) => one.id).toSorted(),
  );
  world.move(24 * hour - 1);
  await house.sweep();
  expect(await house.notices('follow-up.overdue')).toHaveLength(1);
  world.move(1);
  await house.sweep();
  expect(await house.notices('follow-up.overdue')).toHaveLength(2);
  // Late is better than never, and it stays said that it was late.
  const done = await house.finish(guard, { id });
  expect(done.overdueAt).not.toBe(null);
  world.move(48 * hour);
  await house.sweep();
  expect(await house.notices('follow-up.overdue')).toHaveLength(2);
});

test('while a follow-up is overdue its person uses no other, swept or not; others do', async () => {
  const { world, alice, bob, guard } = house;
  const { id } = await used();
  expect((await house.use(bob)).state).toBe('approved');
  world.move(24 * hour);
  const refused = await refusalOf(house.use(bob));
  expect(refused.code).toBe('forbidden');
  expect(refused.message).toContain(id);
  expect(refused.message).toContain('security, or directors');
  expect(refused.extra).toMatchObject({ rule: 'prod/admin#breakGlass.followUp' });
  expect((await refusalOf(house.use(bob, { dryRun: true }))).code).toBe('forbidden');
  await house.sweep();
  expect((await refusalOf(house.use(bob))).code).toBe('forbidden');
  expect((await house.use(alice)).state).toBe('approved');
  for (const owed of (await house.list(guard, { toDo: true })).items) {
    if (owed.person.id === bob.id) await house.finish(guard, { id: owed.id });
  }
  expect((await house.use(bob)).state).toBe('approved');
});

test('a use that comes while another becomes overdue waits, sees it and is refused', async () => {
  const { world, bob } = house;
  const { id } = await used();
  world.move(24 * hour);
  const sweep = world.root;
  await sweep.query('BEGIN');
  await sweep.query('ALTER TABLE follow_ups DISABLE TRIGGER follow_ups_have_event');
  await sweep.query(
    "UPDATE follow_ups SET state = 'overdue', overdue_at = due_at, told_at = due_at WHERE id = $1",
    [id],
  );
  // By the clock of its process it is not due yet: what counts is what the sweep has said.
  world.move(-1);
  const second = refusalOf(house.use(bob));
  await waitingForTurn();
  await sweep.query('COMMIT');
  expect((await second).code).toBe('forbidden');

  async function waitingForTurn() {
    const { rows } = await house.world.pool.db.$client.query<{ n: number }>(
      "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted",
    );
    if ((rows[0]?.n ?? 0) === 0) await waitingForTurn();
  }
});

test('two uses at once are two uses, each with its own follow-up', async () => {
  const made = await Promise.all([house.use(house.bob), house.use(house.bob)]);
  for (const { id } of made) expect(await house.owed(id)).toHaveLength(1);
});

test('of two who look at once one is heard', async () => {
  const { guard, alice } = house;
  const { id } = await used();
  const answers = await Promise.allSettled([house.finish(guard, { id }), house.finish(alice, { id })]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

test('the list shows what the caller may see, and what they are to look at', async () => {
  const { world, bob, alice, guard, director, engineer, operator } = house;
  const first = await used();
  world.move(1);
  const second = await used(alice);
  const ids = async (...args: Parameters<BreakGlassWorld['list']>) =>
    (await house.list(...args)).items.map(({ id }) => id);
  expect(await ids(guard)).toEqual([second.id, first.id]);
  expect(await ids(guard, { toDo: true })).toEqual([second.id, first.id]);
  expect(await ids(alice, { toDo: true })).toEqual([first.id]);
  expect(await ids(alice, { mine: true })).toEqual([second.id]);
  expect(await ids(bob)).toEqual([first.id]);
  expect(await ids(bob, { toDo: true })).toEqual([]);
  // Sees it already, and may not look yet.
  expect(await ids(director)).toEqual([second.id, first.id]);
  expect(await ids(director, { toDo: true })).toEqual([]);
  expect(await ids(engineer)).toEqual([]);
  expect(await ids(operator)).toEqual([]);
  await house.finish(guard, { id: first.id });
  expect(await ids(guard, { state: 'done' })).toEqual([first.id]);
  const page = await house.list(guard, { limit: 1 });
  expect(page.items.map(({ id }) => id)).toEqual([second.id]);
  expect(await ids(guard, { limit: 1, cursor: page.next ?? '' })).toEqual([first.id]);
  expect((await refusalOf(house.list(guard, { cursor: 'cmVxXzAw' }))).code).toBe('invalid_input');
});
