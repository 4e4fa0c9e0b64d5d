import { createRequire } from 'node:module';

// The one place that loads drizzle: its CommonJS files. The ES modules of the same version hold hundreds of files in a package
// whose package.json is 179 kB; importing them takes seven times as long and a quarter of a gigabyte more (docs/adr/0010).

const load = createRequire(import.meta.url);

export const {
  and,
  asc,
  count,
  desc,
  DrizzleQueryError,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  min,
  ne,
  not,
  notInArray,
  notExists,
  or,
  sql,
} = load('drizzle-orm') as typeof import('drizzle-orm');
export const { drizzle } = load('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres');
export const { alias, bigint, boolean, customType, integer, jsonb, pgTable, primaryKey, text, timestamp } =
  load('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core');

export type { SQL, SQLWrapper } from 'drizzle-orm';
export type { NodePgDatabase } from 'drizzle-orm/node-postgres';
