import { checkTagKeys } from './check-session.ts';
import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';

/** Notes tags of accounts that are none, and owners who are no group and nobody that the file names, or listed twice. */
export function checkAccountFacts(document: LocatedDocument, groups: ReadonlySet<string>): void {
  const people = new Set(document.keysAt(['people']));
  for (const account of document.keysAt(['accounts'])) {
    if (document.full) return;
    checkTagKeys(document, ['accounts', account, 'tags']);
    const owners = ['accounts', account, 'owners'];
    checkNames(document, [...owners, 'groups'], groups, 'group', 'no group is named');
    checkNames(document, [...owners, 'people'], people, 'person', 'nobody is named');
  }
}

/** Notes names that the file does not know, or that are listed twice. */
export function checkNames(
  document: LocatedDocument,
  path: Path,
  known: ReadonlySet<string>,
  what: 'group' | 'person',
  missing: string,
): void {
  const names = document.at(path);
  if (!Array.isArray(names)) return;
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || name === '') continue;
    const at = [...path, index];
    if (names.indexOf(name) < index) {
      document.note(at, 'value', `${what} ${quoted(name)} is listed twice: take one out`);
    } else if (!known.has(name)) {
      const where = what === 'group' ? 'groups' : 'people';
      document.note(at, 'value', `${missing} ${quoted(name)}: add it to ${where}${didYouMean(name, known)}`);
    }
  }
}
