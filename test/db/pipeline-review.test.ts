import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseFault } from '../../src/db/fault.ts';
import { sql } from '../../src/db/drizzle.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let pool: Pool;

beforeEach(async () => {
  database = await createTestDatabase({ migrated: false });
  pool = openPool({ url: database.superuserUrl, max: 1, prepare: true, onError: () => undefined });
  await pool.raw.query('CREATE TABLE notes (text text)');
});
afterEach(async () => {
  await pool.close();
  await database.drop();
});

const notes = async () => (await pool.raw.query('SELECT text FROM notes')).rows;

test('a statement that is first prepared in an aborted transaction can be used afterwards on the same connection', async () => {
  const ask = { text: 'SELECT $1::text AS answer' };
  for (let uses = 0; uses < 3; uses++) await pool.raw.query(ask, ['x']);
  const client = await pool.raw.connect();
  const settled = await Promise.allSettled([
    client.query('begin'),
    client.query('SELECT 1/0'),
    client.query(ask, ['a']),
    client.query(ask, ['b']),
    client.query('rollback'),
    client.query(ask, ['c']),
    client.query(ask, ['d']),
  ]);
  const after = await Promise.allSettled([client.query(ask, ['e']), client.query(ask, ['f'])]);
  const say = (r: PromiseSettledResult<any>) => r.status === 'fulfilled' ? (r.value.rows[0]?.answer ?? r.value.command) : r.reason.code;
  console.log(settled.map(say), after.map(say));
  client.release();
  expect(after.map(say)).toEqual(['e', 'f']);
});

test('the first error is the one reported, however deep the call that asked', async () => {
  const causes = new Set<string>();
  for (let time = 0; time < 30; time++) {
    const failed = await inTransaction(pool.db, 'begin', async ({ queries }) => {
      await queries.execute(sql`SELECT 1`);
      const deep = async () => {
        const { rows } = await queries.execute(sql`DO $$ BEGIN RAISE 'a deadlock' USING ERRCODE = '40P01'; END $$`);
        return rows;
      };
      await Promise.all([deep(), queries.execute(sql`SELECT 2`)]);
    }).then(() => null, (error: unknown) => error);
    causes.add(databaseFault(failed));
  }
  expect([...causes]).toEqual(['deadlock']);
});

test('a read that fails is reported, not the write after it that nobody waits for', async () => {
  const failed = await inTransaction(pool.db, 'begin', async ({ queries, write }) => {
    await queries.execute(sql`SELECT 1`);
    const read = queries.execute(sql`DO $$ BEGIN RAISE 'a deadlock' USING ERRCODE = '40P01'; END $$`);
    const reading = Promise.resolve(read);
    write({ execute: () => queries.execute(sql`INSERT INTO notes VALUES ('lost')`) });
    await reading;
  }).then(() => null, (error: unknown) => error);
  expect(databaseFault(failed)).toBe('deadlock');
});

test('writes alone, before BEGIN is answered, are all committed, in order', async () => {
  await inTransaction(pool.db, 'begin', async ({ queries, write }) => {
    write(queries.execute ? { execute: () => queries.execute(sql`INSERT INTO notes VALUES ('1')`) } : (null as never));
    write({ execute: () => queries.execute(sql`INSERT INTO notes SELECT count(*)+1 FROM notes`) });
  }, () => [{ text: 'INSERT INTO notes SELECT count(*)+$1 FROM notes', values: [1] }]);
  expect(await notes()).toEqual([{ text: '1' }, { text: '2' }, { text: '3' }]);
});

test('a sibling that goes on after a refusal writes nothing, even in the next transaction', async () => {
  const go = Promise.withResolvers<void>();
  let sibling: Promise<unknown> | undefined;
  const refused = inTransaction(pool.db, 'begin', async ({ queries }) => {
    sibling = (async () => {
      await queries.execute(sql`SELECT 1`);
      await go.promise;
      await queries.execute(sql`INSERT INTO notes VALUES ('escaped')`);
    })();
    await Promise.all([sibling, queries.execute(sql`SELECT 2`).then(() => { throw new Error('no'); })]);
  });
  await expect(refused).rejects.toThrow('no');
  await inTransaction(pool.db, 'begin', async ({ queries }) => {
    await queries.execute(sql`SELECT 3`);
    go.resolve();
    await expect(sibling).rejects.toThrow();
    await queries.execute(sql`INSERT INTO notes VALUES ('own')`);
  });
  expect(await notes()).toEqual([{ text: 'own' }]);
});
