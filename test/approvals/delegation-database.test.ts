import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from '../../src/db/drizzle.ts';
import { newId } from '../../src/db/ids.ts';
import { delegations } from '../../src/db/schema.ts';
import { delegatingCatalog, end, hand } from './delegating.ts';
import { callerOf, startWorld, type TestPerson, type World } from './world.ts';

// What PostgreSQL holds, whatever the code above it does: as the application, past its use cases.

let world: World;
let app: pg.Client;
let owner: TestPerson;
let deputy: TestPerson;
let engineer: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(delegatingCatalog);
  app = new pg.Client({ connectionString: world.database.appUrl });
  await app.connect();
  engineer = await world.person('Erin', ['engineers']);
  owner = await world.person('Olga', ['approvers']);
  deputy = await world.person('Dee', ['deputies']);
});
afterAll(async () => {
  await app.end();
  await world.stop();
});

type Row = typeof delegations.$inferInsert;
const rowOf = (over: Partial<Row> = {}): Row => ({
  id: newId('dlg', world.now()),
  principal: owner.id,
  delegate: deputy.id,
  startsAt: world.now(),
  endsAt: new Date(world.now().getTime() + 3_600_000),
  because: 'To see',
  createdAt: world.now(),
  ...over,
});

/** Writes a delegation with an event of one's choosing. */
function write(row: Row, event: Record<string, unknown> | null = {}, actor: TestPerson = owner) {
  return world.deps.transact(callerOf(actor, world.now()).context, async (work) => {
    await work.queries.insert(delegations).values(row);
    if (event === null) return;
    work.audit({
      kind: 'delegation.created',
      outcome: 'success',
      subject: row.delegate,
      details: { delegation: row.id },
      ...event,
    });
  });
}

test('it is made with its own event, by the one whose right it is', async () => {
  await write(rowOf());
  const other = await hand(world, owner, deputy);
  for (const [event, actor] of [
    [null, owner],
    [{ kind: 'delegation.ended' }, owner],
    [{ subject: owner.id }, owner],
    [{ details: { delegation: other.id } }, owner],
    [{}, deputy],
  ] as const) {
    await expect(write(rowOf(), event, actor)).rejects.toMatchObject({
      constraint: 'delegations_created',
    });
  }
  await expect(write(rowOf({ endedAt: world.now() }))).rejects.toMatchObject({
    constraint: 'delegations_created',
  });
});

test.each<[string, (at: (days: number) => Date) => Partial<Row>]>([
  ['delegations_id_is_delegation', () => ({ id: 'dlg_1' })],
  ['delegations_to_somebody_else', () => ({ delegate: owner.id })],
  ['delegations_period', (at) => ({ endsAt: at(30.001) })],
  ['delegations_period', (at) => ({ endsAt: at(0) })],
  ['delegations_period', (at) => ({ startsAt: at(-1) })],
  ['delegations_some_entitlements', () => ({ entitlements: [] })],
  ['delegations_some_entitlements', () => ({ entitlements: Array.from({ length: 21 }, String) })],
  ['delegations_some_entitlements', () => ({ entitlements: ['prod/*', null as unknown as string] })],
  ['delegations_principal', () => ({ principal: `prs_${'0'.repeat(26)}` })],
  ['delegations_delegate', () => ({ delegate: `prs_${'0'.repeat(26)}` })],
])('%s holds', async (constraint, change) => {
  const at = (days: number) => new Date(world.now().getTime() + days * 86_400_000);
  await expect(write(rowOf(change(at)))).rejects.toMatchObject({ cause: { constraint } });
});

test.each([
  'principal = delegate, delegate = principal',
  `ends_at = ends_at + interval '1 day'`,
  `starts_at = starts_at + interval '1 second'`,
  'entitlements = NULL',
  `because = 'Other'`,
  'created_at = now()',
])('nothing of it changes once it is made: %s', async (change) => {
  const { id } = await hand(world, owner, deputy, { entitlements: ['prod/*'] });
  await expect(app.query(`UPDATE delegations SET ${change} WHERE id = $1`, [id])).rejects.toMatchObject({
    code: '42501',
  });
  await expect(world.root.query(`UPDATE delegations SET ${change} WHERE id = $1`, [id])).rejects.toThrow(
    /never changes once written/,
  );
});

