import { and, asc, eq, gt, lte, or, type SQL, sql } from '../db/drizzle.ts';
import { denies, grants, sessions } from '../db/schema.ts';
import { activateGrant } from './activate-grant.ts';
import { portalMoveMs } from './boundary/deny-row.ts';
import type { BrokerDeps } from './deps.ts';
import { endTogether } from './end-together.ts';
import { finishEnding } from './finish-ending.ts';
import { settleAfterSeconds, settleSession } from './settle-session.ts';
import { restsUntil } from './targets/assignment-row.ts';

export interface SweepResult {
  /** How many rows were looked at. */
  readonly settled: number;
  readonly ended: number;
  readonly activated: number;
  /** How many of them failed; each was reported and is tried again by the next sweep. */
  readonly faults: number;
}

const batch = 100;
// Of endings that call AWS: one that hangs, for ten seconds a call, holds up few others.
const setsAtOnce = 8;

const isSet = sql`coalesce("grants"."terms" #>> '{target,kind}', '') = 'permission-set'`;
// Written out as in the index grants_due, which only then serves.
const isLive = sql`"grants"."state" IN ('scheduled', 'activating', 'active', 'ending')`;
const isLiveYet = sql`"grants"."state" IN ('scheduled', 'activating', 'active')`;
const isEnding = sql`"grants"."state" = 'ending'`;

/**
 * Finds everything that is due, by the rows alone: unsettled sessions, ends, starts, endings and activations that stand
 * still, assignments that no grant needs. Needs no job, runs at the same time on several replicas. Grants of roles that are
 * over end together, as many may in the same second; when that fails, and for all else, each row is done in transactions of
 * its own, so that one that fails does not hold up its neighbours; those that call AWS go some at once. Endings go before starts.
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
  const instant = sql`${now.toISOString()}::timestamptz`;
  const isOver = and(isLiveYet, lte(grants.endsAt, now));
  // While what was issued can still be used, the target would only answer that it is too early. Scalar subqueries are looked up
  // by their index, row by row, however many sessions there are.
  const lastUse = sql`(SELECT max(s.last_possible_use) FROM ${sessions} s WHERE s.grant_id = "grants"."id")`;
  const nothingUsable = sql`coalesce(${lastUse} <= ${instant}, true)`;
  const finish = (grantId: string) =>
    guarded(grantId, () => finishEnding(deps, { grantId }, { bySweep: true }));
  const endedRoles = await each(
    grants,
    deps,
    and(isLive, sql`NOT ${isSet}`, or(and(isEnding, nothingUsable), isOver)),
    finish,
    { together: (ids) => endTogether(deps, ids).catch(() => new Set()) },
  );
  // Where AWS is not to be asked again yet, what may be opened at the portal meanwhile is denied all the same.
  const reach = sql`(
    SELECT d.issued_before FROM ${denies} d WHERE d.grant_id = "grants"."id" AND d.kind = 'portal'
  )`;
  const isDue = sql`coalesce(${restsUntil} <= ${instant}, true)
    OR coalesce(${reach} <= ${new Date(now.getTime() - portalMoveMs).toISOString()}::timestamptz, false)`;
  const endedSets = await each(
    grants,
    deps,
    and(isLive, isSet, or(and(isEnding, sql`(${isDue})`), isOver)),
    finish,
    { atOnce: setsAtOnce },
  );
  await guarded('', () => deps.targets['permission-set'].removeOrphans());
  await guarded('', () => deps.targets['permission-set'].compare());
  const starting = and(
    sql`"grants"."state" IN ('scheduled', 'activating')`,
    or(sql`"grants"."state" = 'activating'`, lte(grants.startsAt, now)),
  );
  const activated = await each(grants, deps, starting, (grantId) =>
    guarded(grantId, () => activateGrant(deps, { grantId }, { bySweep: true })),
  );
  return { settled, ended: endedRoles + endedSets, activated, faults };
}

interface Visits {
  /** Does what it can of a batch at once, and says which. */
  readonly together?: (ids: readonly string[]) => Promise<ReadonlySet<string>>;
  /** How many are visited at the same time; one when left out. */
  readonly atOnce?: number;
}

/** Visits every row that is due, a batch at a time, in the order of their ids. */
async function each(
  table: typeof grants | typeof sessions,
  deps: BrokerDeps,
  which: SQL | undefined,
  visit: (id: string) => Promise<void>,
  { together, atOnce = 1 }: Visits = {},
): Promise<number> {
  let last = '';
  for (let visited = 0; ; ) {
    const rows = await deps.db
      .select({ id: table.id })
      .from(table)
      .where(and(which, gt(table.id, last)))
      .orderBy(asc(table.id))
      .limit(batch);
    const ids = rows.map(({ id }) => id);
    const done = together !== undefined && ids.length > 1 ? await together(ids) : new Set<string>();
    const left = ids.filter((id) => !done.has(id)).values();
    const lane = async (): Promise<void> => {
      for (const id of left) await visit(id);
    };
    await Promise.all(Array.from({ length: atOnce }, lane));
    visited += ids.length;
    const end = ids.at(-1);
    if (end === undefined || ids.length < batch) return visited;
    last = end;
  }
}
