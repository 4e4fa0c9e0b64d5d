import type { Catalog } from '../catalog/types.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type Asked, isParty, type ReviewRight, reviewRight, type Viewer } from './rights.ts';

/** Throws unless the rules, the person and the proof allow an answer. Returns which parts of it they may answer. */
export function requireRight(
  now: Date,
  catalog: Catalog,
  caller: Pick<Caller, 'assurance'>,
  asked: Asked,
  viewer: Viewer,
): ReviewRight {
  const right = reviewRight(asked, catalog, viewer);
  if (!right.allowed) {
    throw new Refusal(
      'forbidden',
      `You may not answer this request: ${right.rule} says who may, and you are ${right.reason}.`,
      { rule: right.rule, catalogVersion: catalog.version },
    );
  }
  if (isParty(asked, viewer)) {
    throw new Refusal('forbidden', 'Nobody answers their own request: ask somebody else who may.', {
      rule: 'requester-never-approves',
      catalogVersion: catalog.version,
    });
  }
  for (const terms of right.entitlements) {
    const asker = {
      rule: `${terms.id}#assurance.approve`,
      entitlement: terms.id,
      account: terms.account.id,
      catalogVersion: catalog.version,
    };
    requireAssurance(caller, terms.assurance.approve, now, asker);
    const current = catalog.entitlements.get(terms.id);
    if (current !== undefined) requireAssurance(caller, current.assurance.approve, now, asker);
  }
  return right;
}
