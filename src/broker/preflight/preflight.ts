import { setTimeout as wait } from 'node:timers/promises';
import { targetDigest } from '../../catalog/target-digest.ts';
import { inArray } from '../../db/drizzle.ts';
import { preflight, preflightAccounts } from '../../db/schema.ts';
import { ask, askUnlessSeen, claim, dueAccounts, finish, letGo } from './account-row.ts';
import type { PreflightDeps } from './deps.ts';
import { lookAtAccount } from './look-account.ts';
import { offersOf } from './offers.ts';

/** Looks at AWS before anything is asked of it, one account at a time in all replicas together. */
export interface Preflight {
  /** Begins to look at what is due by its row, and at everything of a catalog that is new. Returns without waiting for AWS. */
  sweep(): Promise<void>;
  /** Has these accounts looked at now; false when that was not done within so many milliseconds. */
  lookNow(accountIds: readonly string[], withinMs: number): Promise<boolean>;
  /** Waits until this process looks at nothing. */
  idle(): Promise<void>;
  /** Begins nothing more, asks AWS nothing more and waits for the answers that are under way. */
  stop(): Promise<void>;
}

// So many accounts at once: each may wait for AWS for ten seconds a call.
const mostAtOnce = 4;
const justNowMs = 60_000;

export function createPreflight(deps: PreflightDeps): Preflight {
  const running = new Map<string, Promise<void>>();
  let begunFor: string | null = null;
  let stopped = false;

  const look = async (accountId: string): Promise<void> => {
    const offer = offersOf(deps.catalog()).get(accountId);
    if (offer === undefined || !(await claim(deps, accountId))) return;
    try {
      const seen = await lookAtAccount({ ...deps, stopping: () => stopped }, offer);
      // What was broken off says nothing of AWS.
      if (stopped && !seen.complete) await letGo(deps, accountId);
      else await finish(deps, offer, seen);
    } catch (error) {
      deps.report?.(error, accountId);
      await letGo(deps, accountId);
    }
  };
  const begin = (accountId: string): void => {
    const look1 = look(accountId)
      .catch((error: unknown) => deps.report?.(error, accountId))
      .then(() => {
        running.delete(accountId);
        // The next in line, without waiting for the next sweep.
        return pump().catch((error: unknown) => deps.report?.(error, accountId));
      });
    running.set(accountId, look1);
  };
  const pump = async (): Promise<void> => {
    if (stopped || running.size >= mostAtOnce) return;
    const offers = offersOf(deps.catalog());
    for (const accountId of await dueAccounts(deps)) {
      if (stopped || running.size >= mostAtOnce) return;
      if (offers.has(accountId) && !running.has(accountId)) begin(accountId);
    }
  };
  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };
  return {
    async sweep() {
      const { version } = deps.catalog();
      if (begunFor !== version && (await askForCatalog(deps))) begunFor = version;
      await pump();
    },
    async lookNow(accountIds, withinMs) {
      await ask(deps, accountIds);
      await pump();
      return Promise.race([
        idle().then(() => allDone(deps, accountIds)),
        wait(withinMs, undefined, { ref: false }).then(() => allDone(deps, accountIds)),
      ]);
    },
    idle,
    async stop() {
      stopped = true;
      await idle();
    },
  };
}

/**
 * Asks for a look at every account of the catalog, but for those that were seen just now as they are in it. False: of some that
 * are not known yet, because they are looked at this moment.
 */
async function askForCatalog(deps: PreflightDeps): Promise<boolean> {
  const catalog = deps.catalog();
  const now = deps.clock();
  const offers = offersOf(catalog);
  const rows = await deps.db
    .select({ id: preflight.entitlement, target: preflight.target, checkedAt: preflight.checkedAt })
    .from(preflight);
  const seen = new Map(rows.map((row) => [row.id, row]));
  const since = new Date(now.getTime() - justNowMs);
  const wanted = [...offers.values()].filter(({ entitlements }) =>
    entitlements.some((entitlement) => {
      const row = seen.get(entitlement.id);
      return row === undefined || row.target !== targetDigest(entitlement) || row.checkedAt < since;
    }),
  );
  const accountIds = wanted.map(({ accountId }) => accountId);
  return (await askUnlessSeen(deps, accountIds, now)) === accountIds.length;
}

/** Was each of these accounts looked at since it was asked for? */
async function allDone(deps: PreflightDeps, accountIds: readonly string[]): Promise<boolean> {
  const rows = await deps.db
    .select()
    .from(preflightAccounts)
    .where(inArray(preflightAccounts.accountId, [...accountIds]));
  return rows.every(({ askedAt, looker }) => askedAt === null && looker === null);
}
