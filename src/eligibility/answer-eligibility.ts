import { holdPeople, type StoredPerson } from '../approvals/lock.ts';
import { maxWords } from '../approvals/submission.ts';
import { optionalWords } from '../approvals/wording.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { reviewRule } from '../catalog/evaluate.ts';
import type { Catalog } from '../catalog/types.ts';
import { and, eq, gt } from '../db/drizzle.ts';
import { eligibilityItems, eligibilityReviews } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { type EligibilityDeps, type Reviewed, reviewedIn, type ReviewRow } from './deps.ts';
import { drop, keep } from './drop.ts';
import { lockReview, lockStandings } from './lock-review.ts';
import { isOwner } from './owners.ts';
import { type EligibilityItemView, itemViews } from './view.ts';
import { maySee } from './viewer.ts';

export interface AnswerEligibilityInput {
  /** The review. */
  readonly id: string;
  readonly person: string;
  readonly decision: 'keep' | 'drop';
  readonly comment?: string | null | undefined;
}

/**
 * An owner says whether somebody may go on asking. It holds at once, and until an owner says otherwise: also once the review is
 * closed, as long as it is the newest of its entitlement.
 * Throws Refusal, in this order: not_found (also for what the caller may not see), forbidden (no owner, or about themselves),
 * insufficient_assurance, conflict when there is a newer review.
 */
export async function answerEligibility(
  deps: Pick<EligibilityDeps, 'transact' | 'catalog'>,
  caller: Caller,
  input: AnswerEligibilityInput,
): Promise<EligibilityItemView> {
  const comment = optionalWords('comment', input.comment, maxWords);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const review = await lockReview(work, input.id);
    await lockStandings(work, [input.person]);
    const held = await holdPeople(work, catalog, [caller.personId]);
    const owner = held.get(caller.personId);
    if (owner?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    if (review === undefined || !maySee(catalog, review.entitlement, caller, owner)) throw notFound('review');
    const entitlement = requireOwner(catalog, review, owner);
    const [item] = await itemViews(work.queries, review.id, { person: input.person }, 1);
    if (item === undefined) throw notFound('person in this review');
    if (input.person === caller.personId) {
      throw new Refusal('forbidden', 'Nobody answers for themselves: ask another owner.', {
        rule: 'nobody-keeps-themselves',
        catalogVersion: catalog.version,
      });
    }
    requireAssurance(caller, entitlement.assurance.approve, work.now, {
      rule: `${entitlement.id}#assurance.approve`,
      entitlement: entitlement.id,
      account: entitlement.account.id,
      catalogVersion: catalog.version,
    });
    await requireNewest(work, review);
    await work.queries
      .update(eligibilityItems)
      .set({ decision: input.decision, decidedBy: caller.personId, decidedAt: work.now, comment })
      .where(and(eq(eligibilityItems.reviewId, review.id), eq(eligibilityItems.personId, input.person)));
    if (input.decision === 'keep') await keep(work, review, input.person);
    else await drop(work, review, [input.person]);
    record(work, caller, entitlement, catalog, { ...input, comment });
    return {
      ...item,
      decision: input.decision,
      decidedBy: { id: caller.personId, name: caller.name },
      decidedAt: work.now.toISOString(),
      comment,
    };
  });
}

function requireOwner(catalog: Catalog, { entitlement: id }: ReviewRow, person: StoredPerson): Reviewed {
  const entitlement = reviewedIn(catalog, id);
  if (entitlement !== null && isOwner(catalog, id, person)) return entitlement;
  throw new Refusal('forbidden', `Only the owners of ${id} say who may go on asking for it.`, {
    rule: reviewRule(id),
    catalogVersion: catalog.version,
  });
}

async function requireNewest(work: Work, { id, entitlement }: ReviewRow): Promise<void> {
  const [newer] = await work.queries
    .select({ id: eligibilityReviews.id })
    .from(eligibilityReviews)
    .where(and(eq(eligibilityReviews.entitlement, entitlement), gt(eligibilityReviews.id, id)))
    .limit(1);
  if (newer === undefined) return;
  throw new Refusal('conflict', `There is a newer review of ${entitlement}: answer in ${newer.id}.`, {
    review: newer.id,
  });
}

function record(
  work: Work,
  caller: Caller,
  entitlement: Reviewed,
  catalog: Catalog,
  { id, person, decision, comment }: AnswerEligibilityInput,
): void {
  work.audit({
    kind: decision === 'keep' ? 'eligibility.kept' : 'eligibility.dropped',
    outcome: 'success',
    subject: person,
    entitlement: entitlement.id,
    account: entitlement.account.id,
    rule: reviewRule(entitlement.id),
    catalogVersion: catalog.version,
    details: { review: id, via: caller.via, assurance: caller.assurance.level },
    ...(comment === null || comment === undefined ? {} : { personal: { comment } }),
  });
}
