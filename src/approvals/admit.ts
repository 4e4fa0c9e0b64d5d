import { mayAsk } from '../catalog/evaluate.ts';
import type { Catalog, Entitlement } from '../catalog/types.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { Ask } from './content.ts';
import { type Expanded, expandAsk } from './expand.ts';
import type { StoredPerson } from './lock.ts';
import type { Answerer } from './rights.ts';
import { requireStartInReach, requireWithinTerms } from './submission.ts';

/** An ask that the catalog lets through. */
export interface Admitted extends Expanded {
  /** Who asks. */
  readonly asker: StoredPerson;
  /** Whose access it is. */
  readonly requester: StoredPerson;
}

/**
 * Decides on the catalog alone whether this may be asked for; what rules say of it, and whether its ticket is good, is decided
 * after that.
 * @param people the caller and whom it is for, as stored
 * @throws Refusal forbidden, not_found, invalid_input or insufficient_assurance
 */
export function admit(
  catalog: Catalog,
  caller: Pick<Caller, 'personId' | 'assurance'>,
  viewer: Answerer,
  ask: Ask,
  people: ReadonlyMap<string, StoredPerson>,
  now: Date,
): Admitted {
  const asker = people.get(caller.personId);
  if (asker?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
  // By the groups of the row that is held: those that the call came with may be older.
  const expanded = expandAsk(catalog, { ...viewer, ...asker }, ask);
  const { entitlements } = expanded;
  const requester = ask.for === null ? asker : requireColleague(people.get(ask.for), asker, entitlements);
  requireWithinTerms(ask, entitlements);
  requireStartInReach(ask.startAt, now);
  for (const { id, account, assurance } of entitlements) {
    requireAssurance(caller, assurance.ask, now, {
      rule: `${id}#assurance.ask`,
      entitlement: id,
      account: account.id,
      catalogVersion: catalog.version,
    });
  }
  return { ...expanded, asker, requester };
}

// The same for whoever is not known, not the only one of that address, gone, or not entitled: it is no way to look people up.
function requireColleague(
  colleague: StoredPerson | undefined,
  asker: StoredPerson,
  entitlements: readonly Entitlement[],
): StoredPerson {
  const may =
    colleague?.active === true &&
    colleague.personId !== asker.personId &&
    entitlements.every((entitlement) => mayAsk(entitlement, colleague).allowed);
  if (may) return colleague;
  throw new Refusal(
    'invalid_input',
    'for names nobody else who may ask for all of this: give the id, or the exact email address, of a colleague who has signed in before.',
  );
}
