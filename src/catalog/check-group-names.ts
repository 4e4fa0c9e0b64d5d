import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';

/** Notes groups that are listed twice, and such as the file does not know. */
export function checkGroupNames(document: LocatedDocument, path: Path, groups: ReadonlySet<string>): void {
  const names = document.at(path);
  if (!Array.isArray(names)) return;
  const seen = new Set<string>();
  for (const [index, name] of names.entries()) {
    if (document.full) return;
    if (typeof name !== 'string' || name === '') continue;
    if (seen.has(name)) {
      document.note([...path, index], 'value', `group ${quoted(name)} is listed twice: take one out`);
    } else if (!groups.has(name)) {
      document.note(
        [...path, index],
        'value',
        `no group is named ${quoted(name)}: add it to groups${didYouMean(name, groups)}`,
      );
    }
    seen.add(name);
  }
}
