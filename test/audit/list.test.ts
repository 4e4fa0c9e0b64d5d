import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAuditEvents } from '../../src/audit/list.ts';
import { createTransact, type Transact } from '../../src/audit/unit-of-work.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const auditKey = { id: 'test', key: Buffer.alloc(32, 7) };
const auditor = {
  context: {
    actor: { type: 'person', id: 'prs_00000000000000000000000009' },
    address: '192.0.2.9',
    requestId: 'r-1',
  },
} as const;
let now = new Date('2026-11-22T12:00:00.000Z');
let database: TestDatabase;
let pool: Pool;
let transact: Transact;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = openPool({ url: database.appUrl, max: 3, onError: () => undefined });
  transact = createTransact({
    db: pool.db,
    clock: () => now,
    auditKey,
    jobs: { enqueue: () => Promise.resolve([]) },
  });
  for (let i = 0; i < 5; i++) {
    now = new Date(now.getTime() + 60_000);
    await transact(auditor.context, (work) =>
      work.audit({
        kind: 'review.recorded',
        outcome: 'success',
        entitlement: `prod/${i}`,
        details: { decision: 'approve' },
        personal: { comment: `words ${i}` },
      }),
    );
  }
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

test('events come newest first, in pages, with the words that belong to them', async () => {
  const first = await listAuditEvents({ transact }, auditor, { kind: 'review.recorded', limit: 3 });
  expect(first.items.map((item) => item.entitlement)).toEqual(['prod/4', 'prod/3', 'prod/2']);
  expect(first.items[0]).toMatchObject({
    address: '192.0.2.9',
    requestId: 'r-1',
    details: { decision: 'approve', comment: 'words 4' },
  });
  const second = await listAuditEvents({ transact }, auditor, {
    kind: 'review.recorded',
    limit: 3,
    cursor: first.next ?? '',
  });
  expect(second.items.map((item) => item.entitlement)).toEqual(['prod/1', 'prod/0']);
  expect(second.next).toBeNull();
});

test('times bound from including to excluding', async () => {
  const { items } = await listAuditEvents({ transact }, auditor, {
    from: '2026-11-22T12:02:00Z',
    to: '2026-11-22T12:04:00Z',
    kind: 'review.recorded',
  });
  expect(items.map((item) => item.entitlement)).toEqual(['prod/2', 'prod/1']);
});

test.each([
  [{ cursor: 'rubbish' }, /cursor/],
  [{ from: 'yesterday' }, /from/],
  [{ limit: 0 }, /limit/],
  [{ limit: 201 }, /limit/],
  [{ kind: 'nope.never' }, /kinds are/],
  [{ outcome: 'bad' }, /outcome/],
  [{ grant: 'grt_x' }, /grant/],
  [{ actor: 'Erin Engineer' }, /actor must be an id/],
])('%j is refused', async (filter, message) => {
  await expect(listAuditEvents({ transact }, auditor, filter)).rejects.toThrow(message);
});

test('reading is recorded, and what was looked for is erasable, not part of the leaf', async () => {
  await listAuditEvents({ transact }, auditor, { entitlement: 'alice.smith@example.com' });
  const { items } = await listAuditEvents({ transact }, auditor, { kind: 'audit.read', limit: 1 });
  expect(items[0]).toMatchObject({
    actor: { id: auditor.context.actor.id },
    details: { filteredBy: ['entitlement'], events: 0 },
  });
  const { rows } = await pool.raw.query(`SELECT leaf FROM audit_events WHERE leaf LIKE '%alice%'`);
  expect(rows).toEqual([]);
});

test('words that an administrator slips under an event are not shown, and facts of the leaf win over words', async () => {
  const { items } = await listAuditEvents({ transact }, auditor, { entitlement: 'prod/0' });
  const id = items[0]?.id ?? '';
  const administrator = new pg.Client({ connectionString: database.superuserUrl });
  await administrator.connect();
  await administrator.query('ALTER TABLE audit_personal_data DISABLE TRIGGER ALL');
  await administrator.query(`INSERT INTO audit_personal_data VALUES ($1, 'decision', $2, 'deny')`, [
    id,
    Buffer.alloc(16),
  ]);
  await administrator.query(
    `UPDATE audit_personal_data SET value = 'other words' WHERE event_id = $1 AND field = 'comment'`,
    [id],
  );
  await administrator.end();
  const again = await listAuditEvents({ transact }, auditor, { entitlement: 'prod/0' });
  expect(again.items[0]?.details).toEqual({ decision: 'approve' });
});
