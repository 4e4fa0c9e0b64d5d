import { sql } from '../../src/db/drizzle.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { StatementNames } from '../../src/db/prepared.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
const pools: Pool[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const pool of pools) await pool.close();
  await database.drop();
});

function open(prepare: boolean): Pool {
  const pool = openPool({ url: database.appUrl, max: 1, onError: () => undefined, prepare });
  pools.push(pool);
  return pool;
}

async function askOften({ db }: Pool): Promise<{ answers: number[]; prepared: number }> {
  const answers: number[] = [];
  for (let i = 0; i < 8; i++) {
    const { rows } = await db.execute<{ twice: number }>(sql`SELECT ${i}::int * 2 AS twice`);
    answers.push(rows[0]?.twice ?? -1);
  }
  const { rows } = await db.execute<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_prepared_statements',
  );
  return { answers, prepared: rows[0]?.count ?? -1 };
}

test('what is asked often is prepared, and answers by its parameters of the day', async () => {
  expect(await askOften(open(true))).toEqual({ answers: [0, 2, 4, 6, 8, 10, 12, 14], prepared: 1 });
});

test('behind a transaction pooler nothing is prepared', async () => {
  expect(await askOften(open(false))).toMatchObject({ prepared: 0 });
});

test('a prepared statement still works after one of its calls failed', async () => {
  const { db } = open(true);
  const divide = async (by: number) =>
    (await db.execute<{ q: number }>(sql`SELECT 6 / ${by}::int AS q`)).rows[0]?.q;
  for (let i = 0; i < 6; i++) expect(await divide(2)).toBe(3);
  await expect(divide(0)).rejects.toThrow();
  expect(await divide(3)).toBe(2);
});

test('texts that are asked once or twice get no name, and there are never more than 200 names', () => {
  const names = new StatementNames();
  const often = (text: string) => Array.from({ length: 4 }, () => names.nameOf(text));
  expect(often('a')).toEqual([undefined, undefined, undefined, 'daypass_1']);
  expect(names.nameOf('a')).toBe('daypass_1');
  const given = new Set(Array.from({ length: 500 }, (_, i) => often(`text ${i}`).at(-1)));
  given.delete(undefined);
  expect(given.size).toBe(199);
});
