import type { LocatedDocument } from './document.ts';
import { maxIdLength } from './limits.ts';
import { quoted, skeleton } from './lookalike.ts';
import { accountKeyPattern, idPattern } from './schema.ts';
import { personKeyPattern } from './schema-approve.ts';

/** The groups that rules may name. Notes names listed twice and names that look alike. */
export function checkGroups(document: LocatedDocument): Set<string> {
  const list = document.at(['groups']);
  const names = Array.isArray(list) ? list : [];
  const seen = new Map<string, number>();
  const groups = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string') continue;
    const path = ['groups', index];
    const first = seen.get(skeleton(name));
    if (groups.has(name)) {
      document.note(path, 'value', `group ${quoted(name)} is listed twice: take one out`);
    } else if (first !== undefined) {
      document.note(
        path,
        'value',
        `group ${quoted(name)} looks like ${quoted(names[first])} on line ${document.lineOf(['groups', first])}: keep one`,
      );
    } else if (name !== name.trim()) {
      document.note(path, 'value', `group ${quoted(name)} begins or ends with a space: take it out`);
    }
    if (first === undefined) seen.set(skeleton(name), index);
    groups.add(name);
  }
  return groups;
}

/** The account names that targets may use, with their ids where readable. Notes bad names and ids used twice. */
export function checkAccounts(document: LocatedDocument): Map<string, string | null> {
  const accounts = new Map<string, string | null>();
  const ids = new Map<string, string>();
  for (const name of document.keysAt(['accounts'])) {
    if (!new RegExp(accountKeyPattern).test(name) || name.length > 50) {
      document.note(
        ['accounts', name],
        'key',
        `account name ${quoted(name)} must be lower-case letters, digits and '-', at most 50`,
      );
    }
    const id = document.at(['accounts', name, 'id']);
    accounts.set(name, typeof id === 'string' ? id : null);
    if (typeof id !== 'string') continue;
    const first = ids.get(id);
    if (first === undefined) ids.set(id, name);
    else
      document.note(
        ['accounts', name, 'id'],
        'value',
        `account ${quoted(id)} is already named ${quoted(first)} on line ${document.lineOf(['accounts', first])}: use that name`,
      );
  }
  return accounts;
}

/** The names of people. Notes names that are none, and subjects that stand twice: one person has one name. */
export function checkPeople(document: LocatedDocument): Set<string> {
  const names = document.keysAt(['people']);
  const seen = new Map<string, string>();
  for (const name of names) {
    if (!new RegExp(personKeyPattern).test(name) || name.length > 50) {
      document.note(
        ['people', name],
        'key',
        `name ${quoted(name)} must be lower-case letters, digits and '-', at most 50`,
      );
    }
    const subject = document.at(['people', name, 'subject']);
    if (typeof subject !== 'string') continue;
    const first = seen.get(subject);
    if (first !== undefined) {
      document.note(
        ['people', name, 'subject'],
        'value',
        `${quoted(subject)} is already named ${quoted(first)} on line ${document.lineOf(['people', first])}: use that name`,
      );
    } else seen.set(subject, name);
  }
  return new Set(names);
}

/** The ids of all entitlements. Notes bad ids, and ids that differ from an earlier one only by case or look-alike letters. */
export function checkIds(document: LocatedDocument): string[] {
  const ids = document.keysAt(['entitlements']);
  const seen = new Map<string, string>();
  for (const id of ids) {
    const path = ['entitlements', id];
    const like = skeleton(id);
    const first = seen.get(like);
    if (first !== undefined) {
      document.note(
        path,
        'key',
        `id ${quoted(id)} differs from ${quoted(first)} on line ${document.lineOf(['entitlements', first])} only by case or look-alike letters: choose another`,
      );
    } else {
      seen.set(like, id);
      if (id.length > maxIdLength) {
        document.note(path, 'key', `id ${quoted(id)} is longer than ${maxIdLength} characters: shorten it`);
      } else if (!new RegExp(idPattern).test(id)) {
        document.note(
          path,
          'key',
          `id ${quoted(id)} must be a path of lower-case ASCII letters, digits and '-', such as prod/admin`,
        );
      }
    }
  }
  return ids;
}
