import { pickFrom } from '../catalog/choices.ts';
import { type Decision, mayAsk } from '../catalog/evaluate.ts';
import type { Catalog, Entitlement, Subject } from '../catalog/types.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { Ask, AskedBundle } from './content.ts';
import { requireStanding } from './require-standing.ts';
import { type Answerer, mayKnow } from './rights.ts';
import { maxEntitlements } from './submission.ts';
import { unseen } from './unseen.ts';

/** What is asked for: each entitlement once, as it was picked, and the bundles that some of them came by. */
export interface Expanded {
  readonly entitlements: readonly Entitlement[];
  readonly bundles: readonly AskedBundle[];
}

/**
 * Resolves the names of an ask, once all of it may be asked for: first everything must be visible, then allowed, then the
 * choices must fit. A bundle exists only for those who may ask for all of it.
 * @param may who may have it: by asking, or in another way
 * @throws Refusal not_found, forbidden or invalid_input
 */
export function expandAsk(
  catalog: Catalog,
  subject: Answerer,
  ask: Ask,
  may: (entitlement: Entitlement, subject: Subject) => Decision = mayAsk,
): Expanded {
  requireStanding(subject, catalog);
  const bundles = ask.entitlements.filter(isBundleName).map((name) => ({
    name,
    entitlements: [...bundleFor(catalog, subject, name, ask.entitlements)],
  }));
  const ids = new Set([
    ...ask.entitlements.filter((name) => !isBundleName(name)),
    ...bundles.flatMap(({ entitlements }) => entitlements),
  ]);
  const found = [...ids].map((id) => {
    const entitlement = catalog.entitlements.get(id);
    if (entitlement === undefined || !mayKnow(entitlement, subject)) {
      throw notFound('entitlement', {
        entitlements: ask.entitlements,
        ...unseen(catalog, subject, entitlement),
      });
    }
    return entitlement;
  });
  for (const entitlement of found) {
    requireAllowed(catalog, may(entitlement, subject), entitlement, ask.entitlements);
  }
  if (found.length > maxEntitlements) {
    throw new Refusal(
      'invalid_input',
      `entitlements come to ${found.length} in all: ask for at most ${maxEntitlements} at once.`,
    );
  }
  return { entitlements: picked(found, ask), bundles };
}

/** Is this the name of a bundle, not the id of an entitlement? */
export function isBundleName(name: string): boolean {
  return !name.includes('/');
}

/** The members of a bundle; none when the subject may not ask for all of them, as if there were no such bundle. */
export function membersFor(catalog: Catalog, subject: Subject, name: string): readonly string[] {
  const members = catalog.bundles.get(name) ?? [];
  const all = members.every((id) => {
    const entitlement = catalog.entitlements.get(id);
    return entitlement !== undefined && mayAsk(entitlement, subject).allowed;
  });
  return all ? members : [];
}

function bundleFor(
  catalog: Catalog,
  subject: Subject,
  name: string,
  asked: readonly string[],
): readonly string[] {
  const members = membersFor(catalog, subject, name);
  if (members.length === 0) {
    throw notFound('entitlement', { entitlements: asked, catalogVersion: catalog.version });
  }
  return members;
}

function requireAllowed(
  catalog: Catalog,
  decision: Decision,
  entitlement: Entitlement,
  asked: readonly string[],
): void {
  if (decision.allowed) return;
  throw new Refusal(
    'forbidden',
    `You may not ask for ${entitlement.id}: ${decision.rule} says who may, and you are ${decision.reason}.`,
    { rule: decision.rule, entitlement: entitlement.id, catalogVersion: catalog.version },
    { entitlements: asked, account: entitlement.account.id },
  );
}

function picked(found: readonly Entitlement[], ask: Ask): Entitlement[] {
  const stray = Object.keys(ask.options).find((id) => !found.some((entitlement) => entitlement.id === id));
  if (stray !== undefined) {
    throw new Refusal('invalid_input', `options names ${stray}, which is not asked for.`);
  }
  return found.map((entitlement) => {
    const option = Object.hasOwn(ask.options, entitlement.id) ? ask.options[entitlement.id] : undefined;
    const result = pickFrom(entitlement, option ?? null);
    if (result.ok) return result.entitlement;
    throw new Refusal('invalid_input', result.message, { rule: `${entitlement.id}#choices` });
  });
}
