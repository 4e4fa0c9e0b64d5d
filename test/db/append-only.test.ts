import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemContext } from '../../src/audit/event.ts';
import { recordEvent, writeEvents } from '../../src/audit/record.ts';
import { verifyEvent } from '../../src/audit/verify.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { roleFault } from '../../src/db/role-check.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const auditKey = { id: 'test', key: Buffer.alloc(32, 7) };
const noon = new Date('2026-11-22T12:00:00.000Z');
let database: TestDatabase;
let app: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  app = openPool({ url: database.appUrl, max: 3, onError: () => undefined });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function anEvent(): Promise<string> {
  const context = { ...systemContext, address: '192.0.2.7' };
  const event = { kind: 'catalog.loaded', outcome: 'success', personal: { comment: 'words' } } as const;
  const recorded = recordEvent(auditKey, context, noon, event);
  return inTransaction(
    app.db,
    'begin',
    () => Promise.resolve(recorded.id),
    () => [writeEvents(auditKey, [recorded])],
  );
}

async function asOwner<T>(run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

for (const table of ['audit_events', 'audit_personal_data']) {
  const column = table === 'audit_events' ? 'leaf' : 'value';
  test.each([
    `UPDATE ${table} SET ${column} = 'x'`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
    `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    `ALTER TABLE ${table} ADD COLUMN x int`,
    `DROP TABLE ${table} CASCADE`,
  ])('the application role is refused: %s', async (statement) => {
    await anEvent();
    await expect(app.raw.query(statement)).rejects.toMatchObject({ code: '42501' });
  });
}

test('the owner too is refused to rewrite events in passing', async () => {
  await anEvent();
  await asOwner(async (owner) => {
    await expect(owner.query(`UPDATE audit_events SET leaf = leaf`)).rejects.toThrow(/append only/);
    await expect(owner.query('DELETE FROM audit_events')).rejects.toThrow(/append only/);
    await expect(owner.query('TRUNCATE audit_events CASCADE')).rejects.toThrow(/append only/);
  });
});

test('columns come from the leaf, whatever the writer says', async () => {
  const leaf = JSON.stringify({
    v: 1,
    id: 'evt_00000000000000000000000001',
    time: noon.toISOString(),
    kind: 'audit.read',
    outcome: 'success',
    actor: { type: 'system', id: 'daypass' },
  });
  await app.raw.query(
    `INSERT INTO audit_events (id, leaf, mac, key_id, kind, actor, transaction_id)
     VALUES ('evt_00000000000000000000000001', $1, $2, 'k', 'grant.ended', 'prs_forged', '7')`,
    [leaf, Buffer.alloc(32)],
  );
  const { rows } = await app.raw.query(
    `SELECT kind, actor, transaction_id FROM audit_events WHERE id = 'evt_00000000000000000000000001'`,
  );
  expect(rows).toEqual([
    { kind: 'audit.read', actor: 'daypass', transaction_id: expect.not.stringMatching(/^7$/) as string },
  ]);
});

test('a leaf that belongs to another id is refused', async () => {
  const leaf = JSON.stringify({
    id: 'evt_00000000000000000000000003',
    time: noon.toISOString(),
    kind: 'audit.read',
    outcome: 'success',
  });
  await expect(
    app.raw.query(
      `INSERT INTO audit_events (id, leaf, mac, key_id) VALUES ('evt_00000000000000000000000002', $1, $2, 'k')`,
      [leaf, Buffer.alloc(32)],
    ),
  ).rejects.toThrow(/carries the leaf/);
});

test('a stored event verifies, and one rewritten by an administrator does not', async () => {
  const id = await anEvent();
  expect(await verifyEvent(app.db, auditKey, id)).toEqual([]);
  const administrator = new pg.Client({ connectionString: database.superuserUrl });
  await administrator.connect();
  await administrator.query('ALTER TABLE audit_events DISABLE TRIGGER ALL');
  await administrator.query(
    `UPDATE audit_events SET leaf = replace(leaf, 'success', 'failure') WHERE id = $1`,
    [id],
  );
  await administrator.query('ALTER TABLE audit_events ENABLE TRIGGER ALL');
  await administrator.query(
    `UPDATE audit_personal_data SET value = 'other' WHERE event_id = $1 AND field = 'comment'`,
    [id],
  );
  await administrator.end();
  expect(await verifyEvent(app.db, auditKey, id)).toEqual([
    `the MAC of ${id} does not hold`,
    `comment of ${id} does not match its commitment`,
  ]);
});

test('words can be added to an event by its own transaction alone, and only those it committed to', async () => {
  const id = await anEvent();
  const add = `INSERT INTO audit_personal_data (event_id, field, salt, value) VALUES ($1, 'comment2', $2, 'forged')`;
  await expect(app.raw.query(add, [id, Buffer.alloc(16)])).rejects.toMatchObject({
    constraint: 'audit_personal_data_committed',
  });
  await asOwner((owner) => owner.query('DELETE FROM audit_personal_data WHERE event_id = $1', [id]));
  await expect(
    app.raw.query(add.replace('comment2', 'comment'), [id, Buffer.alloc(16)]),
  ).rejects.toMatchObject({
    constraint: 'audit_personal_data_committed',
  });
});

test('personal data can be erased while the event still verifies', async () => {
  const id = await anEvent();
  await asOwner((owner) => owner.query('DELETE FROM audit_personal_data WHERE event_id = $1', [id]));
  expect(await verifyEvent(app.db, auditKey, id)).toEqual([]);
});

test('the service refuses to run as owner or superuser and accepts the application role', async () => {
  expect(await roleFault(app.db)).toBeNull();
  for (const [url, reason] of [
    [database.ownerUrl, /owns the audit tables/],
    [database.superuserUrl, /superuser/],
  ] as const) {
    const pool = openPool({ url, max: 1, onError: () => undefined });
    expect(await roleFault(pool.db)).toMatch(reason);
    await pool.close();
  }
});
