import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { keyPattern } from './schema-accounts.ts';
import { fleetEntryPattern, maxFleetEntryLength, maxKeyLength } from './schema-fleets.ts';
import { type AccountFacts, type AccountSelector, isWithin, nameMatches } from './select-accounts.ts';

/** Notes a name of a rule set or fleet that is none. */
export function checkKey(document: LocatedDocument, path: Path, what: string): void {
  const name = String(path.at(-1));
  if (new RegExp(keyPattern).test(name) && name.length <= maxKeyLength) return;
  document.note(
    path,
    'key',
    `${what} name ${quoted(name)} must be lower-case letters, digits and '-', at most ${maxKeyLength}`,
  );
}

/**
 * Notes what is wrong with one entitlement of a fleet in whatever account, where the schema cannot see it.
 * @returns whether ids can be made of its name
 */
export function checkFleetEntry(document: LocatedDocument, path: Path): boolean {
  const name = String(path.at(-1));
  const sound = new RegExp(fleetEntryPattern).test(name) && name.length <= maxFleetEntryLength;
  if (!sound) {
    document.note(
      path,
      'key',
      `name ${quoted(name)} must be lower-case ASCII letters, digits and '-', such as admin, at most ${maxFleetEntryLength}: the account goes before it`,
    );
  }
  const targets = ['role', 'permissionSet'].filter((kind) => document.at([...path, kind]) !== undefined);
  if (targets.length === 0) {
    document.note(path, 'key', `${quoted(name)} needs a target: add role or permissionSet`, 'target');
  }
  const description = document.at([...path, 'description']);
  const place = typeof description === 'string' ? /\{(?!account\})[A-Za-z]*\}/.exec(description) : null;
  if (place !== null) {
    document.note(
      [...path, 'description'],
      'value',
      `nothing is put in place of ${quoted(place[0])}: write {account}, which becomes the account's name, or take it out`,
    );
  }
  return sound;
}

/**
 * Notes parts of a selector that no account meets, and a selector that as a whole means none: a slip must not silently
 * give nothing.
 * @param path of the selector
 * @param selected how many accounts it means
 */
export function checkSelector(
  document: LocatedDocument,
  path: Path,
  selector: AccountSelector,
  accounts: readonly AccountFacts[],
  selected: number,
): void {
  const before = document.problems.length;
  for (const [index, glob] of (selector.names ?? []).entries()) {
    if (accounts.some(({ key }) => nameMatches(glob, key))) continue;
    const keys = accounts.map(({ key }) => key);
    const hint = /[*?]/.test(glob) ? '' : didYouMean(glob, keys);
    document.note([...path, 'names', index], 'value', `no account is named ${quoted(glob)}${hint}`);
  }
  for (const [key, values] of selector.tags ?? [])
    checkTag(document, [...path, 'tags', key], key, values, accounts);
  const { ou } = selector;
  if (ou !== null && !accounts.some((account) => isWithin(account.ou, ou))) {
    const units = new Set(accounts.flatMap((account) => unitsAround(account.ou)));
    document.note(
      [...path, 'ou'],
      'value',
      `no account says that it lies in ${quoted(ou)} or below${didYouMean(ou, units)}`,
    );
  }
  if (selected > 0 || document.problems.length > before) return;
  const given = Object.entries(selector).flatMap(([key, value]) => (value === null ? [] : [key]));
  document.note(
    path,
    'key',
    given.length < 2
      ? 'the fleet matches no account'
      : `the fleet matches no account: none meets ${given.join(' and ')} together`,
  );
}

function checkTag(
  document: LocatedDocument,
  path: Path,
  key: string,
  values: readonly string[],
  accounts: readonly AccountFacts[],
): void {
  const carried = new Set(accounts.flatMap(({ tags }) => tags.get(key) ?? []));
  if (carried.size === 0) {
    const keys = new Set(accounts.flatMap(({ tags }) => [...tags.keys()]));
    document.note(path, 'key', `no account has a tag ${quoted(key)}${didYouMean(key, keys)}`);
    return;
  }
  for (const [index, value] of values.entries()) {
    if (carried.has(value)) continue;
    const hint = didYouMean(value, carried);
    document.note([...path, index], 'value', `no account has ${quoted(value)} as its tag ${key}${hint}`);
  }
}

function unitsAround(ou: string | null): string[] {
  const parts = (ou ?? '').split('/').slice(1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}
