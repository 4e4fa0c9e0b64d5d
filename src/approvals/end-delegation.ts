import { eq } from '../db/drizzle.ts';
import { delegations } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { type DelegationView, isStanding, isTheirs, viewDelegation } from './delegation-view.ts';
import type { ApprovalsDeps } from './deps.ts';

/**
 * Ends a delegation before its time: whose right it is, to whom it was handed, or an operator. What was answered by it until then
 * stands. Needs no more than being signed in.
 * Throws Refusal not_found, forbidden for auditors, who see all of them, or already_decided when it is over.
 */
export async function endDelegation(
  deps: ApprovalsDeps,
  caller: Caller,
  input: { readonly id: string },
): Promise<DelegationView> {
  return deps.transact(caller.context, async (work) => {
    const { id } = input;
    const [row] = await work.queries.select().from(delegations).where(eq(delegations.id, id)).for('update');
    const theirs = row !== undefined && isTheirs(row, caller);
    if (row === undefined || (!theirs && !caller.isAuditor)) throw notFound('delegation');
    if (!theirs) {
      throw new Refusal('forbidden', 'Only the two people of a delegation, or an operator, can end it.', {
        rule: 'of-it-or-operator-ends',
      });
    }
    if (!isStanding(row, work.now)) {
      throw new Refusal('already_decided', 'This delegation is over already: nothing was changed.');
    }
    work.write(
      work.queries
        .update(delegations)
        .set({ endedAt: work.now, endedBy: caller.personId })
        .where(eq(delegations.id, id)),
    );
    work.audit({
      kind: 'delegation.ended',
      outcome: 'success',
      subject: row.delegate,
      details: { delegation: id, principal: row.principal },
    });
    return viewDelegation(work.queries, caller, work.now, id);
  });
}
