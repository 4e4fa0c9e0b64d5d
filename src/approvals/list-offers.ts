import type { Caller } from '../identity/caller.ts';
import type { ApprovalsDeps } from './deps.ts';
import { membersFor } from './expand.ts';
import { type Offer, toOffers } from './offer.ts';
import { mayKnow } from './rights.ts';
import { viewerOf } from './viewer.ts';

/** What is needed to tell somebody what they may ask for. */
export type OfferDeps = Pick<ApprovalsDeps, 'db' | 'clock' | 'catalog' | 'onCall'>;

/** Everything in the catalog that the caller may ask for or approve, in the order of the file. */
export async function listOffers(deps: OfferDeps, caller: Caller): Promise<Offer[]> {
  const catalog = deps.catalog();
  const onCall = deps.onCall();
  const viewer = await viewerOf(deps.db, { catalog, now: deps.clock(), onCall }, caller);
  const visible = [...catalog.entitlements.values()].filter((entitlement) => mayKnow(entitlement, viewer));
  return toOffers(deps.db, catalog, visible, viewer, onCall);
}

/** A name that stands for several entitlements in a request. */
export interface BundleOffer {
  readonly name: string;
  readonly entitlements: readonly string[];
}

/** The bundles all of which the caller may ask for, in the order of the file: of others they do not know. */
export async function listBundles(deps: OfferDeps, caller: Caller): Promise<BundleOffer[]> {
  const current = deps.catalog();
  if (current.bundles.size === 0) return [];
  const moment = { catalog: current, now: deps.clock(), onCall: deps.onCall() };
  const viewer = await viewerOf(deps.db, moment, caller);
  return [...current.bundles.keys()].flatMap((name) => {
    const entitlements = membersFor(current, viewer, name);
    return entitlements.length === 0 ? [] : [{ name, entitlements }];
  });
}
