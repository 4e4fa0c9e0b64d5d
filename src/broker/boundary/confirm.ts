import { and, eq, inArray, isNull } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { boundaries, denies, grants } from '../../db/schema.ts';
import { type GrantRow, grantEvent } from '../grant-row.ts';
import type { DenyRow } from './deny-row.ts';
import type { BoundaryDeps } from './deps.ts';
import type { BoundaryPlan } from './document.ts';

export interface ReadBack {
  readonly accountId: string;
  readonly policyArn: string;
  readonly versionId: string;
  /** A version was written, rather than found as it should be. */
  readonly wrote: boolean;
  readonly plan: BoundaryPlan;
  /** The rows that the plan was made from, by grant. */
  readonly planned: ReadonlyMap<string, DenyRow>;
  /** Grants of roles that are not bounded by the policy: it does not deny them. */
  readonly unbounded: ReadonlySet<string>;
  /** Grants with nothing left to deny, which are not in the policy any more. */
  readonly lapsed: readonly string[];
}

// So many rows a transaction: a grant is locked no longer than it takes to write them.
const batch = 100;

/**
 * Writes down what was read back: denies are confirmed, their grants end with that as the evidence, and what has lapsed is
 * out of the policy. A deny that was changed since the policy was planned is left for the next round.
 */
export async function confirm(deps: BoundaryDeps, read: ReadBack): Promise<void> {
  const roleWide = [...read.plan.means.values()].filter((means) => means === 'role').length;
  await deps.transact(systemContext, async (work) => {
    const { accountId, versionId } = read;
    work.write(
      work.queries
        .update(boundaries)
        .set({ versionId, readBackAt: work.now })
        .where(eq(boundaries.accountId, accountId)),
    );
    if (!read.wrote) return;
    work.audit({
      kind: 'deny.written',
      outcome: 'success',
      account: accountId,
      details: {
        policy: read.policyArn,
        version: versionId,
        grants: read.plan.means.size,
        roleWide,
        left: read.plan.left.length,
      },
    });
  });
  if (read.wrote && roleWide > 0) deps.observe?.roleWide(read.accountId, roleWide);
  const denied = [...read.plan.means.keys()].filter((id) => !read.unbounded.has(id)).sort();
  for (let at = 0; at < denied.length; at += batch)
    await confirmSome(deps, read, denied.slice(at, at + batch));
  const lapsed = [...read.lapsed].sort();
  for (let at = 0; at < lapsed.length; at += batch) await removeSome(deps, lapsed.slice(at, at + batch));
}

async function confirmSome(deps: BoundaryDeps, read: ReadBack, ids: readonly string[]): Promise<void> {
  const seconds = await deps.transact(systemContext, async (work) => {
    const waited: number[] = [];
    for (const { grant, deny } of await lockBoth(work, ids)) {
      if (deny.confirmedAt !== null || !samePlan(deny, read.planned.get(grant.id))) continue;
      const roleWide = read.plan.means.get(grant.id) === 'role';
      const change = { confirmedAt: work.now, versionId: read.versionId, roleWide };
      work.write(work.queries.update(denies).set(change).where(eq(denies.grantId, grant.id)));
      const evidence = {
        kind: 'denied_in_aws',
        policy: read.policyArn,
        version: read.versionId,
        by: roleWide ? 'role' : 'grant',
        readBackAt: work.now.toISOString(),
        lastPossibleUse: deny.lapsesAt.toISOString(),
      };
      work.audit(grantEvent(grant, 'deny.confirmed', 'success', { details: evidence }));
      waited.push((work.now.getTime() - deny.createdAt.getTime()) / 1000);
      if (grant.state !== 'ending' || deny.kind !== 'role') continue;
      const ended = { state: 'ended', endedAt: work.now, evidence } as const;
      work.write(work.queries.update(grants).set(ended).where(eq(grants.id, grant.id)));
      work.audit(
        grantEvent(grant, 'grant.ended', 'success', { details: { because: grant.endedBecause, evidence } }),
      );
    }
    return waited;
  });
  for (const waited of seconds) deps.observe?.confirmed(waited);
}

function samePlan(deny: DenyRow, planned: DenyRow | undefined): boolean {
  return planned !== undefined && deny.issuedBefore?.getTime() === planned.issuedBefore?.getTime();
}

async function removeSome(deps: BoundaryDeps, ids: readonly string[]): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    for (const { grant, deny } of await lockBoth(work, ids)) {
      work.write(
        work.queries.update(denies).set({ removedAt: work.now }).where(eq(denies.grantId, grant.id)),
      );
      const details = { because: 'nothing left to deny', wasConfirmed: deny.confirmedAt !== null };
      work.audit(grantEvent(grant, 'deny.removed', 'success', { details }));
    }
  });
}

async function lockBoth(
  work: Work,
  ids: readonly string[],
): Promise<{ readonly grant: GrantRow; readonly deny: DenyRow }[]> {
  return work.queries
    .select({ grant: grants, deny: denies })
    .from(denies)
    .innerJoin(grants, eq(grants.id, denies.grantId))
    .where(and(inArray(denies.grantId, [...ids]), isNull(denies.removedAt)))
    .orderBy(grants.id)
    .for('update');
}
