import { and, eq, isNull, lte, or, sql } from '../../db/drizzle.ts';
import { boundaries, denies } from '../../db/schema.ts';
import type { BoundaryDeps } from './deps.ts';
import { claimable } from './lease.ts';
import { compactAfterMs, writeBoundary, type WriteOptions } from './write-boundary.ts';

/** The writers of this process: at most one an account, each by itself. */
export interface BoundaryWriters {
  /** Makes sure that an account's policy is looked at from now on; returns at once. */
  wake(accountId: string, options?: WriteOptions): void;
  /** Wakes the writers of all accounts that have something due, by their rows alone. */
  sweep(): Promise<void>;
  /** Waits until none is at work. */
  idle(): Promise<void>;
  /** Wakes no more and waits for those at work. */
  stop(): Promise<void>;
}

const lookEvery = sql`interval '1 hour'`;
// While something is denied: who takes a deny out again is met before the sessions expire by themselves.
const watchEvery = sql`interval '2 minutes'`;
// What is to be tried again sooner than this is not left to the queue and the sweep, which come by every few seconds.
const soonMs = 5_000;
// A timer may fire a little before its time by the clock.
const timerSlackMs = 2;
const outOfReachMs = 500;

/** The writers of this process. An account whose AWS hangs or refuses holds up no other: each is on its own. */
export function createBoundaryWriters(deps: BoundaryDeps): BoundaryWriters {
  const running = new Map<string, Promise<void>>();
  // Woken while at work: it looks once more.
  const again = new Map<string, WriteOptions>();
  const timers = new Set<NodeJS.Timeout>();
  let stopped = false;

  const attempt = async (accountId: string, options: WriteOptions): Promise<void> => {
    if ((await writeBoundary(deps, accountId, options)) !== 'failed') return;
    const wait = await untilNextTry(deps, accountId);
    if (wait !== null && wait <= soonMs) wakeIn(accountId, wait + timerSlackMs);
  };
  const wakeIn = (accountId: string, milliseconds: number): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      wake(accountId);
    }, milliseconds);
    timers.add(timer.unref());
  };
  const run = async (accountId: string, options: WriteOptions): Promise<void> => {
    await attempt(accountId, options).catch((error: unknown) => {
      deps.report?.(error, accountId);
      // Postgres was out of reach, and the lease may still be this process's: nobody else looks before it is over.
      wakeIn(accountId, outOfReachMs);
    });
    running.delete(accountId);
    const next = again.get(accountId);
    again.delete(accountId);
    if (next !== undefined) wake(accountId, next);
  };
  const wake = (accountId: string, options: WriteOptions = {}): void => {
    if (stopped) return;
    if (running.has(accountId)) {
      again.set(accountId, { look: options.look === true || again.get(accountId)?.look === true });
      return;
    }
    running.set(accountId, run(accountId, options));
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    wake,
    async sweep() {
      for (const { accountId, look } of await dueAccounts(deps)) wake(accountId, { look });
    },
    idle,
    async stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      await idle();
    },
  };
}

/** How long until an account may be tried again, in milliseconds; null when it may be at any time. */
async function untilNextTry(deps: BoundaryDeps, accountId: string): Promise<number | null> {
  const [row] = await deps.db
    .select({ nextTryAt: boundaries.nextTryAt })
    .from(boundaries)
    .where(eq(boundaries.accountId, accountId));
  const at = row?.nextTryAt ?? null;
  return at === null ? null : Math.max(0, at.getTime() - deps.clock().getTime());
}

async function dueAccounts(deps: BoundaryDeps) {
  const now = sql`${deps.clock().toISOString()}::timestamptz`;
  const denying = sql`EXISTS (
    SELECT FROM ${denies} d
    WHERE d.account_id = "boundaries"."account_id" AND d.removed_at IS NULL AND d.lapses_at > ${now}
  )`;
  const pause = sql`CASE WHEN ${denying} THEN ${watchEvery} ELSE ${lookEvery} END`;
  const look = sql<boolean>`(${boundaries.failure} IS NOT NULL OR (${boundaries.readBackAt} <= ${now} - ${pause}) IS TRUE)`;
  const waiting = deps.db
    .select({ one: sql`1` })
    .from(denies)
    .where(
      and(
        eq(denies.accountId, boundaries.accountId),
        isNull(denies.removedAt),
        or(
          and(isNull(denies.confirmedAt), sql`${denies.lapsesAt} > ${now}`),
          lte(denies.lapsesAt, new Date(deps.clock().getTime() - compactAfterMs)),
        ),
      ),
    );
  return deps.db
    .select({ accountId: boundaries.accountId, look })
    .from(boundaries)
    .where(and(claimable(deps.clock()), or(sql`EXISTS ${waiting}`, look)));
}
