import { asc, eq, inArray } from '../db/drizzle.ts';
import { systemContext } from '../audit/event.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import type { BrokerDeps } from './deps.ts';
import { type GrantRow, grantEvent, targetGrant } from './grant-row.ts';
import { canEnd } from './states.ts';
import { type Removal, targetKind } from './targets/target.ts';

// So many looks at once: some of the connections that endings share are left for the others.
const looksAtOnce = 4;

/**
 * Ends those of these grants together that are of roles and can end now: two transactions for all of them, with each one's
 * own events. Returns the ids of those that need nothing more for now: the ended ones, and those in somebody else's hands.
 * What is left (a permission set, a fault, something still in use) is for finishEnding, one by one. Rejects when a
 * transaction fails: one poisoned row is enough.
 */
export async function endTogether(deps: BrokerDeps, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows, elsewhere } = await begin(deps, ids);
  const removals = await look(deps, rows);
  const ended = removals.size === 0 ? [] : await conclude(deps, removals);
  return new Set([...ended, ...elsewhere]);
}

interface Begun {
  /** Grants of roles that are ending. */
  readonly rows: readonly GrantRow[];
  readonly elsewhere: readonly string[];
}

async function begin(deps: BrokerDeps, ids: readonly string[]): Promise<Begun> {
  return deps.transact(systemContext, async (work) => {
    const rows = await lock(work, ids, { skipLocked: true });
    const roles = rows.filter((row) => targetKind(row.terms) === 'role');
    const due = roles.filter((row) => canEnd(row.state) && work.now >= row.endsAt);
    if (due.length > 0) {
      const change = {
        state: 'ending',
        endedBecause: 'expired',
        endingSince: work.now,
        attempts: 0,
      } as const;
      const dueIds = due.map((row) => row.id);
      work.write(work.queries.update(grants).set(change).where(inArray(grants.id, dueIds)));
      for (const row of due) {
        const details = { because: 'expired', from: row.state };
        work.audit(grantEvent(row, 'grant.ending', 'success', { details }));
      }
    }
    const locked = new Set(rows.map((row) => row.id));
    return {
      rows: [...roles.filter((row) => row.state === 'ending'), ...due],
      elsewhere: ids.filter((id) => !locked.has(id)),
    };
  });
}

type Gone = Extract<Removal, { kind: 'gone' }>;

async function look(deps: BrokerDeps, rows: readonly GrantRow[]): Promise<ReadonlyMap<string, Gone>> {
  const gone = new Map<string, Gone>();
  const left = rows.values();
  const lane = async (): Promise<void> => {
    for (const row of left) {
      // What fails here is tried again by itself, and reported there.
      const removal = await deps.targets.role.takeAway(targetGrant(row)).catch(() => null);
      if (removal?.kind === 'gone') gone.set(row.id, removal);
    }
  };
  await Promise.all(Array.from({ length: looksAtOnce }, lane));
  return gone;
}

async function conclude(deps: BrokerDeps, removals: ReadonlyMap<string, Gone>): Promise<readonly string[]> {
  return deps.transact(systemContext, async (work) => {
    const ended: string[] = [];
    for (const row of await lock(work, [...removals.keys()])) {
      const evidence = removals.get(row.id)?.evidence;
      if (row.state !== 'ending' || evidence === undefined) continue;
      const change = { state: 'ended', endedAt: work.now, evidence } as const;
      work.write(work.queries.update(grants).set(change).where(eq(grants.id, row.id)));
      const details = { because: row.endedBecause, evidence };
      work.audit(grantEvent(row, 'grant.ended', 'success', { details }));
      ended.push(row.id);
    }
    return ended;
  });
}

/** In the order of their ids, so that two who lock several never wait for each other. */
async function lock(
  work: Work,
  ids: readonly string[],
  wait: { readonly skipLocked?: true } = {},
): Promise<GrantRow[]> {
  return work.queries
    .select()
    .from(grants)
    .where(inArray(grants.id, [...ids]))
    .orderBy(asc(grants.id))
    .for('update', wait);
}
