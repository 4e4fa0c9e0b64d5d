import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';

/** How endings stand, as totals. */
export interface EndingMeasures {
  /** Ends that AWS has not confirmed yet, and under which something can still be used. */
  readonly open: number;
  /** Of these, the ones that wait for more than a minute and that nobody silenced. */
  readonly overdue: number;
  /** How long the oldest open one has waited, in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
  /** Accounts whose boundary policy could not be brought to what it should say. */
  readonly boundariesFailing: number;
  /** Most denies that the policy of one account holds, or has to. */
  readonly deniesMax: number;
}

/** From when on an ending that AWS has not confirmed is overdue. */
export const overdueAfterSeconds = 60;

/** An ending that waits for AWS for longer than it should. */
export interface OverdueEnding {
  readonly grantId: string;
  readonly accountId: string;
  readonly since: Date;
  /** What stands in the way, as far as it is known. */
  readonly reason: string | null;
  /** How often it was tried without success. */
  readonly attempts: number;
}

/**
 * Ends that AWS has to confirm and has not: a deny that was not read back, an assignment that is not gone, an early end of
 * which nobody knows how to deny it. A deny that was extended after the assignment was gone waits from then on; one that is
 * moved on because it is not gone yet waits from the end.
 */
const waiting = (now: Date) => sql`
  SELECT g.id, d.account_id, g.silenced_at,
    CASE WHEN g.state = 'ending' THEN d.created_at
      ELSE greatest(d.created_at, d.issued_before - interval '5 seconds') END AS since,
    coalesce(b.failure, CASE WHEN g.state = 'ending' AND d.kind = 'portal' THEN 'the assignment is not gone yet' END) AS reason,
    b.attempts
  FROM denies d
  JOIN grants g ON g.id = d.grant_id
  JOIN boundaries b ON b.account_id = d.account_id
  WHERE d.removed_at IS NULL AND d.confirmed_at IS NULL AND d.lapses_at > ${now.toISOString()}::timestamptz
  UNION ALL
  SELECT g.id, coalesce(g.terms #>> '{account,id}', ''), g.silenced_at, g.ending_since,
    CASE WHEN g.terms #>> '{target,kind}' = 'permission-set' THEN 'the assignment is not gone yet'
      ELSE 'its terms do not say what to deny' END,
    g.attempts
  FROM grants g
  WHERE g.state = 'ending'
    AND NOT EXISTS (SELECT FROM denies d WHERE d.grant_id = g.id AND d.removed_at IS NULL AND d.confirmed_at IS NULL)
    AND (g.terms #>> '{target,kind}' = 'permission-set'
      OR (g.ended_because <> 'expired' AND g.ends_at > ${now.toISOString()}::timestamptz
        AND NOT EXISTS (SELECT FROM denies d WHERE d.grant_id = g.id)))`;

const overdueAt = (now: Date) => new Date(now.getTime() - overdueAfterSeconds * 1000).toISOString();

/** All totals in one round trip. */
export async function readEndingMeasures(queries: Queries, now: Date): Promise<EndingMeasures> {
  const { rows } = await queries.execute<Record<keyof EndingMeasures, string>>(sql`
    WITH waiting AS (${waiting(now)})
    SELECT count(*) AS "open",
      count(*) FILTER (WHERE since <= ${overdueAt(now)}::timestamptz AND silenced_at IS NULL) AS "overdue",
      coalesce(extract(epoch FROM ${now.toISOString()}::timestamptz - min(since)), 0) AS "oldestSeconds",
      (SELECT count(*) FROM boundaries WHERE failure IS NOT NULL) AS "boundariesFailing",
      (SELECT coalesce(max(held), 0) FROM (
        SELECT count(*) AS held FROM denies WHERE removed_at IS NULL GROUP BY account_id) AS accounts) AS "deniesMax"
    FROM waiting`);
  const [row] = rows;
  const number = (name: keyof EndingMeasures) => Math.max(0, Number(row?.[name] ?? 0));
  return {
    open: number('open'),
    overdue: number('overdue'),
    oldestSeconds: number('oldestSeconds'),
    boundariesFailing: number('boundariesFailing'),
    deniesMax: number('deniesMax'),
  };
}

/** The endings that are overdue and not silenced, the oldest first. @param limit at most so many */
export async function readOverdueEndings(
  queries: Queries,
  now: Date,
  limit: number,
): Promise<OverdueEnding[]> {
  const { rows } = await queries.execute<{
    id: string;
    account_id: string;
    since: string;
    reason: string | null;
    attempts: number;
  }>(sql`
    WITH waiting AS (${waiting(now)})
    SELECT id, account_id, to_json(since) #>> '{}' AS since, reason, attempts FROM waiting
    WHERE since <= ${overdueAt(now)}::timestamptz AND silenced_at IS NULL
    ORDER BY waiting.since, id
    LIMIT ${limit}`);
  return rows.map(({ id, account_id: accountId, since, reason, attempts }) => ({
    grantId: id,
    accountId,
    since: new Date(since),
    reason,
    attempts,
  }));
}
