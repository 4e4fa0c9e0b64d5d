import { and, eq, inArray, isNull } from '../../db/drizzle.ts';
import { systemContext } from '../../audit/event.ts';
import type { Work } from '../../audit/unit-of-work.ts';
import { boundaries, denies, grants } from '../../db/schema.ts';
import { Refusal } from '../../refusal.ts';
import { type GrantRow, grantEvent } from '../grant-row.ts';
import type { DenyRow } from './deny-row.ts';
import type { BoundaryDeps } from './deps.ts';
import type { BoundaryPlan } from './document.ts';
import { LeaseLostError, requireLease } from './lease.ts';

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
 * out of the policy. A deny that was changed since the policy was planned is left for the next round; one that was confirmed
 * and is not in force any more is confirmed no longer. Returns the grants that could not be written down.
 * Throws LeaseLostError when another process writes by now: what was read back may be history.
 */
export async function confirm(deps: BoundaryDeps, read: ReadBack): Promise<ReadonlySet<string>> {
  const roleWide = [...read.plan.means.values()].filter((means) => means === 'role').length;
  await deps.transact(systemContext, async (work) => {
    const { accountId, versionId } = read;
    await requireLease(deps, work, accountId);
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
  // Of many only few are new: what is as it was before is not locked for it.
  const was = (id: string) => (read.planned.get(id)?.confirmedAt ?? null) !== null;
  const inForce = [...read.plan.means.keys()].filter((id) => !read.unbounded.has(id) && !was(id));
  const notInForce = [...read.plan.left, ...read.unbounded].filter(was);
  return new Set([
    ...(await inBatches(deps, inForce, (ids) => confirmSome(deps, read, ids))),
    ...(await inBatches(deps, notInForce, (ids) => unconfirmSome(deps, read, ids))),
    ...(await inBatches(deps, read.lapsed, (ids) => removeSome(deps, read, ids))),
  ]);
}

/** A batch at a time; where one row spoils its batch, each by itself. Returns those that could not be done. */
async function inBatches(
  deps: BoundaryDeps,
  grantIds: readonly string[],
  write: (ids: readonly string[]) => Promise<void>,
): Promise<string[]> {
  const ids = [...grantIds].sort();
  const spoiled: string[] = [];
  const one = async (some: readonly string[]): Promise<void> => {
    try {
      await write(some);
    } catch (error) {
      // Postgres is out of reach, or another process writes: no row's fault.
      if (error instanceof LeaseLostError || error instanceof Refusal) throw error;
      if (some.length > 1) for (const id of some) await one([id]);
      else {
        deps.report?.(error, some[0] ?? '');
        spoiled.push(...some);
      }
    }
  };
  for (let at = 0; at < ids.length; at += batch) await one(ids.slice(at, at + batch));
  return spoiled;
}

async function confirmSome(deps: BoundaryDeps, read: ReadBack, ids: readonly string[]): Promise<void> {
  const seconds = await deps.transact(systemContext, async (work) => {
    await requireLease(deps, work, read.accountId);
    const waited: number[] = [];
    for (const { grant, deny } of await lockBoth(work, ids)) {
      if (deny.confirmedAt !== null || !samePlan(deny, read.planned.get(grant.id))) continue;
      confirmOne(work, read, grant, deny);
      waited.push((work.now.getTime() - deny.createdAt.getTime()) / 1000);
    }
    return waited;
  });
  for (const waited of seconds) deps.observe?.confirmed(waited);
}

function confirmOne(work: Work, read: ReadBack, grant: GrantRow, deny: DenyRow): void {
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
  if (grant.state !== 'ending' || deny.kind !== 'role') return;
  const ended = { state: 'ended', endedAt: work.now, evidence } as const;
  work.write(work.queries.update(grants).set(ended).where(eq(grants.id, grant.id)));
  work.audit(
    grantEvent(grant, 'grant.ended', 'success', { details: { because: grant.endedBecause, evidence } }),
  );
}

/** What was confirmed and is not in force any more counts as waiting again. */
async function unconfirmSome(deps: BoundaryDeps, read: ReadBack, ids: readonly string[]): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    await requireLease(deps, work, read.accountId);
    for (const { grant, deny } of await lockBoth(work, ids)) {
      if (deny.confirmedAt === null) continue;
      const change = { confirmedAt: null, versionId: null };
      work.write(work.queries.update(denies).set(change).where(eq(denies.grantId, grant.id)));
      const reason = read.unbounded.has(grant.id) ? 'the policy is no boundary of it' : 'no room';
      work.audit(grantEvent(grant, 'deny.drift', 'failure', { details: { noLongerInForce: reason } }));
    }
  });
}

function samePlan(deny: DenyRow, planned: DenyRow | undefined): boolean {
  return planned !== undefined && deny.issuedBefore?.getTime() === planned.issuedBefore?.getTime();
}

async function removeSome(deps: BoundaryDeps, read: ReadBack, ids: readonly string[]): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    await requireLease(deps, work, read.accountId);
    for (const { grant, deny } of await lockBoth(work, ids)) {
      // It was moved on meanwhile.
      if (deny.lapsesAt > work.now) continue;
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
