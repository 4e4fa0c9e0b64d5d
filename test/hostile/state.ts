import type { World } from './world.ts';

// Everything that a call could change. Denials and failed attempts are recorded, and only those may be.
const tables = [
  'people',
  'personal_data',
  'sign_in_attempts',
  'sign_ins',
  'authorization_codes',
  'totp_factors',
  'requests',
  'request_entitlements',
  'reviews',
  'follow_ups',
  'request_comments',
  'grants',
  'sessions',
  'assignments',
  'chat_links',
  'chat_link_codes',
  'callback_replays',
  'eligibility_rhythms',
  'eligibility_reviews',
  'eligibility_items',
  'eligibility_drops',
];

const query = [
  ...tables.map(
    (table) =>
      `SELECT '${table}' AS part, count(*)::text || '/' || coalesce(max(xmin::text::bigint), 0) AS mark FROM ${table}`,
  ),
  `SELECT 'audit', count(*)::text FROM audit_events WHERE outcome <> 'denied'`,
].join(' UNION ALL ');

/**
 * The number that the next writing transaction of the whole server will get. While it stands still, nothing was written
 * anywhere; where it moved, `stateOf` tells whether it was here.
 */
export async function nextTransaction(world: Pick<World, 'sql'>): Promise<string> {
  const [row] = await world.sql<{ next: string }>(
    'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next',
  );
  return row?.next ?? '';
}

/**
 * A mark for each table: how many rows, and the youngest transaction that wrote one. Equal marks mean that nothing was
 * inserted, updated or deleted.
 */
export async function stateOf(world: Pick<World, 'sql'>): Promise<Record<string, string>> {
  const rows = await world.sql<{ part: string; mark: string }>(query);
  return Object.fromEntries(rows.map(({ part, mark }) => [part, mark]));
}
