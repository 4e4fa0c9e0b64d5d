import { checkFleetEntry, checkKey, checkSelector } from './check-fleets.ts';
import type { LocatedDocument, Path } from './document.ts';
import { type MergedEntry, mergeRuleSet } from './expand-rule-sets.ts';
import { Expansion } from './expansion.ts';
import { maxDescriptionLength } from './limits.ts';
import { quoted } from './lookalike.ts';
import { keyPattern } from './schema-accounts.ts';
import { maxKeyLength } from './schema-fleets.ts';
import { type AccountFacts, type AccountSelector, selectAccounts } from './select-accounts.ts';

/**
 * Writes rule sets and fleets out: afterwards the document has every entitlement under `entitlements`, complete, and a problem
 * with one of them points at the line of the rule set, fleet or entitlement that says it. Notes what is wrong with the rule
 * sets and fleets themselves, beyond their shape.
 * Where there is more than can be checked, no entitlement is left.
 * @returns the names of the rule sets that are used
 */
export function expandFleets(document: LocatedDocument): ReadonlySet<string> {
  const used = new Set<string>();
  for (const name of document.keysAt(['ruleSets'])) checkKey(document, ['ruleSets', name], 'rule set');
  const expansion = new Expansion(document);
  takeWritten(document, expansion, used);
  const accounts = accountsOf(document);
  for (const fleet of document.keysAt(['fleets'])) {
    if (document.full || expansion.overflowed) break;
    checkKey(document, ['fleets', fleet], 'fleet');
    expandFleet(document, ['fleets', fleet], accounts, expansion, used);
  }
  expansion.finish();
  return used;
}

function takeWritten(document: LocatedDocument, expansion: Expansion, used: Set<string>): void {
  const ids = document.keysAt(['entitlements']);
  for (const [id, place] of document.placesOf(ids.map((each) => [each, ['entitlements', each]]))) {
    if (expansion.overflowed) return;
    const path = ['entitlements', id];
    const merged = document.at([...path, 'use']) === undefined ? null : mergeRuleSet(document, path, used);
    expansion.add(id, path, place, merged?.characters ?? 0, () =>
      merged === null ? document.at(path) : document.compose(merged.places, merged.values),
    );
  }
}

function expandFleet(
  document: LocatedDocument,
  path: Path,
  accounts: readonly AccountFacts[],
  expansion: Expansion,
  used: Set<string>,
): void {
  const selector = selectorAt(document, [...path, 'accounts']);
  const selected = selector === null ? [] : selectAccounts(selector, accounts);
  if (selector !== null) {
    checkSelector(document, [...path, 'accounts'], selector, accounts, selected.length);
  }
  for (const name of document.keysAt([...path, 'entitlements'])) {
    const at = [...path, 'entitlements', name];
    const sound = checkFleetEntry(document, at);
    const merged = mergeRuleSet(document, at, used);
    if (sound && merged !== null) expandEntry(document, at, merged, selected, expansion);
  }
}

function expandEntry(
  document: LocatedDocument,
  path: Path,
  merged: MergedEntry,
  accounts: readonly AccountFacts[],
  expansion: Expansion,
): void {
  const name = String(path.at(-1));
  const place = document.placesOf([[name, path]]).get(name);
  const targets = ['role', 'permissionSet'].flatMap((kind) => {
    const target = document.mapAt([...path, kind]);
    if (target === null) return [];
    const keys = Object.keys(target).map((key): [string, Path] => [key, [...path, kind, key]]);
    return [{ kind, target, places: document.placesOf([['account', [...path, kind]], ...keys]) }];
  });
  for (const { key } of accounts) {
    if (document.full || expansion.overflowed) return;
    expansion.add(`${key}/${name}`, path, place, merged.characters, () => {
      const own: Record<string, unknown> = {};
      for (const { kind, target, places } of targets) {
        own[kind] = document.compose(places, { ...target, account: key });
      }
      const description = describe(document, path, key);
      return document.compose(merged.places, {
        ...merged.values,
        ...own,
        ...(description === null ? {} : { description }),
      });
    });
  }
}

/** The description in one account; null where there is none. */
function describe(document: LocatedDocument, path: Path, account: string): string | null {
  const at = [...path, 'description'];
  const template = document.at(at);
  if (typeof template !== 'string') return null;
  const name = document.at(['accounts', account, 'name']);
  const text = template.replaceAll('{account}', () => (typeof name === 'string' ? name : account));
  if (text.length > maxDescriptionLength && template.length <= maxDescriptionLength) {
    const message = `'description' is too long in account ${quoted(account)}: keep it to ${maxDescriptionLength} characters with the name in it`;
    document.note(at, 'value', message, 'description too long');
  }
  return text;
}

function accountsOf(document: LocatedDocument): AccountFacts[] {
  const sound = new RegExp(keyPattern);
  return document.keysAt(['accounts']).flatMap((key) => {
    // Noted by checkAccounts: no id is to be made of it as well.
    if (!sound.test(key) || key.length > maxKeyLength) return [];
    const path = ['accounts', key];
    const ou = document.at([...path, 'ou']);
    const tags = Object.entries(document.mapAt([...path, 'tags']) ?? {}).filter(
      (tag): tag is [string, string] => typeof tag[1] === 'string',
    );
    return [{ key, tags: new Map(tags), ou: typeof ou === 'string' ? ou : null }];
  });
}

/** A selector as it is written; null where its shape is wrong, which the schema has noted. */
function selectorAt(document: LocatedDocument, path: Path): AccountSelector | null {
  const selector = document.mapAt(path);
  if (selector === null) return null;
  const { names = null, tags = null, ou = null } = selector;
  const tagLists = tags === null ? null : document.mapAt([...path, 'tags']);
  const lists = tagLists === null ? [] : Object.entries(tagLists);
  if (names !== null && !isTexts(names)) return null;
  if (tags !== null && lists.length === 0) return null;
  if (ou !== null && typeof ou !== 'string') return null;
  const texts = lists.filter((entry): entry is [string, string[]] => isTexts(entry[1]));
  if (texts.length < lists.length || (names ?? tags ?? ou) === null) return null;
  return { names, tags: tags === null ? null : new Map(texts), ou };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
