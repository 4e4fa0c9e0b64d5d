import { and, asc, eq, gt, inArray, lte, not, or, type SQL, sql } from '../db/drizzle.ts';
import { grants, sessions } from '../db/schema.ts';
import { activateGrant } from './activate-grant.ts';
import type { BrokerDeps } from './deps.ts';
import { finishEnding } from './finish-ending.ts';
import { settleAfterSeconds, settleSession } from './settle-session.ts';

export interface SweepResult {
  /** How many rows were looked at. */
  readonly settled: number;
  readonly ended: number;
  readonly activated: number;
  /** How many of them failed; each was reported and is tried again by the next sweep. */
  readonly faults: number;
}

const batch = 200;

/**
 * Finds everything that is due, by the rows alone: unsettled sessions, ends, starts, endings and activations that stand
 * still, assignments that no grant needs. Needs no job, runs at the same time on several replicas, and does each row in
 * transactions of its own, so that one that fails does not hold up its neighbours. Endings go before starts.
 */
export async function sweepGrants(deps: BrokerDeps): Promise<SweepResult> {
  const now = deps.clock();
  let faults = 0;
  const guarded = async (id: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      faults++;
      deps.report?.(error, id);
    }
  };

  const unsettled = and(
    eq(sessions.state, 'issuing'),
    lte(sessions.createdAt, new Date(now.getTime() - settleAfterSeconds * 1000)),
  );
  const settled = await each(sessions, deps, unsettled, (sessionId) =>
    guarded(sessionId, () => settleSession(deps, { sessionId })),
  );
  // What was issued can still be used: the target would only answer that it is too early.
  const tooEarly = sql`EXISTS (
    SELECT FROM ${sessions} s WHERE s.grant_id = "grants"."id" AND s.last_possible_use > ${now.toISOString()}::timestamptz
  )`;
  const endingOrDue = or(
    and(eq(grants.state, 'ending'), not(tooEarly)),
    and(inArray(grants.state, ['scheduled', 'activating', 'active']), lte(grants.endsAt, now)),
  );
  const ended = await each(grants, deps, endingOrDue, (grantId) =>
    guarded(grantId, () => finishEnding(deps, { grantId }, { bySweep: true })),
  );
  await guarded('', () => deps.targets['permission-set'].removeOrphans());
  const starting = or(
    eq(grants.state, 'activating'),
    and(eq(grants.state, 'scheduled'), lte(grants.startsAt, now)),
  );
  const activated = await each(grants, deps, starting, (grantId) =>
    guarded(grantId, () => activateGrant(deps, { grantId }, { bySweep: true })),
  );
  return { settled, ended, activated, faults };
}

/** Visits every row that is due, a batch at a time, in the order of their ids. */
async function each(
  table: typeof grants | typeof sessions,
  deps: BrokerDeps,
  which: SQL | undefined,
  visit: (id: string) => Promise<void>,
): Promise<number> {
  let last = '';
  for (let visited = 0; ; ) {
    const rows = await deps.db
      .select({ id: table.id })
      .from(table)
      .where(and(which, gt(table.id, last)))
      .orderBy(asc(table.id))
      .limit(batch);
    for (const { id } of rows) await visit(id);
    visited += rows.length;
    const end = rows.at(-1);
    if (end === undefined || rows.length < batch) return visited;
    last = end.id;
  }
}
