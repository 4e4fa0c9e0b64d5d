import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as schema from '../../src/db/schema.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('the typed tables have exactly the columns that the migrations make', async () => {
  const { rows } = await client.query<{ name: string; column: string; type: string; nullable: boolean }>(
    `SELECT c.relname AS name, a.attname AS column, format_type(a.atttypid, NULL) AS type, NOT a.attnotnull AS nullable
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  const inDatabase = rows
    .filter((row) => !/^(schema_migrations|.*_transitions)$/.test(row.name))
    .map((row) => `${row.name}.${row.column} ${row.nullable ? 'null' : 'not null'}`);
  const inCode = Object.values(schema)
    .filter((table) => is(table, PgTable))
    .flatMap((table) =>
      Object.values(getTableColumns(table)).map(
        (column) => `${getTableName(table)}.${column.name} ${column.notNull ? 'not null' : 'null'}`,
      ),
    );
  expect(inCode.toSorted()).toEqual(inDatabase.toSorted());
});

test('every constraint has a name of its own choosing, so that an error says which rule refused', async () => {
  const { rows } = await client.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u') AND conname ~ '_(check|fkey|key)[0-9]*$'`,
  );
  expect(rows).toEqual([]);
});
