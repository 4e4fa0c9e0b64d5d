import { checkedLimit, decodeCursor, encodeCursor } from '../approvals/cursor.ts';
import { readSnapshot } from '../approvals/snapshot.ts';
import { eq } from '../db/drizzle.ts';
import { eligibilityReviews } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { EligibilityDeps } from './deps.ts';
import { type EligibilityItemView, type EligibilityReviewView, itemViews, reviewViews } from './view.ts';
import { maySee, ownerOf } from './viewer.ts';

export interface GetEligibilityInput {
  readonly id: string;
  /** Only those whom nobody has answered for. */
  readonly unanswered?: boolean | undefined;
  /** Only those who have not used it for long. */
  readonly unused?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/** A review with a page of the people in it, by their ids. */
export interface EligibilityReviewPage extends EligibilityReviewView {
  readonly items: readonly EligibilityItemView[];
  readonly next: string | null;
}

/**
 * One review of who may ask.
 * Throws Refusal not_found where there is none or the caller may not see it; invalid_input for a limit or cursor that is none.
 */
export async function getEligibilityReview(
  deps: Pick<EligibilityDeps, 'db' | 'clock' | 'catalog'>,
  caller: Caller,
  { id, cursor, limit, ...filter }: GetEligibilityInput,
): Promise<EligibilityReviewPage> {
  const most = checkedLimit(limit);
  const after = cursor === undefined ? null : decodeCursor(cursor, 'prs');
  const catalog = deps.catalog();
  const viewer = await ownerOf(deps, catalog, caller);
  return readSnapshot(deps.db, async (queries) => {
    const [row] = await queries.select().from(eligibilityReviews).where(eq(eligibilityReviews.id, id));
    if (row === undefined || !maySee(catalog, row.entitlement, caller, viewer)) throw notFound('review');
    const [view] = await reviewViews(queries, [row], catalog, viewer);
    if (view === undefined) throw new Error('a review has no view');
    const found = await itemViews(queries, id, { ...filter, after }, most + 1);
    const items = found.slice(0, most);
    const last = items.at(-1);
    return {
      ...view,
      items,
      next: found.length > most && last !== undefined ? encodeCursor(last.person.id) : null,
    };
  });
}
