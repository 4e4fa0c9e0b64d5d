import type { Subject } from '../catalog/types.ts';
import type { Caller } from '../identity/caller.ts';
import type { ApprovalsDeps } from './deps.ts';
import { membersFor } from './expand.ts';
import { type Offer, toOffers } from './offer.ts';
import { principalsOf } from './principals.ts';
import { mayKnow } from './rights.ts';
import { viewerOf } from './viewer.ts';

/** Everything in the catalog that the caller may ask for or approve, in the order of the file. */
export async function listOffers(
  deps: Pick<ApprovalsDeps, 'db' | 'catalog' | 'onCall' | 'clock'>,
  caller: Caller,
): Promise<Offer[]> {
  const catalog = deps.catalog();
  const onCall = deps.onCall();
  const viewer = viewerOf(caller, onCall, await principalsOf(deps.db, caller.personId, deps.clock()));
  const visible = [...catalog.entitlements.values()].filter((entitlement) => mayKnow(entitlement, viewer));
  return toOffers(deps.db, catalog, visible, viewer, onCall);
}

/** A name that stands for several entitlements in a request. */
export interface BundleOffer {
  readonly name: string;
  readonly entitlements: readonly string[];
}

/** The bundles all of which the caller may ask for, in the order of the file: of others they do not know. */
export function listBundles({ catalog }: Pick<ApprovalsDeps, 'catalog'>, caller: Subject): BundleOffer[] {
  const current = catalog();
  return [...current.bundles.keys()].flatMap((name) => {
    const entitlements = membersFor(current, caller, name);
    return entitlements.length === 0 ? [] : [{ name, entitlements }];
  });
}
