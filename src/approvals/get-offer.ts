import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { ApprovalsDeps } from './deps.ts';
import { type Offer, toOffers } from './offer.ts';
import { principalsOf } from './principals.ts';
import { mayKnow } from './rights.ts';
import { unseen } from './unseen.ts';
import { viewerOf } from './viewer.ts';

/** One entitlement. Throws Refusal not_found alike for what does not exist and what the caller may not know of. */
export async function getOffer(
  deps: Pick<ApprovalsDeps, 'db' | 'catalog' | 'onCall' | 'clock'>,
  caller: Caller,
  id: string,
): Promise<Offer> {
  const catalog = deps.catalog();
  const onCall = deps.onCall();
  const viewer = viewerOf(caller, onCall, await principalsOf(deps.db, caller.personId, deps.clock()));
  const entitlement = catalog.entitlements.get(id);
  if (entitlement === undefined || !mayKnow(entitlement, viewer)) {
    throw notFound('entitlement', { entitlements: [id], ...unseen(catalog, viewer, entitlement) });
  }
  const [offer] = await toOffers(deps.db, catalog, [entitlement], viewer, onCall);
  if (offer === undefined) throw notFound('entitlement');
  return offer;
}
