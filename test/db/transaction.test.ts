import { sql } from '../../src/db/drizzle.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PostgresProxy, startPostgresProxy } from '../../dev/chaos/postgres-proxy.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let proxy: PostgresProxy;
let pool: Pool;
let broken: Error[];

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  const url = new URL(database.superuserUrl);
  proxy = await startPostgresProxy({ host: url.hostname, port: Number(url.port) });
  broken = [];
  pool = openPool({ url: proxy.through(url.href), max: 2, onError: (error) => void broken.push(error) });
  await pool.db.execute(sql`CREATE TABLE notes (text text)`);
});
afterEach(async () => {
  await pool.close();
  await proxy.close();
  await database.drop();
});

function note(text: string): Promise<void> {
  return inTransaction(pool.db, 'begin', async ({ queries }) => {
    await queries.execute(sql`INSERT INTO notes VALUES (${text})`);
  });
}

async function notes(): Promise<unknown[]> {
  return (await pool.db.execute(sql`SELECT text FROM notes`)).rows;
}

test('connections that break at BEGIN go back: there are never fewer left for those who come after', async () => {
  for (let times = 0; times < 5; times++) {
    proxy.arm({ statement: 1, when: 'before', refuse: false });
    await expect(note('lost')).rejects.toThrow();
    expect(proxy.recover().hit).toBe('begin');
  }
  await note('kept');
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('a connection that breaks while a transaction thinks fails that transaction and nothing else', async () => {
  const thinking = inTransaction(pool.db, 'begin', async ({ queries }) => {
    await queries.execute(sql`INSERT INTO notes VALUES ('lost')`);
    // Whatever comes by on another connection cuts this one, too, which has nothing under way.
    proxy.arm({ statement: 1, when: 'before', refuse: false });
    await pool.db.execute(sql`SELECT 1`).catch(() => undefined);
    while (broken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await queries.execute(sql`INSERT INTO notes VALUES ('lost as well')`);
  });
  await expect(thinking).rejects.toThrow();
  proxy.recover();
  await note('kept');
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('a body that throws is rolled back, and its own error is what comes out', async () => {
  const refused = inTransaction(pool.db, 'begin', async ({ queries }) => {
    await queries.execute(sql`INSERT INTO notes VALUES ('lost')`);
    throw new Error('not this one');
  });
  await expect(refused).rejects.toThrow('not this one');
  expect(await notes()).toEqual([]);
});

test('an answer to COMMIT that is lost is an error, though the change stands', async () => {
  proxy.arm({ statement: 3, when: 'after', refuse: false });
  await expect(note('kept')).rejects.toThrow();
  expect(proxy.recover().hit).toBe('commit');
  expect(await notes()).toEqual([{ text: 'kept' }]);
});

test('what a body left running when it failed is refused, instead of reaching the next transaction', async () => {
  const late: Promise<unknown>[] = [];
  const failed = Promise.withResolvers<void>();
  const refused = inTransaction(pool.db, 'begin', async ({ queries }) => {
    await queries.execute(sql`SELECT 1`);
    late.push(failed.promise.then(() => queries.execute(sql`INSERT INTO notes VALUES ('late')`)));
    late[0]?.catch(() => undefined);
    throw new Error('not this one');
  });
  await expect(refused).rejects.toThrow('not this one');
  failed.resolve();
  await expect(late[0]).rejects.toMatchObject({ cause: { message: 'the transaction is over' } });
  expect(await notes()).toEqual([]);
});

test('a write that nobody waits for fails the transaction with its own error, and takes everything with it', async () => {
  const refused = inTransaction(pool.db, 'begin', async ({ queries, write }) => {
    await queries.execute(sql`INSERT INTO notes VALUES ('lost')`);
    write({ execute: () => queries.execute(sql`INSERT INTO nowhere VALUES (1)`) });
    await queries.execute(sql`SELECT 1`);
  });
  await expect(refused).rejects.toMatchObject({ cause: { code: '42P01' } });
  expect(await notes()).toEqual([]);
});

test('what goes along with COMMIT is committed with the rest, or nothing is', async () => {
  const last = (text: string) => [{ text: 'INSERT INTO notes VALUES ($1)', values: [text] }];
  await inTransaction(
    pool.db,
    'begin',
    ({ queries }) => queries.execute(sql`SELECT 1`),
    () => last('kept'),
  );
  const broken = inTransaction(
    pool.db,
    'begin',
    ({ queries }) => queries.execute(sql`INSERT INTO notes VALUES ('lost')`),
    () => [...last('lost as well'), { text: 'SELECT 1/0', values: [] }],
  );
  await expect(broken).rejects.toThrow('division by zero');
  expect(await notes()).toEqual([{ text: 'kept' }]);
});
