import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { concerned } from './answers.ts';
import { settle } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { holdPeople, lockRequest } from './lock.ts';
import { requireOpen } from './open.ts';
import { canCancel, canSee } from './rights.ts';
import { askedOf, storedRequest } from './stored-request.ts';
import { tellDecided } from './tell.ts';
import type { RequestView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerOf } from './viewer.ts';

/**
 * Takes a pending request back: those it is about, or an operator.
 * Throws Refusal not_found, forbidden, or already_decided.
 */
export async function cancelRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: { readonly id: string },
): Promise<RequestView> {
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    const [row, people] = await Promise.all([
      lockRequest(work.queries, input.id),
      holdPeople(work, catalog, concerned(input.id)),
    ]);
    const viewer = await viewerOf(work.queries, { catalog, now: work.now, onCall }, caller);
    if (row === undefined) throw notFound('request');
    const request = storedRequest(row, people);
    const asked = askedOf(request);
    if (!canSee(asked, catalog, viewer)) throw notFound('request');
    if (!canCancel({ ...asked, state: 'pending' }, viewer)) {
      throw new Refusal('forbidden', 'Only the people it is about, or an operator, can cancel a request.', {
        rule: 'requester-or-operator-cancels',
      });
    }
    requireOpen(asked, work.now);
    const after = settle(work, row, 'cancelled', { rule: 'requester-or-operator-cancels' });
    tellDecided(deps, work, row, 'cancel', { by: caller.personId });
    return viewOf(work, { ...request, row: after }, catalog, viewer, onCall);
  });
}
