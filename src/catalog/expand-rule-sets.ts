import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import type { Place } from './places.ts';
import { EntitlementEntry } from './schema.ts';
import { itsOwn } from './schema-fleets.ts';

/** An entitlement with what its rule set says: values and where they are written. */
export interface MergedEntry {
  readonly values: Readonly<Record<string, unknown>>;
  readonly places: ReadonlyMap<string, Place>;
  /** How many characters it has. */
  readonly characters: number;
}

/**
 * An entitlement together with the rule set that it uses; what it says itself wins, whole key by whole key. Notes a rule set
 * that does not exist, and what neither says. What has the wrong type is left as it is: the schema has noted it.
 * @param path of an entitlement, or of one of a fleet
 * @param used gets the name of the rule set
 * @returns null when there is no map at the path
 */
export function mergeRuleSet(document: LocatedDocument, path: Path, used: Set<string>): MergedEntry | null {
  const own = document.mapAt(path);
  if (own === null) return null;
  const { use, ...values }: Record<string, unknown> = own;
  const parts = new Map<string, Path>(Object.keys(values).map((key) => [key, [...path, key]]));
  const shared = typeof use === 'string' ? ruleSetAt(document, [...path, 'use'], use) : null;
  if (shared !== null && typeof use === 'string') {
    used.add(use);
    for (const [key, value] of Object.entries(shared)) {
      if (parts.has(key) || itsOwn.has(key)) continue;
      parts.set(key, ['ruleSets', use, key]);
      values[key] = value;
    }
    noteMissing(document, path, use, parts);
  }
  const places = document.placesOf(parts);
  const characters = [...places.values()].reduce((sum, { value, end }) => sum + end - value, 0);
  return { values, places, characters };
}

function ruleSetAt(
  document: LocatedDocument,
  path: Path,
  name: string,
): Readonly<Record<string, unknown>> | null {
  const sets = document.mapAt(['ruleSets']);
  if (sets !== null && Object.hasOwn(sets, name)) return document.mapAt(['ruleSets', name]);
  const hint = didYouMean(name, Object.keys(sets ?? {}));
  document.note(path, 'value', `no rule set is named ${quoted(name)}: add it under ruleSets${hint}`);
  return null;
}

function noteMissing(
  document: LocatedDocument,
  path: Path,
  use: string,
  parts: ReadonlyMap<string, Path>,
): void {
  for (const key of EntitlementEntry.required) {
    // Never part of a rule set: the schema says so of the entitlement alone.
    if (parts.has(key) || itsOwn.has(key)) continue;
    document.note(
      path,
      'key',
      `${quoted(path.at(-1))} needs '${key}': add it, or to rule set ${quoted(use)}`,
    );
  }
}
