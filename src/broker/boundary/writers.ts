import { and, eq, isNull, lte, or, sql } from '../../db/drizzle.ts';
import { boundaries, denies } from '../../db/schema.ts';
import type { BoundaryDeps } from './deps.ts';
import { claimable } from './lease.ts';
import { writeBoundary, type WriteOptions } from './write-boundary.ts';

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

// Lapsed denies may stay a while: they deny nothing any more.
const compactAfter = sql`interval '15 minutes'`;
const lookEvery = sql`interval '1 hour'`;

/** The writers of this process. An account whose AWS hangs or refuses holds up no other: each is on its own. */
export function createBoundaryWriters(deps: BoundaryDeps): BoundaryWriters {
  const running = new Map<string, Promise<void>>();
  // Woken while at work: it looks once more.
  const again = new Map<string, WriteOptions>();
  let stopped = false;

  const run = async (accountId: string, options: WriteOptions): Promise<void> => {
    await writeBoundary(deps, accountId, options).catch((error: unknown) => deps.report?.(error, accountId));
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
      await idle();
    },
  };
}

async function dueAccounts(deps: BoundaryDeps) {
  const now = sql`${deps.clock().toISOString()}::timestamptz`;
  const look = sql<boolean>`(${boundaries.readBackAt} IS NOT NULL AND ${boundaries.readBackAt} <= ${now} - ${lookEvery})`;
  const waiting = deps.db
    .select({ one: sql`1` })
    .from(denies)
    .where(
      and(
        eq(denies.accountId, boundaries.accountId),
        isNull(denies.removedAt),
        or(
          and(isNull(denies.confirmedAt), sql`${denies.lapsesAt} > ${now}`),
          lte(denies.lapsesAt, sql`${now} - ${compactAfter}`),
        ),
      ),
    );
  return deps.db
    .select({ accountId: boundaries.accountId, look })
    .from(boundaries)
    .where(and(claimable(deps.clock()), or(sql`EXISTS ${waiting}`, look)));
}
