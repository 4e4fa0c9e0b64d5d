import { isDeepStrictEqual } from 'node:util';
import { pickFrom } from '../catalog/choices.ts';
import { entitlementTerms, type EntitlementTerms } from '../catalog/terms.ts';
import type { Catalog } from '../catalog/types.ts';
import type { RequestContent } from './content.ts';

/** One difference between two contents. `field` is a path such as `durationSeconds` or `entitlements[prod/admin].approve.groups`. */
export interface Change {
  readonly field: string;
  /** Null when it was not there before. */
  readonly before: unknown;
  /** Null when it is not there any more. */
  readonly after: unknown;
}

// Proves to a role's owner who assumes it; approvers are told that it changed and not what it is.
const withheld = 'target.externalId';

/** Every difference between two contents, in a fixed order; empty when they have the same digest. */
export function whatChanged(before: RequestContent, after: RequestContent): Change[] {
  const { entitlements: termsBefore, ...restBefore } = before;
  const { entitlements: termsAfter, ...restAfter } = after;
  return [...differences('', restBefore, restAfter), ...termChanges(termsBefore, termsAfter)];
}

/** How the catalog in force differs from the terms that were asked for; empty when the request can still be approved. */
export function changedSince(content: RequestContent, catalog: Catalog): Change[] {
  const current = content.entitlements.flatMap(({ id, choice }) => {
    const entitlement = catalog.entitlements.get(id);
    if (entitlement === undefined) return [];
    const pick = choice === undefined ? null : { choice: choice.name, parameters: choice.parameters };
    // What can no longer be picked differs from what was asked for by not being there.
    const picked = pickFrom(entitlement, pick);
    const { choices: _, ...whole } = entitlement;
    return [entitlementTerms(picked.ok ? picked.entitlement : whole)];
  });
  return termChanges(content.entitlements, current);
}

function termChanges(before: readonly EntitlementTerms[], after: readonly EntitlementTerms[]): Change[] {
  const old = new Map(before.map((terms) => [terms.id, terms]));
  const now = new Map(after.map((terms) => [terms.id, terms]));
  return [...new Set([...old.keys(), ...now.keys()])].toSorted().flatMap((id): Change[] => {
    const [was, is] = [old.get(id), now.get(id)];
    const field = `entitlements[${id}]`;
    if (was === undefined) return [{ field, before: null, after: id }];
    if (is === undefined) return [{ field, before: id, after: null }];
    return differences(`${field}.`, was, is);
  });
}

function differences(prefix: string, before: object, after: object, path = ''): Change[] {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...was.keys(), ...is.keys()])].toSorted().flatMap((key): Change[] => {
    const [old, now]: unknown[] = [was.get(key) ?? null, is.get(key) ?? null];
    if (isDeepStrictEqual(old, now)) return [];
    if (isRecord(old) && isRecord(now)) return differences(prefix, old, now, `${path}${key}.`);
    const hidden = `${path}${key}` === withheld;
    return [{ field: `${prefix}${path}${key}`, before: hidden ? null : old, after: hidden ? null : now }];
  });
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields that changed, in words: at most five. */
export function fieldsOf(changed: readonly Change[]): string {
  const named = changed.slice(0, 5).map((change) => change.field);
  return named.join(', ') + (changed.length > named.length ? ', …' : '');
}
