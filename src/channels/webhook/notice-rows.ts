import { and, eq, isNull, sql } from '../../db/drizzle.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import { notices } from '../../db/schema.ts';

export interface NoticeRowsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** From 0 to 1, for jitter. */
  readonly random: () => number;
}

/** A notice that this process may send now. */
export type ClaimedNotice = Pick<
  typeof notices.$inferSelect,
  'id' | 'kind' | 'request' | 'grant' | 'people' | 'body' | 'attempts' | 'createdAt'
>;

// Longer than one call and its record take unless the database hangs: after that another process sends it once more.
const leaseMs = 30_000;
// Doubling. A receiver that is away is asked again sooner than one that says no to this one notice, which helps no other.
const firstPauseMs = 5_000;
const longestPauseAwayMs = 300_000;
const longestPauseMs = 3_600_000;
const keptMs = 30 * 24 * 3_600_000;
const mostForgottenAtOnce = 1_000;

/**
 * Takes up to `limit` notices that are due, the one that waits for longest first; nobody else takes them for as long as a call
 * lasts. What other processes are taking is left to them. A time further off than any pause comes from a clock that was ahead.
 */
export async function claimNotices({ db, clock }: NoticeRowsDeps, limit: number): Promise<ClaimedNotice[]> {
  const now = clock().getTime();
  const at = (ms: number) => sql`${new Date(now + ms).toISOString()}::timestamptz`;
  const due = sql`
    SELECT id FROM ${notices} n
    WHERE n.delivered_at IS NULL AND (n.next_try_at <= ${at(0)} OR n.next_try_at > ${at(longestPauseMs)})
    ORDER BY n.next_try_at, n.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`;
  const claimed = await db
    .update(notices)
    .set({ attempts: sql`${notices.attempts} + 1`, nextTryAt: new Date(now + leaseMs) })
    // As an array the subquery runs once: as a join it might be run again, and take more.
    .where(sql`${notices.id} = ANY (ARRAY(${due}))`)
    .returning({
      id: notices.id,
      kind: notices.kind,
      request: notices.request,
      grant: notices.grant,
      people: notices.people,
      body: notices.body,
      attempts: notices.attempts,
      createdAt: notices.createdAt,
    });
  return claimed.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

export async function recordDelivered({ db, clock }: NoticeRowsDeps, { id }: ClaimedNotice): Promise<void> {
  await db
    .update(notices)
    .set({ deliveredAt: clock(), failure: null })
    .where(and(eq(notices.id, id), isNull(notices.deliveredAt)));
}

/**
 * Puts a notice off. What another process has claimed since is left as it is.
 * @param why one sentence without anything secret; `away`: nobody was there, whatever the notice
 */
export async function recordFailure(
  { db, clock, random }: NoticeRowsDeps,
  { id, attempts }: ClaimedNotice,
  why: { readonly failure: string; readonly away: boolean },
): Promise<void> {
  const most = why.away ? longestPauseAwayMs : longestPauseMs;
  const pause = Math.min(most, firstPauseMs * 2 ** Math.min(attempts - 1, 12));
  // Jitter over the upper half: what failed together does not come back together.
  const nextTryAt = new Date(clock().getTime() + pause * (0.5 + random() / 2));
  await db
    .update(notices)
    .set({ failure: why.failure, nextTryAt })
    .where(and(eq(notices.id, id), eq(notices.attempts, attempts), isNull(notices.deliveredAt)));
}

/** Forgets notices that were delivered more than 30 days ago, some at a time. */
export async function forgetDelivered({ db, clock }: NoticeRowsDeps): Promise<void> {
  const before = new Date(clock().getTime() - keptMs).toISOString();
  await db.execute(sql`
    DELETE FROM notices WHERE id = ANY (ARRAY(
      SELECT id FROM notices WHERE delivered_at < ${before}::timestamptz
      LIMIT ${mostForgottenAtOnce} FOR UPDATE SKIP LOCKED))`);
}
