import { isVisible } from '../catalog/evaluate.ts';
import type { Caller } from '../identity/caller.ts';
import type { ApprovalsDeps } from './deps.ts';
import { type Offer, toOffers } from './offer.ts';

/** Everything in the catalog that the caller may ask for or approve, in the order of the file. */
export async function listOffers(
  deps: Pick<ApprovalsDeps, 'db' | 'catalog'>,
  caller: Caller,
): Promise<Offer[]> {
  const catalog = deps.catalog();
  const visible = [...catalog.entitlements.values()].filter((entitlement) => isVisible(entitlement, caller));
  return toOffers(deps.db, catalog, visible, caller);
}
