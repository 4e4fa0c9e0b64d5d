import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { RequestContent } from './content.ts';
import { settle } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { loadFacts } from './load.ts';
import { lockRequest } from './lock.ts';
import { canCancel, canSee, isOpen } from './rights.ts';
import { askedOf, type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';

/**
 * Takes a pending request back: the requester's own, or any as an operator.
 * Throws Refusal not_found, forbidden, or already_decided.
 */
export async function cancelRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: { readonly id: string },
): Promise<RequestView> {
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const viewer = viewerOf(caller);
    const row = await lockRequest(work.queries, input.id);
    if (row === undefined) throw notFound('request');
    const asked = askedOf({ ...row, content: row.content as RequestContent });
    if (!canSee(asked, catalog, viewer)) throw notFound('request');
    if (!canCancel({ ...asked, state: 'pending' }, viewer)) {
      throw new Refusal('forbidden', 'Only the person who asked, or an operator, can cancel a request.', {
        rule: 'requester-or-operator-cancels',
      });
    }
    if (!isOpen(row, work.now)) {
      const state = row.state === 'pending' ? 'expired' : row.state;
      throw new Refusal('already_decided', `This request is already ${state}: nothing was changed.`, {
        state,
      });
    }
    const after = await settle(work, row, 'cancelled', { rule: 'requester-or-operator-cancels' });
    const [facts] = await loadFacts(work.queries, catalog, [after], work.now);
    if (facts === undefined) throw new Error('a request must be loaded to be shown');
    return toView(facts, catalog, viewer, work.now);
  });
}
