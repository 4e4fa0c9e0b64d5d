import { systemContext } from '../audit/event.ts';
import { type Leaf, leafMacHolds } from '../audit/leaf.ts';
import type { AuditKey } from '../audit/record.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import type { Anchor } from './anchor.ts';
import type { Standing } from './judge.ts';

interface Row extends Record<string, unknown> {
  readonly id: string;
  readonly mark: string;
  readonly event: string | null;
  readonly time: Date | string | null;
  readonly leaf: string | null;
  readonly mac: Buffer | null;
  readonly keyId: string | null;
  readonly closedAt: Date | string | null;
  readonly closedOver: string | null;
  readonly isOpen: boolean;
}

export interface StandingAndMark extends Standing {
  /** What would be written outside now. */
  readonly current: Anchor;
}

/** How the database stands, and whether it has the event that an anchor names: one read. */
export async function readStanding(
  queries: Pick<Queries, 'execute'>,
  auditKey: AuditKey,
  anchoredEvent: string | null,
): Promise<StandingAndMark> {
  const { rows } = await queries.execute<Row>(sql`
    SELECT d.id, d.mark, d.event, marked.time, e.leaf, e.mac, e.key_id AS "keyId",
      closed.closed_at AS "closedAt", closed.anchor_event AS "closedOver",
      NOT EXISTS (SELECT FROM closures WHERE opened_at IS NULL) AS "isOpen"
    FROM database_identity d
    LEFT JOIN audit_events marked ON marked.id = d.event
    LEFT JOIN audit_events e ON e.id = ${anchoredEvent}
    LEFT JOIN (SELECT closed_at, anchor_event FROM closures ORDER BY closed_at DESC, id DESC LIMIT 1) closed ON true`);
  const row = rows[0];
  if (row === undefined)
    throw new Error('the database has no identity: its row in database_identity is gone');
  const mark = Number(row.mark);
  return {
    database: row.id,
    mark,
    // Whoever restores a database could put a row of that id into it, but not one that Daypass made.
    hasAnchoredEvent:
      anchoredEvent === null ||
      (row.leaf !== null &&
        row.mac !== null &&
        row.keyId === auditKey.id &&
        leafMacHolds(auditKey.key, row.leaf, row.mac) &&
        (JSON.parse(row.leaf) as Leaf).id === anchoredEvent),
    lastClosure: row.closedAt === null ? null : { at: new Date(row.closedAt), anchorEvent: row.closedOver },
    isOpen: row.isOpen,
    current: {
      database: row.id,
      mark,
      event: row.event,
      time: row.time === null ? null : new Date(row.time).toISOString(),
    },
  };
}

// So many of the newest events by id are looked at for one that was committed later: clocks of replicas differ.
const recent = 1_000;

/**
 * Moves the mark on when events were written since the last one. It is flushed to disk before this returns, with everything
 * that was committed before: a server that answers before it has flushed could otherwise lose what the anchor names.
 */
export async function moveMark(transact: Transact): Promise<void> {
  await transact(systemContext, async ({ queries }) => {
    await queries.execute(sql`
      SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`);
    await queries.execute(sql`
      WITH recent AS (SELECT id, transaction_id FROM audit_events ORDER BY id DESC LIMIT ${recent}),
        newest AS (
          SELECT (SELECT id FROM recent ORDER BY id DESC LIMIT 1) AS event,
            (SELECT transaction_id FROM recent ORDER BY transaction_id DESC LIMIT 1) AS transaction_id
        )
      UPDATE database_identity d SET mark = d.mark + 1, event = n.event, transaction_id = n.transaction_id
      FROM newest n
      WHERE (d.event, d.transaction_id) IS DISTINCT FROM (n.event, n.transaction_id)`);
  });
}
