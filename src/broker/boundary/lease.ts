import { and, eq, gt, gte, isNull, sql } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { boundaries, denies } from '../../db/schema.ts';
import { backoffSeconds } from '../grant-row.ts';
import type { BoundaryDeps } from './deps.ts';

// Longer than the calls between two renewals can take together; a process that died is waited out this long.
const leaseMs = 45_000;

export type Claim = 'claimed' | 'held' | 'later';

/**
 * Makes this process the one writer of an account's policy. `held`: another one is, and will see whatever was committed
 * before this call; `later`: it failed not long ago.
 */
export async function claim(deps: BoundaryDeps, accountId: string): Promise<Claim> {
  return deps.transact(systemContext, async (work) => {
    work.write(work.queries.insert(boundaries).values({ accountId }).onConflictDoNothing());
    const row = await lock(work, accountId);
    if (row.leaseUntil !== null && row.leaseUntil > work.now && row.writer !== deps.writer) return 'held';
    if (row.nextTryAt !== null && row.nextTryAt > work.now && !(row.partial && (await hasNew(work, row))))
      return 'later';
    await hold(deps, work, accountId);
    return 'claimed';
  });
}

/** Goes on holding the lease. Throws when another process has taken it: nothing may be written any more. */
export async function renew(deps: BoundaryDeps, accountId: string): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const row = await lock(work, accountId);
    if (row.writer !== deps.writer) throw new LeaseLostError('another process writes this policy now');
    await hold(deps, work, accountId);
  });
}

/** How an attempt went: what stands in the way, and whether it is in the way of every deny of the account. */
export interface Attempt {
  readonly failure: string | null;
  /** Only these denies could not be confirmed; others can. */
  readonly partial: ReadonlySet<string> | null;
}

/**
 * Lets go, unless a deny was added meanwhile that this process has not tried: whoever adds one and finds the lease held
 * relies on this look under the lock. True: let go.
 */
export async function release(deps: BoundaryDeps, accountId: string, attempt: Attempt): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const row = await lock(work, accountId);
    if (row.writer !== deps.writer) return true;
    const waiting = await work.queries
      .select({ grantId: denies.grantId })
      .from(denies)
      .where(
        and(
          eq(denies.accountId, accountId),
          isNull(denies.removedAt),
          isNull(denies.confirmedAt),
          gt(denies.lapsesAt, work.now),
        ),
      );
    const { failure, partial } = attempt;
    const blocked = failure !== null && partial === null;
    if (!blocked && waiting.some((one) => partial?.has(one.grantId) !== true)) return false;
    const attempts = failure === null ? 0 : row.attempts + 1;
    const nextTryAt = failure === null ? null : new Date(work.now.getTime() + pauseMs(deps, attempts));
    await work.queries
      .update(boundaries)
      .set({
        writer: null,
        leaseUntil: null,
        attempts,
        nextTryAt,
        triedAt: work.now,
        partial: failure !== null && !blocked,
        failure,
        failingSince: failure === null ? null : (row.failingSince ?? work.now),
      })
      .where(eq(boundaries.accountId, accountId));
    if (nextTryAt !== null) await work.enqueue('boundary.write', { accountId }, { at: nextTryAt });
    return true;
  });
}

/** Thrown when the lease went to another process while this one was waiting for AWS. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

async function lock(work: Work, accountId: string) {
  const [row] = await work.queries
    .select()
    .from(boundaries)
    .where(eq(boundaries.accountId, accountId))
    .for('update');
  if (row === undefined) throw new Error('a boundary row disappeared; rows are never deleted');
  return row;
}

/** Was a deny added since the last attempt? */
async function hasNew(work: Work, row: typeof boundaries.$inferSelect): Promise<boolean> {
  const [found] = await work.queries
    .select({ grantId: denies.grantId })
    .from(denies)
    .where(
      and(
        eq(denies.accountId, row.accountId),
        isNull(denies.removedAt),
        isNull(denies.confirmedAt),
        row.triedAt === null ? undefined : gte(denies.createdAt, row.triedAt),
      ),
    )
    .limit(1);
  return found !== undefined;
}

async function hold(deps: BoundaryDeps, work: Work, accountId: string): Promise<void> {
  const leaseUntil = new Date(work.now.getTime() + leaseMs);
  await work.queries
    .update(boundaries)
    .set({ writer: deps.writer, leaseUntil })
    .where(eq(boundaries.accountId, accountId));
}

// Full jitter over the upper half: many that failed together do not come back together.
function pauseMs(deps: BoundaryDeps, attempts: number): number {
  return backoffSeconds(attempts) * 1000 * (0.5 + deps.random() / 2);
}

/** For queries: a boundary that nobody holds and that may be tried. */
export function claimable(now: Date) {
  const instant = sql`${now.toISOString()}::timestamptz`;
  return sql`(${boundaries.leaseUntil} IS NULL OR ${boundaries.leaseUntil} <= ${instant})
    AND (${boundaries.nextTryAt} IS NULL OR ${boundaries.nextTryAt} <= ${instant})`;
}
