import { systemContext } from '../audit/event.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { reviewRule } from '../catalog/evaluate.ts';
import type { Catalog } from '../catalog/types.ts';
import { and, asc, eq, inArray, isNull } from '../db/drizzle.ts';
import { eligibilityItems, eligibilityReviews } from '../db/schema.ts';
import { type EligibilityDeps, reviewedIn, type ReviewRow } from './deps.ts';
import { drop } from './drop.ts';
import { lockReview, lockStandings } from './lock-review.ts';

// Each has an event of their own: so many in one transaction.
const lapsedAtOnce = 200;

/**
 * Closes a review whose time is over: whoever nobody answered for is dropped, some in each transaction, and the last one closes it.
 * A process that dies on the way leaves the rest to the next sweep. A review of what the catalog does not review any more is closed
 * at once, and nobody is dropped for it. Safe to run at any moment and any number of times.
 * @returns whether it was closed now
 */
export async function closeReview(
  deps: Pick<EligibilityDeps, 'transact' | 'catalog'>,
  { review: id }: { readonly review: string },
): Promise<boolean> {
  for (;;) {
    const step = await deps.transact(systemContext, async (work) => {
      const catalog = deps.catalog();
      const review = await lockReview(work, id);
      if (review?.state !== 'open') return 'left';
      if (reviewedIn(catalog, review.entitlement) === null) return close(work, catalog, review, 'withdrawn');
      if (work.now < review.dueAt) return 'left';
      const lapsing = await work.queries
        .select({ personId: eligibilityItems.personId })
        .from(eligibilityItems)
        .where(and(eq(eligibilityItems.reviewId, id), isNull(eligibilityItems.decision)))
        .orderBy(asc(eligibilityItems.personId))
        .limit(lapsedAtOnce);
      if (lapsing.length === 0) return close(work, catalog, review, 'due');
      await lapse(
        work,
        catalog,
        review,
        lapsing.map(({ personId }) => personId),
      );
      return 'more';
    });
    if (step !== 'more') return step === 'closed';
  }
}

async function lapse(work: Work, catalog: Catalog, review: ReviewRow, ids: readonly string[]): Promise<void> {
  await lockStandings(work, ids);
  await work.queries
    .update(eligibilityItems)
    .set({ decision: 'lapsed', decidedAt: work.now })
    .where(and(eq(eligibilityItems.reviewId, review.id), inArray(eligibilityItems.personId, [...ids])));
  await drop(work, review, ids);
  for (const subject of ids) {
    work.audit({
      ...about(catalog, review),
      kind: 'eligibility.lapsed',
      subject,
      details: { review: review.id },
    });
  }
}

function close(work: Work, catalog: Catalog, review: ReviewRow, because: 'due' | 'withdrawn'): 'closed' {
  work.write(
    work.queries
      .update(eligibilityReviews)
      .set({ state: 'closed', closedAt: work.now, closedBecause: because })
      .where(eq(eligibilityReviews.id, review.id)),
  );
  work.audit({
    ...about(catalog, review),
    kind: 'eligibility.closed',
    details: { review: review.id, because },
  });
  return 'closed';
}

function about(catalog: Catalog, { entitlement }: ReviewRow) {
  const account = catalog.entitlements.get(entitlement)?.account.id;
  return {
    outcome: 'success' as const,
    entitlement,
    ...(account === undefined ? {} : { account }),
    rule: reviewRule(entitlement),
    catalogVersion: catalog.version,
  };
}
