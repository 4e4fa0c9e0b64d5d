import { afterEach, beforeEach, expect, test } from 'vitest';
import { sql } from '../../src/db/drizzle.ts';
import { databaseFault } from '../../src/db/fault.ts';
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

async function notes(): Promise<unknown[]> {
  return (await pool.raw.query('SELECT text FROM notes')).rows;
}

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

const deadlock = sql`DO $$ BEGIN RAISE 'a deadlock' USING ERRCODE = '40P01'; END $$`;

test('a statement that was to be prepared in an aborted transaction is prepared anew afterwards, on the same connection', async () => {
  const ask = (answer: string) => sql`SELECT ${answer}::text AS answer`;
  for (let uses = 0; uses < 3; uses++) await pool.db.execute(ask('counted'));
  const failed = inTransaction(pool.db, 'begin', ({ queries }) =>
    Promise.all([
      queries.execute(sql`SELECT 1/0`),
      queries.execute(ask('in vain')),
      queries.execute(ask('as well')),
    ]),
  );
  await expect(failed).rejects.toMatchObject({ cause: { code: '22012' } });
  const after = await inTransaction(pool.db, 'begin', ({ queries }) =>
    Promise.all([queries.execute(ask('one')), queries.execute(ask('two'))]),
  );
  expect(after.map(({ rows }) => rows)).toEqual([[{ answer: 'one' }], [{ answer: 'two' }]]);
});

test('the first error is the one reported, however deep the call that asked', async () => {
  const faults = new Set<string>();
  // Both answers come in one packet most times, and that is when the order of promises could win.
  for (let time = 0; time < 30; time++) {
    const failed = inTransaction(pool.db, 'begin', async ({ queries }) => {
      await queries.execute(sql`SELECT 1`);
      const deep = async () => {
        const { rows } = await queries.execute(deadlock);
        return rows;
      };
      await Promise.all([deep(), queries.execute(sql`SELECT 2`)]);
    });
    faults.add(databaseFault(await errorOf(failed)));
  }
  expect([...faults]).toEqual(['deadlock']);
});

test('a read that fails is reported, not the write after it that nobody waits for', async () => {
  const failed = inTransaction(pool.db, 'begin', async ({ queries, write }) => {
    await queries.execute(sql`SELECT 1`);
    const reading = queries.execute(deadlock).then((answer) => answer);
    write(queries.execute(sql`INSERT INTO notes VALUES ('lost')`));
    await reading;
  });
  expect(databaseFault(await errorOf(failed))).toBe('deadlock');
});

test('writes alone, asked before BEGIN is answered, are all committed, in order', async () => {
  await inTransaction(
    pool.db,
    'begin',
    ({ queries, write }) => {
      write(queries.execute(sql`INSERT INTO notes VALUES ('1')`));
      write(queries.execute(sql`INSERT INTO notes SELECT count(*) + 1 FROM notes`));
      return Promise.resolve();
    },
    () => [{ text: 'INSERT INTO notes SELECT count(*) + $1 FROM notes', values: [1] }],
  );
  expect(await notes()).toEqual([{ text: '1' }, { text: '2' }, { text: '3' }]);
});

test('what goes on beside a refusal writes nothing, not in the next transaction on that connection either', async () => {
  const go = Promise.withResolvers<void>();
  let sibling: Promise<unknown> | undefined;
  const refused = inTransaction(pool.db, 'begin', async ({ queries }) => {
    sibling = (async () => {
      await queries.execute(sql`SELECT 1`);
      await go.promise;
      await queries.execute(sql`INSERT INTO notes VALUES ('escaped')`);
    })();
    const refusing = queries.execute(sql`SELECT 2`).then(() => Promise.reject(new Error('no')));
    await Promise.all([sibling, refusing]);
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
