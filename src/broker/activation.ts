import { eq } from '../db/drizzle.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import type { BrokerDeps } from './deps.ts';
import { type GrantRow, grantEvent } from './grant-row.ts';
import { targetKind } from './targets/target.ts';

/** What is asked before a grant becomes active. */
type Objections = Pick<BrokerDeps, 'objectionTo'>;

/**
 * Takes a scheduled grant to activating, in the caller's transaction, which holds the row locked; and on to failed when
 * something speaks against it: those who approved it no longer may, say, or the person it is for is gone.
 */
export async function startActivating(
  { objectionTo }: Objections,
  work: Work,
  row: GrantRow,
): Promise<GrantRow> {
  work.write(
    work.queries.update(grants).set({ state: 'activating', attempts: 0 }).where(eq(grants.id, row.id)),
  );
  work.audit(grantEvent(row, 'grant.activating', 'success', { rule: `${row.entitlement}#approve.groups` }));
  const activating: GrantRow = { ...row, state: 'activating', attempts: 0 };
  const objection = await objectionTo(work, row);
  return objection === null ? activating : failActivation(work, activating, objection);
}

/**
 * Takes a role's grant that is scheduled or activating, and whose time has come, to active or failed, in the caller's
 * transaction: there is nothing to do in AWS in between.
 */
export async function activateRole(deps: Objections, work: Work, row: GrantRow): Promise<GrantRow> {
  const begun = row.state === 'scheduled' ? await startActivating(deps, work, row) : row;
  return begun.state === 'activating' ? completeActivation(work, begun, {}) : begun;
}

/** Activates a grant in the transaction that schedules it, where that is all there is to do. False: its job does it. */
export function activateAtOnce(deps: Objections): (work: Work, row: GrantRow) => Promise<boolean> {
  return async (work, row) => {
    if (targetKind(row.terms) !== 'role' || work.now < row.startsAt) return false;
    await activateRole(deps, work, row);
    return true;
  };
}

export function completeActivation(work: Work, row: GrantRow, details: JsonObject): GrantRow {
  work.write(work.queries.update(grants).set({ state: 'active', attempts: 0 }).where(eq(grants.id, row.id)));
  work.audit(grantEvent(row, 'grant.active', 'success', { details }));
  return { ...row, state: 'active', attempts: 0 };
}

export function failActivation(work: Work, row: GrantRow, reason: string): GrantRow {
  work.write(
    work.queries.update(grants).set({ state: 'failed', failure: reason }).where(eq(grants.id, row.id)),
  );
  work.audit(grantEvent(row, 'grant.failed', 'failure', { details: { reason } }));
  return { ...row, state: 'failed', failure: reason };
}
