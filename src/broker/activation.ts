import { and, eq } from '../db/drizzle.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { mayApprove } from '../catalog/evaluate.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import { grants, people, reviews } from '../db/schema.ts';
import { type GrantRow, grantEvent } from './grant-row.ts';
import { targetKind } from './targets/target.ts';

/**
 * Takes a scheduled grant to activating, in the caller's transaction, which holds the row locked; and on to failed when
 * those who approved it no longer may, or the person it is for is gone. Rights are judged as they are now, under the
 * terms that were approved.
 */
export async function startActivating(work: Work, row: GrantRow): Promise<GrantRow> {
  work.write(
    work.queries.update(grants).set({ state: 'activating', attempts: 0 }).where(eq(grants.id, row.id)),
  );
  work.audit(grantEvent(row, 'grant.activating', 'success', { rule: `${row.entitlement}#approve.groups` }));
  const activating: GrantRow = { ...row, state: 'activating', attempts: 0 };
  const objection = await findObjection(work, row);
  return objection === null ? activating : failActivation(work, activating, objection);
}

/**
 * Takes a role's grant that is scheduled or activating, and whose time has come, to active or failed, in the caller's
 * transaction: there is nothing to do in AWS in between.
 */
export async function activateRole(work: Work, row: GrantRow): Promise<GrantRow> {
  const begun = row.state === 'scheduled' ? await startActivating(work, row) : row;
  return begun.state === 'activating' ? completeActivation(work, begun, {}) : begun;
}

/** Activates a grant in the transaction that schedules it, where that is all there is to do. False: its job does it. */
export async function activateAtOnce(work: Work, row: GrantRow): Promise<boolean> {
  if (targetKind(row.terms) !== 'role' || work.now < row.startsAt) return false;
  await activateRole(work, row);
  return true;
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

async function findObjection(work: Work, row: GrantRow): Promise<string | null> {
  const [[person], approvals] = await Promise.all([
    work.queries
      .select({ deactivatedAt: people.deactivatedAt })
      .from(people)
      .where(eq(people.id, row.personId))
      .for('share'),
    work.queries
      .select({ reviewer: reviews.reviewer, groups: people.groups, deactivatedAt: people.deactivatedAt })
      .from(reviews)
      .innerJoin(people, eq(people.id, reviews.reviewer))
      .where(and(eq(reviews.requestId, row.requestId), eq(reviews.decision, 'approve')))
      .orderBy(people.id)
      .for('share', { of: people }),
  ]);
  if (person === undefined || person.deactivatedAt !== null)
    return 'The person it is for is no longer active.';

  const entitlement = entitlementFromTerms(row.terms);
  const standing = approvals.filter((approval) => {
    const subject = { personId: approval.reviewer, groups: approval.groups };
    return (
      approval.deactivatedAt === null &&
      approval.reviewer !== row.personId &&
      mayApprove(entitlement, subject).allowed
    );
  });
  const approvers = new Set(standing.map((approval) => approval.reviewer));
  return approvers.size >= entitlement.approve.count
    ? null
    : 'Who approved it is no longer entitled to. Ask again.';
}
