import { checkedLimit, decodeCursor, encodeCursor } from '../approvals/cursor.ts';
import type { Page } from '../approvals/deps.ts';
import { readSnapshot } from '../approvals/snapshot.ts';
import { and, desc, eq, inArray, lt } from '../db/drizzle.ts';
import { eligibilityReviews } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { type EligibilityDeps, isReviewed } from './deps.ts';
import { isOwner } from './owners.ts';
import { type EligibilityReviewView, reviewViews } from './view.ts';
import { ownerOf } from './viewer.ts';

export interface ListEligibilityInput {
  /** true: only those that are open; false: only those that are closed. */
  readonly open?: boolean | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number | undefined;
}

/**
 * Reviews of who may ask, newest first: those of the caller's own entitlements; all of them for operators and auditors.
 * Throws Refusal invalid_input for a limit or cursor that is none.
 */
export async function listEligibilityReviews(
  deps: Pick<EligibilityDeps, 'db' | 'clock' | 'catalog'>,
  caller: Caller,
  { open, cursor, limit }: ListEligibilityInput = {},
): Promise<Page<EligibilityReviewView>> {
  const most = checkedLimit(limit);
  const before = cursor === undefined ? null : decodeCursor(cursor, 'elr');
  const catalog = deps.catalog();
  const viewer = await ownerOf(deps, catalog, caller);
  const owned = [...catalog.entitlements.values()]
    .filter((entitlement) => isReviewed(entitlement) && isOwner(catalog, entitlement.id, viewer))
    .map(({ id }) => id);
  const seesAll = caller.isOperator || caller.isAuditor;
  return readSnapshot(deps.db, async (queries) => {
    const rows = await queries
      .select()
      .from(eligibilityReviews)
      .where(
        and(
          seesAll ? undefined : inArray(eligibilityReviews.entitlement, owned),
          open === undefined ? undefined : eq(eligibilityReviews.state, open ? 'open' : 'closed'),
          before === null ? undefined : lt(eligibilityReviews.id, before),
        ),
      )
      .orderBy(desc(eligibilityReviews.id))
      .limit(most + 1);
    const items = await reviewViews(queries, rows.slice(0, most), catalog, viewer);
    const last = items.at(-1);
    return { items, next: rows.length > most && last !== undefined ? encodeCursor(last.id) : null };
  });
}
