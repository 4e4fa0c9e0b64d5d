import type { Notify } from '../approvals/notice.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import type { Catalog, Entitlement } from '../catalog/types.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import type { eligibilityReviews } from '../db/schema.ts';

/** What the use cases of this folder work with. */
export interface EligibilityDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  /** The catalog in force now. */
  readonly catalog: () => Catalog;
  /** Tells people of the change, in its transaction. */
  readonly notify: Notify;
}

/** A review as it is stored. */
export type ReviewRow = typeof eligibilityReviews.$inferSelect;

/** An entitlement whose owners say on a rhythm who may ask for it. */
export type Reviewed = Entitlement & Required<Pick<Entitlement, 'reviews'>>;

/** The entitlement of this id, where the catalog in force reviews it; null where it does not. */
export function reviewedIn(catalog: Catalog, id: string): Reviewed | null {
  const entitlement = catalog.entitlements.get(id);
  return entitlement === undefined ? null : isReviewed(entitlement) ? entitlement : null;
}

export function isReviewed(entitlement: Entitlement): entitlement is Reviewed {
  return entitlement.reviews !== undefined;
}
