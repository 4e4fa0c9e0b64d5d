import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { useBreakGlass } from '../../src/approvals/use-break-glass.ts';
import { newId } from '../../src/db/ids.ts';
import { type BreakGlassWorld, startBreakGlassWorld } from './break-glass-world.ts';
import { callerOf } from './world.ts';

// What Postgres refuses by itself, to the very role that the service runs as, whatever code runs above it.

let house: BreakGlassWorld;
let app: pg.Client;
let id: string;
let followUp: string;
beforeAll(async () => {
  house = await startBreakGlassWorld();
  app = new pg.Client({ connectionString: house.world.database.appUrl });
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await house.world.stop();
});
beforeEach(async () => {
  id = (await house.use(house.bob)).id ?? '';
  followUp = (await house.owed(id))[0]?.id ?? '';
});

/** A use like the last one, with its content changed by SQL, followed up or not; everything but what is tested stands aside. */
async function forge({
  content = 'content',
  columns = {},
  owed = true,
  event = true,
  owedBy = 'requester',
}: {
  content?: string;
  columns?: Record<string, string>;
  owed?: boolean;
  event?: boolean;
  owedBy?: string;
}) {
  const forged = newId('req', house.world.now());
  const { root } = house.world;
  const column = (name: string) => columns[name] ?? name;
  await root.query('BEGIN');
  try {
    await root.query('ALTER TABLE requests DISABLE TRIGGER requests_state_has_event');
    await root.query('ALTER TABLE follow_ups DISABLE TRIGGER follow_ups_have_event');
    await root.query(
      `INSERT INTO requests (id, requester, asked_by, asked_assurance, asked_proof_age, content, digest, catalog_version, state, created_at, expires_at)
       SELECT $2, requester, ${column('asked_by')}, ${column('asked_assurance')}, ${column('asked_proof_age')}, ${content}, digest, catalog_version, 'pending', created_at, expires_at
       FROM requests WHERE id = $1`,
      [id, forged],
    );
    await root.query(`INSERT INTO request_entitlements VALUES ($1, 'prod/admin')`, [forged]);
    await root.query(
      `UPDATE requests SET state = 'approved', basis = ${column("'break-glass'")}, decided_at = created_at WHERE id = $1`,
      [forged],
    );
    if (owed) {
      await root.query(
        `INSERT INTO follow_ups (id, kind, request_id, entitlement, owed_by, state, created_at, due_at)
         SELECT $2, 'break-glass', id, 'prod/admin', ${owedBy}, 'owed', created_at, created_at + interval '1 day' FROM requests WHERE id = $1`,
        [forged, newId('fup', house.world.now())],
      );
    }
    // The event of the real use was of another transaction, so that one is written anew.
    if (event) {
      await root.query('ALTER TABLE audit_events DISABLE TRIGGER USER');
      await root.query(
        `INSERT INTO audit_events (id, leaf, mac, key_id, transaction_id, time, kind, outcome, request)
         SELECT $2, leaf, mac, key_id, pg_current_xact_id(), time, kind, outcome, $3 FROM audit_events WHERE request = $1 AND kind = 'breakglass.used'`,
        [id, newId('evt', house.world.now()), forged],
      );
    }
    await root.query('SET CONSTRAINTS ALL IMMEDIATE');
  } finally {
    await root.query('ROLLBACK');
  }
}

test('a use that is all it has to be is taken', async () => {
  await expect(forge({})).resolves.toBe(undefined);
});

const terms = (path: string, value: string) =>
  `jsonb_set(content, '{entitlements,0,breakGlass,${path}}', '${value}')`;

test.each([
  ['without its follow-up', { owed: false }, 'break_glass_followed_up'],
  ['without its event', { event: false }, 'break_glass_has_event'],
  [
    'with a follow-up that somebody else owes',
    { owedBy: '(SELECT id FROM people WHERE id <> requester LIMIT 1)' },
    'break_glass_followed_up',
  ],
  [
    'by somebody whom the terms do not name',
    { content: terms('people', '["sub-other"]') },
    'break_glass_named',
  ],
  ['by terms that name nobody', { content: terms('people', '[]') }, 'break_glass_named'],
  [
    'by terms without break-glass',
    { content: "content #- '{entitlements,0,breakGlass}'" },
    'break_glass_named',
  ],
  [
    'longer than the terms say',
    { content: `jsonb_set(content, '{durationSeconds}', '1801')` },
    'break_glass_short',
  ],
  ['more weakly proven', { columns: { asked_assurance: `'multi-factor'` } }, 'break_glass_strongly_proven'],
  ['proven too long ago', { columns: { asked_proof_age: '301' } }, 'break_glass_strongly_proven'],
  [
    'for somebody else',
    { columns: { asked_by: '(SELECT id FROM people WHERE id <> requester LIMIT 1)' } },
    'break_glass_for_oneself_now',
  ],
  [
    'that starts later',
    { content: `jsonb_set(content, '{startAt}', '"2026-11-30T09:00:00.000Z"')` },
    'break_glass_for_oneself_now',
  ],
  ['that extends a grant', { content: `content || '{"extends":{}}'` }, 'break_glass_for_oneself_now'],
  ['that was not asked for as such', { content: "content - 'breakGlass'" }, 'break_glass_by_itself'],
  ['that a rule approved instead', { columns: { "'break-glass'": `'rule'` } }, 'break_glass_by_itself'],
])('a use %s is refused', async (_what, how, constraint) => {
  await expect(forge(how)).rejects.toMatchObject({ constraint });
});