test('it cannot be deleted', async () => {
  for (const statement of ['DELETE FROM delegations', 'TRUNCATE delegations CASCADE']) {
    await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
    await expect(world.root.query(statement)).rejects.toThrow(/append only/);
  }
});

test('it ends once, for good, and with its event, in the name of whoever ended it', async () => {
  const { id } = await hand(world, owner, deputy);
  const refused = { constraint: 'delegations_ended' };
  await expect(
    app.query('UPDATE delegations SET ended_at = $2, ended_by = $3 WHERE id = $1', [
      id,
      world.now(),
      owner.id,
    ]),
  ).rejects.toMatchObject(refused);
  const ending = (set: Partial<Row>, actor = owner) =>
    world.deps.transact(callerOf(actor, world.now()).context, async (work) => {
      await work.queries.update(delegations).set(set).where(eq(delegations.id, id));
      work.audit({ kind: 'delegation.ended', outcome: 'success', details: { delegation: id } });
    });
  await expect(ending({ endedAt: world.now(), endedBy: deputy.id })).rejects.toMatchObject(refused);
  await expect(ending({ endedAt: world.now() })).rejects.toMatchObject(refused);
  await end(world, owner, id);
  await expect(ending({ endedAt: null, endedBy: null })).rejects.toMatchObject(refused);
  await expect(ending({ endedBy: deputy.id }, deputy)).rejects.toMatchObject(refused);
});

test('nobody answers for another but by a delegation between the two that counts', async () => {
  const asked = await world.ask(engineer, { entitlements: ['prod/two'] });
  const other = await world.person('Abe', ['approvers']);
  const write = (over: { reviewer?: string; for?: string | null; by: string | null; at?: Date }) =>
    app.query(
      `INSERT INTO reviews (id, request_id, reviewer, decision, digest, via, created_at, on_behalf_of, delegation)
       VALUES ($1, $2, $3, 'approve', $4, 'cli', $5, $6, $7)`,
      [
        newId('rev', world.now()),
        asked.id,
        over.reviewer ?? deputy.id,
        asked.digest,
        over.at ?? world.now(),
        over.for === undefined ? owner.id : over.for,
        over.by,
      ],
    );
  const { id } = await hand(world, owner, deputy);
  const ended = await hand(world, owner, deputy);
  await end(world, owner, ended.id);
  const upcoming = await hand(world, owner, deputy, {
    startsAt: new Date(world.now().getTime() + 60_000).toISOString(),
  });
  const refused = { constraint: 'reviews_by_delegation' };
  await expect(write({ by: ended.id })).rejects.toMatchObject(refused);
  await expect(write({ by: upcoming.id })).rejects.toMatchObject(refused);
  await expect(write({ by: id, reviewer: engineer.id })).rejects.toThrow();
  await expect(write({ by: id, reviewer: other.id })).rejects.toMatchObject(refused);
  await expect(write({ by: id, for: other.id })).rejects.toMatchObject(refused);
  await expect(write({ by: id, at: new Date(world.now().getTime() + 90_000_000) })).rejects.toMatchObject(
    refused,
  );
  await expect(write({ by: null })).rejects.toMatchObject({ constraint: 'reviews_on_behalf_by_delegation' });
  await expect(write({ by: id, for: null })).rejects.toMatchObject(refused);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [owner.id]);
  await expect(write({ by: id })).rejects.toMatchObject(refused);
  await world.root.query('UPDATE people SET deactivated_at = NULL WHERE id = $1', [owner.id]);
  await write({ by: id });
  await expect(
    world.root.query('UPDATE reviews SET delegation = $2 WHERE request_id = $1', [asked.id, upcoming.id]),
  ).rejects.toThrow(/never changes once written/);
});
