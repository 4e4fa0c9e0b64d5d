import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemContext } from '../../src/audit/event.ts';
import { newId } from '../../src/db/ids.ts';
import type { TestPerson } from '../approvals/world.ts';
import { type EligibilityWorld, startEligibilityWorld } from './world.ts';

// What Postgres refuses by itself, to the very role that the service runs as, whatever code runs above it.

let world: EligibilityWorld;
let app: pg.Client;
let owner: TestPerson;
let engineer: TestPerson;
let review: string;
beforeAll(async () => {
  world = await startEligibilityWorld();
  app = new pg.Client({ connectionString: world.database.appUrl });
  await app.connect();
  owner = await world.person('Olga', ['owners']);
});
beforeEach(async () => {
  await app.query('ROLLBACK');
  engineer = await world.person('Erin', ['engineers']);
  review = await world.open();
});
afterAll(async () => {
  await app.end();
  await world.stop();
});

const refused = (constraint: string) => ({ constraint });
const insertDrop = (over: { review?: string } = {}) =>
  app.query(
    `INSERT INTO eligibility_drops (id, entitlement, person_id, review_id, since) VALUES ($1, 'prod/admin', $2, $3, now())`,
    [newId('eld', world.now()), engineer.id, over.review ?? review],
  );
const decide = (decision: string, by: string | null) =>
  app.query(
    `UPDATE eligibility_items SET decision = $3, decided_by = $4, decided_at = now() WHERE review_id = $1 AND person_id = $2`,
    [review, engineer.id, decision, by],
  );

test('nobody is dropped, kept or lapses without the event of it', async () => {
  await expect(insertDrop()).rejects.toMatchObject(refused('eligibility_drops_have_event'));
  for (const [decision, by] of [
    ['keep', owner.id],
    ['drop', owner.id],
    ['lapsed', null],
  ] as const) {
    await expect(decide(decision, by)).rejects.toMatchObject(refused('eligibility_items_decided'));
  }
  await world.answerFor(owner, review, engineer, 'drop');
  const end = app.query(
    'UPDATE eligibility_drops SET ended_at = now(), ended_by_review = review_id WHERE person_id = $1',
    [engineer.id],
  );
  await expect(end).rejects.toMatchObject(refused('eligibility_drops_have_event'));
});

test('no review is opened or closed without the event of it', async () => {
  const open = app.query(
    `INSERT INTO eligibility_reviews (id, entitlement, catalog_version, state, opened_at, due_at)
     SELECT $1, 'prod/admin', catalog_version, 'open', now(), now() + interval '1 day' FROM eligibility_reviews WHERE id = $2`,
    [newId('elr', world.now()), review],
  );
  await expect(open).rejects.toMatchObject(refused('eligibility_reviews_one_open'));
  const close = app.query(
    `UPDATE eligibility_reviews SET state = 'closed', closed_at = now(), closed_because = 'due' WHERE id = $1`,
    [review],
  );
  await expect(close).rejects.toMatchObject(refused('eligibility_reviews_have_event'));
});

test('a review is not closed as due while somebody is unanswered', async () => {
  const closing = world.deps.transact(systemContext, async (work) => {
    await work.queries.execute(
      `UPDATE eligibility_reviews SET state = 'closed', closed_at = now(), closed_because = 'due' WHERE id = '${review}'`,
    );
    work.audit({
      kind: 'eligibility.closed',
      outcome: 'success',
      entitlement: 'prod/admin',
      details: { review, because: 'due' },
    });
  });
  await expect(closing).rejects.toMatchObject({ constraint: 'eligibility_reviews_all_answered' });
});

test('what is said is what holds: nobody is kept on record and dropped in fact', async () => {
  await world.answerFor(owner, review, engineer, 'drop');
  const lying = world.deps.transact(systemContext, async (work) => {
    await work.queries.execute(
      `UPDATE eligibility_items SET decision = 'keep' WHERE review_id = '${review}' AND person_id = '${engineer.id}'`,
    );
    const about = { subject: engineer.id, entitlement: 'prod/admin' };
    work.audit({ ...about, kind: 'eligibility.kept', outcome: 'success', details: { review } });
  });
  await expect(lying).rejects.toMatchObject({ constraint: 'eligibility_items_hold' });
});

test('nobody answers for themselves, and nobody is added to a review that is open', async () => {
  await expect(decide('keep', engineer.id)).rejects.toMatchObject(refused('eligibility_items_not_own'));
  const late = await world.person('Late', ['engineers']);
  const add = app.query(
    'INSERT INTO eligibility_items (review_id, person_id, uses, unused) VALUES ($1, $2, 0, true)',
    [review, late.id],
  );
  await expect(add).rejects.toMatchObject(refused('eligibility_items_come_with_review'));
});

test('nothing of it is rewritten or deleted', async () => {
  await world.answerFor(owner, review, engineer, 'drop');
  await world.answerFor(owner, review, engineer, 'keep');
  const statements = [
    `UPDATE eligibility_reviews SET due_at = due_at + interval '1 day'`,
    'UPDATE eligibility_items SET uses = 7',
    `UPDATE eligibility_drops SET since = since - interval '1 day'`,
    'DELETE FROM eligibility_drops',
    'DELETE FROM eligibility_items',
    'DELETE FROM eligibility_reviews',
  ];
  for (const statement of statements) {
    await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  }
  const again = app.query(
    'UPDATE eligibility_drops SET ended_at = now() WHERE person_id = $1 AND ended_at IS NOT NULL',
    [engineer.id],
  );
  await expect(again).rejects.toMatchObject(refused('eligibility_drops_end_once'));
});

test('a closed review is not opened again', async () => {
  world.move(10 * 86_400);
  await world.sweep();
  const reopen = app.query(
    `UPDATE eligibility_reviews SET state = 'open', closed_at = NULL, closed_because = NULL WHERE id = $1`,
    [review],
  );
  await expect(reopen).rejects.toMatchObject(refused('eligibility_reviews_legal_transition'));
});

test('what somebody who was dropped has asked for is not approved, whatever the code above says', async () => {
  const asked = await world.ask(engineer);
  await world.answerFor(owner, review, engineer, 'drop');
  const approving = world.deps.transact(systemContext, async (work) => {
    await work.queries.execute(
      `INSERT INTO reviews (id, request_id, reviewer, decision, digest, via, created_at)
       SELECT '${newId('rev', work.now)}', id, '${owner.id}', 'approve', digest, 'cli', now() FROM requests WHERE id = '${asked.id ?? ''}'`,
    );
    await work.queries.execute(
      `UPDATE requests SET state = 'approved', basis = 'reviews', decided_at = now() WHERE id = '${asked.id ?? ''}'`,
    );
    work.audit({ kind: 'request.approved', outcome: 'success', request: asked.id ?? '' });
  });
  await expect(approving).rejects.toMatchObject({ constraint: 'requests_not_dropped' });
});
