import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

// Triggers refuse changes too; these rights hold should a trigger ever be missing.

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Rights on a table or on its columns of everybody but its owner, as `role: RIGHT`. */
async function rightsOn(table: string): Promise<string[]> {
  const { rows } = await client.query<{ holder: string }>(
    `SELECT DISTINCT coalesce(g.rolname, 'PUBLIC') || ': ' || acl.privilege_type AS holder
     FROM pg_class c
     CROSS JOIN LATERAL (
       SELECT * FROM aclexplode(c.relacl)
       UNION ALL
       SELECT x.* FROM pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x WHERE a.attrelid = c.oid
     ) acl
     LEFT JOIN pg_roles g ON g.oid = acl.grantee
     WHERE c.oid = $1::regclass AND acl.grantee <> c.relowner
     ORDER BY holder`,
    [table],
  );
  return rows.map((row) => row.holder);
}

test.each([
  ['audit_events', ['daypass_app: INSERT', 'daypass_app: SELECT', 'daypass_sequencer: SELECT']],
  ['audit_personal_data', ['daypass_app: INSERT', 'daypass_app: SELECT']],
  ['catalogs', ['daypass_app: INSERT', 'daypass_app: SELECT']],
  ['request_versions', ['daypass_app: INSERT', 'daypass_app: SELECT']],
  ['catalog_approvals', ['daypass_app: INSERT', 'daypass_app: SELECT']],
  ['catalog_in_force', ['daypass_app: INSERT', 'daypass_app: SELECT']],
])('nobody but the owner has any right on %s beyond adding and reading', async (table, rights) => {
  expect(await rightsOn(table)).toEqual(rights);
});

test.each([
  'catalog_proposals',
  'requests',
  'reviews',
  'delegations',
  'grants',
  'sessions',
  'people',
  'sign_ins',
])('rows of %s cannot be deleted by the application', async (table) => {
  expect(await rightsOn(table)).toEqual([
    'daypass_app: INSERT',
    'daypass_app: SELECT',
    'daypass_app: UPDATE',
  ]);
});

test.each([
  'catalog_proposal_transitions',
  'follow_up_transitions',
  'request_transitions',
  'grant_transitions',
  'session_transitions',
])('the legal steps in %s can only be read', async (table) => {
  expect(await rightsOn(table)).toEqual(['daypass_app: SELECT']);
});

test('neither role can become the owner', async () => {
  const { rows } = await client.query(
    `SELECT member FROM unnest(ARRAY['daypass_app', 'daypass_sequencer']) AS member
     WHERE pg_has_role(member, 'daypass_owner', 'MEMBER')`,
  );
  expect(rows).toEqual([]);
});
