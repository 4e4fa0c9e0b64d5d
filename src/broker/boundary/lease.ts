import { and, eq, gt, isNull, notInArray, sql } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { boundaries, denies } from '../../db/schema.ts';
import type { BoundaryDeps } from './deps.ts';

type BoundaryRow = typeof boundaries.$inferSelect;

// Longer than the calls between two renewals take unless AWS hangs; a process that died is waited out this long. One that
// outlives its lease finds out before it writes anything down.
const leaseMs = 25_000;

// Nothing is put off for longer, whatever a row says: a clock may have been ahead when it was written.
const longestPauseMs = 300_000;
// While something waits to be denied, AWS is asked again at least this often.
const waitingPauseMs = 30_000;

export type Claim =
  /** `failing`: the last attempt met something that stood in the way. */
  { readonly kind: 'claimed'; readonly failing: boolean } | { readonly kind: 'held' | 'later' };

/**
 * Makes this process the one writer of an account's policy. `held`: another one is, and will see whatever was committed
 * before this call; `later`: it failed not long ago, and nothing was added since.
 */
export async function claim(deps: BoundaryDeps, accountId: string): Promise<Claim> {
  return deps.transact(systemContext, async (work) => {
    work.write(work.queries.insert(boundaries).values({ accountId }).onConflictDoNothing());
    const row = await lock(work, accountId);
    if (isHeld(row, work.now) && row.writer !== deps.writer) return { kind: 'held' };
    if (isPutOff(row, work.now) && !(await hasNew(work, row))) return { kind: 'later' };
    await hold(deps, work, accountId);
    return { kind: 'claimed', failing: row.failure !== null };
  });
}

function isHeld({ leaseUntil }: BoundaryRow, now: Date): boolean {
  return leaseUntil !== null && leaseUntil > now && leaseUntil.getTime() <= now.getTime() + leaseMs;
}

function isPutOff({ nextTryAt }: BoundaryRow, now: Date): boolean {
  return nextTryAt !== null && nextTryAt > now && nextTryAt.getTime() <= now.getTime() + longestPauseMs;
}

/** Goes on holding the lease. Throws when another process has taken it: nothing may be written any more. */
export async function renew(deps: BoundaryDeps, accountId: string): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    await requireLease(deps, work, accountId);
    await hold(deps, work, accountId);
  });
}

/** Locks the account's row for the caller's transaction, and throws when the lease went to another process. */
export async function requireLease(deps: BoundaryDeps, work: Work, accountId: string): Promise<void> {
  const row = await lock(work, accountId);
  if (row.writer !== deps.writer) throw new LeaseLostError('another process writes this policy now');
}

/** How an attempt went: what stands in the way, and whether it is in the way of every deny of the account. */
export interface Attempt {
  readonly failure: string | null;
  /** Only these denies could not be confirmed; others can. Null: none can. */
  readonly partial: ReadonlySet<string> | null;
  /** AWS was asked: what is known of the account is new. */
  readonly looked: boolean;
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
    const { failure, partial, looked } = attempt;
    const blocked = failure !== null && partial === null;
    const aside = new Set(partial);
    if (!blocked && waiting.some((one) => !aside.has(one.grantId))) return false;
    const change = looked ? outcome(deps, row, attempt, waiting, work.now) : {};
    await work.queries
      .update(boundaries)
      .set({ writer: null, leaseUntil: null, ...change })
      .where(eq(boundaries.accountId, accountId));
    const { nextTryAt = null } = change;
    if (nextTryAt !== null) await work.enqueue('boundary.write', { accountId }, { at: nextTryAt });
    return true;
  });
}

function outcome(
  deps: BoundaryDeps,
  row: BoundaryRow,
  { failure, partial }: Attempt,
  waiting: readonly { readonly grantId: string }[],
  now: Date,
): Partial<BoundaryRow> {
  if (failure === null) {
    return { failure, failingSince: null, attempts: 0, nextTryAt: null, setAside: null };
  }
  const attempts = row.attempts + 1;
  return {
    failure,
    failingSince: row.failingSince ?? now,
    attempts,
    nextTryAt: new Date(now.getTime() + pauseMs(deps, attempts, waiting.length > 0)),
    setAside: partial === null ? waiting.map((one) => one.grantId) : [...partial],
  };
}

/** Thrown when the lease went to another process while this one was waiting for AWS. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

async function lock(work: Work, accountId: string): Promise<BoundaryRow> {
  const [row] = await work.queries
    .select()
    .from(boundaries)
    .where(eq(boundaries.accountId, accountId))
    .for('update');
  if (row === undefined) throw new Error('a boundary row disappeared; rows are never deleted');
  return row;
}

/** Is there a deny that the last attempt did not meet? By the rows it met: transactions commit in no order of time. */
async function hasNew(work: Work, row: BoundaryRow): Promise<boolean> {
  const aside = row.setAside ?? [];
  const [found] = await work.queries
    .select({ grantId: denies.grantId })
    .from(denies)
    .where(
      and(
        eq(denies.accountId, row.accountId),
        isNull(denies.removedAt),
        isNull(denies.confirmedAt),
        gt(denies.lapsesAt, work.now),
        aside.length === 0 ? undefined : notInArray(denies.grantId, [...aside]),
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

// Doubling from a tenth of a second, as the SDKs do (AWS SDKs and Tools Reference, "Retry behavior"), since somebody waits
// for the deny. Jitter over the upper half: many that failed together do not come back together.
function pauseMs(deps: BoundaryDeps, attempts: number, waiting: boolean): number {
  const most = waiting ? waitingPauseMs : longestPauseMs;
  return Math.min(most, 100 * 2 ** Math.min(attempts - 1, 12)) * (0.5 + deps.random() / 2);
}

/** For queries: a boundary that nobody holds and that may be tried. */
export function claimable(now: Date) {
  const at = (ms: number) => sql`${new Date(now.getTime() + ms).toISOString()}::timestamptz`;
  return sql`(${boundaries.leaseUntil} IS NULL OR NOT ${boundaries.leaseUntil} BETWEEN ${at(0)} AND ${at(leaseMs)})
    AND (${boundaries.nextTryAt} IS NULL OR NOT ${boundaries.nextTryAt} BETWEEN ${at(1)} AND ${at(longestPauseMs)})`;
}