test('nobody closes the follow-up of their own use', async () => {
  await expect(
    app.query(
      "UPDATE follow_ups SET state = 'done', verdict = 'justified', words = 'x', done_by = owed_by, done_at = now() WHERE id = $1",
      [followUp],
    ),
  ).rejects.toMatchObject({ constraint: 'follow_ups_not_own' });
});

test('a follow-up changes with its event only, and does not go away', async () => {
  const done = `UPDATE follow_ups SET state = 'done', verdict = 'justified', words = 'x', done_by = $2, done_at = now() WHERE id = $1`;
  await expect(app.query(done, [followUp, house.guard.id])).rejects.toMatchObject({
    constraint: 'follow_ups_have_event',
  });
  await expect(
    app.query("UPDATE follow_ups SET words = 'better' WHERE id = $1", [followUp]),
  ).rejects.toMatchObject({ constraint: 'follow_ups_quiet' });
  await expect(app.query('DELETE FROM follow_ups WHERE id = $1', [followUp])).rejects.toThrow(
    'permission denied',
  );
  await expect(
    app.query("UPDATE follow_ups SET due_at = now() + interval '1 year' WHERE id = $1", [followUp]),
  ).rejects.toThrow('permission denied');
  await expect(house.world.root.query('DELETE FROM follow_ups')).rejects.toThrow();
});

test('it cannot become overdue before it is due, nor be done without words', async () => {
  await expect(
    app.query("UPDATE follow_ups SET state = 'overdue', overdue_at = created_at WHERE id = $1", [followUp]),
  ).rejects.toMatchObject({ constraint: 'follow_ups_overdue_when_due' });
  await expect(
    app.query(
      "UPDATE follow_ups SET state = 'done', verdict = 'justified', done_by = $2, done_at = now() WHERE id = $1",
      [followUp, house.guard.id],
    ),
  ).rejects.toMatchObject({ constraint: 'follow_ups_done_with_words' });
});

test('what was followed up is not followed up anew', async () => {
  await house.finish(house.guard, { id: followUp });
  await expect(
    app.query(
      "UPDATE follow_ups SET state = 'overdue', overdue_at = due_at, done_at = NULL, done_by = NULL, verdict = NULL, words = NULL WHERE id = $1",
      [followUp],
    ),
  ).rejects.toMatchObject({ constraint: 'follow_ups_legal_transition' });
});

test('what nobody used by break-glass has no follow-up', async () => {
  const asked = await house.world.ask(house.engineer, { entitlements: ['prod/plain'] });
  await expect(
    app.query(
      `INSERT INTO follow_ups (id, kind, request_id, entitlement, owed_by, state, created_at, due_at)
       SELECT $2, 'break-glass', id, 'prod/plain', requester, 'owed', now(), now() + interval '1 day' FROM requests WHERE id = $1`,
      [asked.id, newId('fup', house.world.now())],
    ),
  ).rejects.toMatchObject({
    constraint: expect.stringMatching(/^follow_ups_(of_use|have_event)$/) as unknown,
  });
});

test('Postgres takes no use of somebody who has an overdue follow-up, whatever the code above it says', async () => {
  const { world } = house;
  world.move(86_400);
  await house.sweep();
  await expect(forge({})).rejects.toMatchObject({ constraint: 'follow_ups_none_overdue' });
  for (const { id: one } of (await house.list(house.guard, { toDo: true })).items) {
    await house.finish(house.guard, { id: one });
  }
});

test('a process that dies in the middle of a use leaves nothing of it', async () => {
  const { world, deps, bob } = house;
  const before = await counts();
  const dying: typeof deps = {
    ...deps,
    notify: () => {
      throw new Error('died');
    },
  };
  const said = house.announced.length;
  const caller = callerOf(bob, world.now(), {
    assurance: { level: 'phishing-resistant', authenticatedAt: world.now() },
  });
  await expect(
    useBreakGlass(dying, caller, { entitlements: ['prod/admin'], durationSeconds: 600, reason: 'fire' }),
  ).rejects.toThrow('died');
  expect(await counts()).toEqual(before);
  expect(house.announced.length).toBe(said);

  async function counts() {
    const found: number[] = [];
    for (const table of ['requests', 'grants', 'follow_ups', 'notices', 'audit_events']) {
      found.push(await world.count(table));
    }
    return found;
  }
});
