import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../src/db/ids.ts';
import { eq } from '../../src/db/drizzle.ts';
import { requests } from '../../src/db/schema.ts';
import { callerOf, startWorld, type TestPerson, type World } from './world.ts';

// What Postgres refuses by itself, to the very role that the service runs as, whatever code runs above it.

let world: World;
let app: pg.Client;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  app = new pg.Client({ connectionString: world.database.appUrl });
  await app.connect();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
afterAll(async () => {
  await app.end();
  await world.stop();
});

const review = (request: string | null, reviewer: string, digest: string) =>
  app.query(
    `INSERT INTO reviews (id, request_id, reviewer, decision, digest, via, created_at)
     VALUES ($1, $2, $3, 'approve', $4, 'cli', now())`,
    [newId('rev', world.now()), request, reviewer, digest],
  );

test('a change of state without its event fails at COMMIT', async () => {
  const { id } = await world.ask(engineer);
  await app.query('BEGIN');
  await app.query("UPDATE requests SET state = 'denied', decided_at = now() WHERE id = $1", [id]);
  await expect(app.query('COMMIT')).rejects.toMatchObject({ constraint: 'requests_state_has_event' });
  expect(await world.count("requests WHERE id = $1 AND state = 'pending'", [id])).toBe(1);
});

test('the event of an earlier transaction does not stand for this one', async () => {
  const { id } = await world.ask(engineer);
  await expect(app.query("UPDATE requests SET state = 'pending' WHERE id = $1", [id])).rejects.toMatchObject({
    constraint: 'requests_state_has_event',
  });
});

test.each(['pending', 'approved', 'denied', 'cancelled', 'expired'])(
  'nothing leaves a decided state: denied to %s is refused unless it changes nothing',
  async (state) => {
    const asked = await world.ask(engineer);
    await world.answer(approver, asked, 'deny');
    const decided = state === 'pending' ? 'NULL' : 'now()';
    const basis = state === 'approved' ? `'rule'` : 'NULL';
    const update = app.query(
      `UPDATE requests SET state = $2, decided_at = ${decided}, basis = ${basis} WHERE id = $1`,
      [asked.id, state],
    );
    await expect(update).rejects.toMatchObject({
      constraint: state === 'denied' ? 'requests_quiet' : 'requests_legal_transition',
    });
  },
);

test('a request cannot be born decided', async () => {
  const { id } = await world.ask(engineer);
  await expect(
    app.query(
      `INSERT INTO requests (id, requester, asked_by, asked_assurance, asked_proof_age, basis, content, digest, catalog_version, state, prior_state, created_at, expires_at, decided_at)
       SELECT $2, requester, asked_by, asked_assurance, asked_proof_age, 'rule', content, digest, catalog_version, 'approved', 'pending', created_at, expires_at, now() FROM requests WHERE id = $1`,
      [id, newId('req', world.now())],
    ),
  ).rejects.toMatchObject({ constraint: 'requests_legal_transition' });
});

test.each([
  ['asked_by', 'NULL'],
  ['asked_assurance', `'phishing-resistant'`],
  ['requester', 'NULL'],
  ['expires_at', `now() + interval '1 year'`],
])('%s never changes once written', async (column, value) => {
  const { id } = await world.ask(engineer);
  await expect(app.query(`UPDATE requests SET ${column} = ${value} WHERE id = $1`, [id])).rejects.toThrow(
    /never changes once written/,
  );
});

test.each([
  ['something else', `content = '{}'`],
  ['more time', `content = jsonb_set(content, '{durationSeconds}', '901')`],
  ['another reason', `content = jsonb_set(content, '{reason}', '"because"')`],
  ['less time, but nothing kept of what it was', `content = jsonb_set(content, '{durationSeconds}', '899')`],
  ['another digest', `digest = 'sha256:${'1'.repeat(64)}'`],
])('a request becomes %s: refused, whatever the digest', async (_, change) => {
  const { id } = await world.ask(engineer);
  for (const digest of ['', `, digest = 'sha256:${'0'.repeat(64)}'`]) {
    if (change.startsWith('digest') && digest !== '') continue;
    await expect(
      app.query(`UPDATE requests SET ${change}${digest} WHERE id = $1`, [id]),
    ).rejects.toMatchObject({
      constraint: 'requests_narrowed',
    });
  }
});

test.each(['reviews', 'rule'] as const)(
  'what rests on %s, of which there is none, is not approved',
  async (basis) => {
    const { id } = await world.ask(engineer);
    await expect(
      world.deps.transact(callerOf(engineer, world.now()).context, async (work) => {
        await work.queries
          .update(requests)
          .set({ state: 'approved', basis, decidedAt: work.now })
          .where(eq(requests.id, id ?? ''));
        work.audit({ kind: 'request.approved', outcome: 'success', request: id ?? '' });
      }),
    ).rejects.toMatchObject({ constraint: 'requests_approved' });
  },
);

test('nobody reviews their own request, nor one that they asked for, nor for somebody it is about', async () => {
  const asker = await world.person('Ash', ['engineers', 'approvers']);
  const other = await world.ask(asker, { for: engineer.id });
  await expect(review(other.id, asker.id, other.digest)).rejects.toMatchObject({
    constraint: 'reviews_not_own',
  });
  const onBehalf = app.query(
    `INSERT INTO reviews (id, request_id, reviewer, decision, digest, via, created_at, on_behalf_of)
     VALUES ($1, $2, $3, 'approve', $4, 'cli', now(), $5)`,
    [newId('rev', world.now()), other.id, approver.id, other.digest, asker.id],
  );
  await expect(onBehalf).rejects.toMatchObject({ constraint: 'reviews_not_on_behalf_of_own' });

  const both = await world.person('Bo', ['engineers', 'approvers']);
  const asked = await world.ask(both);
  await expect(review(asked.id, both.id, asked.digest)).rejects.toMatchObject({
    constraint: 'reviews_not_own',
  });
});

test('a review of another digest, of a decided request, or a second one is refused', async () => {
  const asked = await world.ask(engineer);
  await expect(review(asked.id, approver.id, `sha256:${'0'.repeat(64)}`)).rejects.toMatchObject({
    constraint: 'reviews_digest_matches',
  });
  await review(asked.id, approver.id, asked.digest);
  await expect(review(asked.id, approver.id, asked.digest)).rejects.toMatchObject({
    constraint: 'reviews_one_a_person',
  });
  const denied = await world.ask(engineer);
  await world.answer(approver, denied, 'deny');
  const late = await world.person('Late', ['approvers']);
  await expect(review(denied.id, late.id, denied.digest)).rejects.toMatchObject({
    constraint: 'reviews_of_pending',
  });
});

test.each([
  'UPDATE reviews SET decision = $$deny$$',
  'DELETE FROM reviews',
  'DELETE FROM requests',
  'TRUNCATE reviews',
])('%s is refused', async (sql) => {
  await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
});

test('a grant without an approved request behind it is refused', async () => {
  const { id } = await world.ask(engineer);
  await expect(
    app.query(
      `INSERT INTO grants (id, request_id, person_id, entitlement, terms, state, prior_state, starts_at, ends_at, created_at)
       VALUES ($1, $2, $3, 'prod/admin', '{}', 'scheduled', 'new', now(), now() + interval '1 minute', now())`,
      [newId('grt', world.now()), id, engineer.id],
    ),
  ).rejects.toMatchObject({ constraint: 'grants_approved' });
});
