import { isDeepStrictEqual } from 'node:util';
import type { Catalog, Entitlement } from '../types.ts';
import { type Effect, overall, type TermChange } from './effect.ts';
import { answerers, askers, isNobody, type Meant, type RightChange, rightChange } from './rights.ts';
import { termChanges } from './terms.ts';

/** What becomes of one entitlement. */
export interface EntitlementChange {
  readonly id: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly effect: Effect;
  /** Who may ask. */
  readonly ask: RightChange;
  /** Who may answer some step. */
  readonly approve: RightChange;
  readonly terms: readonly TermChange[];
}

/** What one catalog changes about another. */
export interface CatalogDiff {
  readonly before: string;
  readonly after: string;
  /** Sorted by id; those that stay as they are are not in it. */
  readonly entitlements: readonly EntitlementChange[];
  /** What changes beside entitlements, a line each. */
  readonly others: readonly string[];
}

/** What changes from one catalog to another: entitlements, their terms, and who gains or loses the right to ask or answer. Pure. */
export function diffCatalogs(before: Catalog, after: Catalog): CatalogDiff {
  const ids = [...new Set([...before.entitlements.keys(), ...after.entitlements.keys()])].toSorted();
  return {
    before: before.version,
    after: after.version,
    entitlements: ids.flatMap((id) =>
      entitlementChange(id, before.entitlements.get(id), after.entitlements.get(id)),
    ),
    others: [
      ...mapChanges('bundle', before.bundles, after.bundles),
      ...mapChanges('schedule', schedulesOf(before), schedulesOf(after)),
      ...mapChanges(
        'end or sponsor of somebody from outside, by subject:',
        outsiders(before),
        outsiders(after),
      ),
      ...mapChanges('group from outside', groupsOutside(before), groupsOutside(after)),
      ...mapChanges('alias of account', before.aliases ?? new Map(), after.aliases ?? new Map()),
    ],
  };
}

function entitlementChange(
  id: string,
  before: Entitlement | undefined,
  after: Entitlement | undefined,
): EntitlementChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const ask = rightChange(askers(before), askers(after));
  const approve = rightChange(answerers(before), answerers(after));
  const terms = before === undefined || after === undefined ? [] : termChanges(before, after);
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed';
  const effects: Effect[] = [
    ...(kind === 'added' ? ['widens' as const] : kind === 'removed' ? ['narrows' as const] : []),
    ...rightEffects(ask),
    ...rightEffects(approve),
    ...terms.map(({ effect }) => effect),
  ];
  return [{ id, kind, effect: kind === 'removed' ? 'narrows' : overall(effects), ask, approve, terms }];
}

function rightEffects({ gained, lost }: RightChange): Effect[] {
  return [...(isNobody(gained) ? [] : ['widens' as const]), ...(isNobody(lost) ? [] : ['narrows' as const])];
}

function schedulesOf({ onCall }: Catalog): ReadonlyMap<string, unknown> {
  return new Map(onCall.map((schedule) => [schedule.name, schedule]));
}

function outsiders({ outside }: Catalog): ReadonlyMap<string, unknown> {
  return outside?.people ?? new Map();
}

function groupsOutside({ outside }: Catalog): ReadonlyMap<string, unknown> {
  return new Map([...(outside?.groups ?? [])].map((name) => [name, name]));
}

// What is in them is not repeated: the address of a calendar can be a secret.
function mapChanges(
  what: string,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((name) => {
    if (!before.has(name)) return [`${what} ${name} is new`];
    if (!after.has(name)) return [`${what} ${name} is gone`];
    return isDeepStrictEqual(before.get(name), after.get(name)) ? [] : [`${what} ${name} is changed`];
  });
}

/** The names that a catalog gives to people, by subject. */
export function namesOf(...catalogs: readonly Catalog[]): ReadonlyMap<string, string> {
  return new Map(catalogs.flatMap(({ people }) => [...people].map(([name, { subject }]) => [subject, name])));
}

/** Somebody's right in words: `group engineers`, `alice`, `the manager`. */
export function meantTexts({ groups, people, others }: Meant, names: ReadonlyMap<string, string>): string[] {
  return [
    ...groups.map((group) => `group ${group}`),
    ...people.map((subject) => names.get(subject) ?? `the person with the subject ${subject}`),
    ...others,
  ];
}
