import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { OfferDeps } from './list-offers.ts';
import { type Offer, toOffers } from './offer.ts';
import { mayKnow } from './rights.ts';
import { requireStanding } from './require-standing.ts';
import { unseen } from './unseen.ts';
import { viewerOf } from './viewer.ts';

/**
 * One entitlement. Throws Refusal not_found alike for what does not exist and what the caller may not know of; forbidden, whatever
 * it is, for whoever is eligible for nothing.
 */
export async function getOffer(deps: OfferDeps, caller: Caller, id: string): Promise<Offer> {
  const catalog = deps.catalog();
  const onCall = deps.onCall();
  const viewer = await viewerOf(deps.db, { catalog, now: deps.clock(), onCall }, caller);
  requireStanding(viewer, catalog);
  const entitlement = catalog.entitlements.get(id);
  if (entitlement === undefined || !mayKnow(entitlement, viewer)) {
    throw notFound('entitlement', { entitlements: [id], ...unseen(catalog, viewer, entitlement) });
  }
  const [offer] = await toOffers(deps.db, catalog, [entitlement], viewer, onCall);
  if (offer === undefined) throw notFound('entitlement');
  return offer;
}
