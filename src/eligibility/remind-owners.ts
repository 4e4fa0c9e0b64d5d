import { systemContext } from '../audit/event.ts';
import { and, count, eq, isNull } from '../db/drizzle.ts';
import { eligibilityItems, eligibilityReviews } from '../db/schema.ts';
import { type EligibilityDeps, reviewedIn } from './deps.ts';
import { lockReview } from './lock-review.ts';
import { ownersToTell } from './owners.ts';

/**
 * Tells the owners once more, shortly before those whom nobody answered for are dropped.
 * @returns whether anybody was told now
 */
export async function remindOwners(
  deps: Pick<EligibilityDeps, 'transact' | 'catalog' | 'notify'>,
  { review: id }: { readonly review: string },
): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const catalog = deps.catalog();
    const review = await lockReview(work, id);
    const { remindAt = null, remindedAt = null } = review ?? {};
    if (review?.state !== 'open' || remindAt === null || remindedAt !== null || work.now < remindAt)
      return false;
    await work.queries
      .update(eligibilityReviews)
      .set({ remindedAt: work.now })
      .where(eq(eligibilityReviews.id, id));
    const [counted] = await work.queries
      .select({ unanswered: count() })
      .from(eligibilityItems)
      .where(and(eq(eligibilityItems.reviewId, id), isNull(eligibilityItems.decision)));
    const unanswered = counted?.unanswered ?? 0;
    const entitlement = reviewedIn(catalog, review.entitlement);
    if (unanswered === 0 || entitlement === null) return false;
    const owners = await ownersToTell(work.queries, { catalog, now: work.now }, entitlement);
    if (owners.length === 0) return false;
    const dueAt = review.dueAt.toISOString();
    const body = { review: id, entitlement: entitlement.id, dueAt, unanswered };
    deps.notify(work, { kind: 'eligibility.due', people: owners, body });
    return true;
  });
}
