import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrate.ts';
import { openPool, type Pool } from '../../src/db/pool.ts';
import { roleFault } from '../../src/db/role-check.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// A database as an administrator makes it by hand, from migrations/roles.sql: nothing revoked, so that the migrations have to.
const name = `daypass_test_${randomBytes(8).toString('hex')}`;
let neighbour: TestDatabase;
let administrator: pg.Client;
let app: Pool;

beforeAll(async () => {
  neighbour = await createTestDatabase({ migrated: false });
  administrator = new pg.Client({ connectionString: neighbour.superuserUrl });
  await administrator.connect();
  await administrator.query(`CREATE DATABASE ${name} OWNER daypass_owner`);
  await migrate({ adminUrl: elsewhere(neighbour.ownerUrl) });
  app = openPool({ url: elsewhere(neighbour.appUrl), max: 1, onError: () => undefined });
});
afterAll(async () => {
  await app.close();
  await administrator.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await administrator.end();
  await neighbour.drop();
});

function elsewhere(url: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

test('the application can make no object that could stand in for another', async () => {
  await expect(app.raw.query('CREATE TEMP TABLE audit_events (id text)')).rejects.toMatchObject({
    code: '42501',
  });
  await expect(app.raw.query('CREATE TABLE public.shadow (id text)')).rejects.toMatchObject({
    code: '42501',
  });
  await expect(app.raw.query('CREATE SCHEMA shadow')).rejects.toMatchObject({ code: '42501' });
  await expect(
    app.raw.query('CREATE FUNCTION public.now() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$'),
  ).rejects.toMatchObject({ code: '42501' });
  expect(await roleFault(app.db)).toBeNull();
});

test('were it allowed to, the service would not start, and the triggers would still look at the real tables', async () => {
  await administrator.query(`GRANT TEMPORARY ON DATABASE ${name} TO daypass_app`);
  try {
    expect(await roleFault(app.db)).toMatch(/may create objects/);
    await app.raw.query(`INSERT INTO people (id, issuer, subject, created_at, last_signed_in_at)
      VALUES ('prs_00000000000000000000000001', 'i', 's', now(), now())`);
    await app.raw.query(
      `INSERT INTO catalogs (version, source, loaded_at) VALUES ('sha256:${'0'.repeat(64)}', '', now())`,
    );
    await app.raw.query(`CREATE TEMP TABLE audit_events AS SELECT 'req_00000000000000000000000001' AS request, 'request.submitted' AS kind,
      pg_current_xact_id() AS transaction_id`);
    await expect(
      app.raw.query(`INSERT INTO public.requests (id, requester, asked_by, asked_assurance, asked_proof_age, content, digest, catalog_version, state, prior_state, created_at, expires_at)
        VALUES ('req_00000000000000000000000001', 'prs_00000000000000000000000001', 'prs_00000000000000000000000001', 'multi-factor', 0, '{}', 'sha256:${'0'.repeat(64)}', 'sha256:${'0'.repeat(64)}',
          'pending', 'new', now(), now())`),
    ).rejects.toThrow(/without an audit event/);
  } finally {
    await administrator.query(`REVOKE TEMPORARY ON DATABASE ${name} FROM daypass_app`);
  }
});

test('every trigger function names its search path, pg_temp last', async () => {
  const { rows } = await app.raw.query<{ name: string }>(
    `SELECT p.proname AS name FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
     AND NOT coalesce(p.proconfig @> ARRAY['search_path=public, pg_temp'], false)`,
  );
  expect(rows).toEqual([]);
});
