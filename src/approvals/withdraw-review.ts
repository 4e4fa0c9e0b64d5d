import { eq } from '../db/drizzle.ts';
import { reviews } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { answersTo, concerned } from './answers.ts';
import type { ApprovalsDeps } from './deps.ts';
import { holdPeople, lockRequest } from './lock.ts';
import { isOpen } from './rights.ts';
import { askedOf, storedRequest } from './stored-request.ts';
import type { RequestView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerOf } from './viewer.ts';

/**
 * Takes back one's own approval: while the request is pending it does not count any more, and one can answer again. Once it is
 * approved, and until access is made, the grants end before they begin.
 * Throws Refusal: not_found (also where the caller has not answered), already_decided, conflict once access was made: the grant
 * is to be ended then.
 */
export async function withdrawReview(
  deps: ApprovalsDeps,
  caller: Caller,
  input: { readonly id: string },
): Promise<RequestView> {
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    const [row, people, answers] = await Promise.all([
      lockRequest(work.queries, input.id),
      holdPeople(work, catalog, concerned(input.id)),
      answersTo(work.queries, input.id),
    ]);
    const answer = answers.find(({ reviewer }) => reviewer === caller.personId);
    if (row === undefined || answer === undefined) throw notFound('review of yours');
    const request = storedRequest(row, people);
    const pending = isOpen(askedOf(request), work.now);
    if (!pending && (row.state !== 'approved' || answer.decision !== 'approve')) {
      const state = row.state === 'pending' ? 'expired' : row.state;
      throw new Refusal('already_decided', `This request is already ${state}: nothing was changed.`, {
        state,
      });
    }
    work.write(work.queries.update(reviews).set({ withdrawnAt: work.now }).where(eq(reviews.id, answer.id)));
    work.audit({
      kind: 'review.withdrawn',
      outcome: 'success',
      subject: row.requester,
      request: row.id,
      catalogVersion: row.catalogVersion,
      details: { review: answer.id, decision: answer.decision, digest: row.digest, state: row.state },
    });
    if (!pending) await deps.undoGrants(work, { requestId: row.id });
    const viewer = await viewerOf(work.queries, { catalog, now: work.now, onCall }, caller);
    return viewOf(work, request, catalog, viewer, onCall);
  });
}
