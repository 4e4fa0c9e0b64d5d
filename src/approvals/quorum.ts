import { mayApprove } from '../catalog/evaluate.ts';
import type { Entitlement, Subject } from '../catalog/types.ts';

/** How far the rule of one entitlement is met. */
export interface Tally {
  readonly entitlement: string;
  readonly needed: number;
  readonly have: number;
}

/**
 * Counts approvals. Only people who may approve the entitlement as it was asked for count, never the requester, and one
 * person counts once however often and through however many groups they appear.
 * @param approvers who approved, with the groups they are in now
 */
export function tally(
  entitlements: readonly Entitlement[],
  requester: string,
  approvers: readonly Subject[],
): Tally[] {
  return entitlements.map((entitlement) => {
    const counted = approvers.filter(
      (approver) => approver.personId !== requester && mayApprove(entitlement, approver).allowed,
    );
    return {
      entitlement: entitlement.id,
      // A rule that asks for nobody still asks for somebody.
      needed: Math.max(1, entitlement.approve.count),
      have: new Set(counted.map((approver) => approver.personId)).size,
    };
  });
}

/** Are all rules met? Nothing asked for is never met. */
export function quorumReached(tallies: readonly Tally[]): boolean {
  return tallies.length > 0 && tallies.every(({ needed, have }) => have >= needed);
}
