import type { Catalog } from '../types.ts';
import { type CatalogDiff, type EntitlementChange, meantTexts, namesOf } from './diff.ts';
import type { Effect } from './effect.ts';

const marks: Readonly<Record<Effect, string>> = {
  widens: '! widens',
  narrows: '  narrows',
  unclear: '? unclear',
  neither: '  neither',
};

/** A comparison for people, a line each: what widens is marked. Ends with a line break. */
export function diffText(diff: CatalogDiff, before: Catalog, after: Catalog): string {
  const names = namesOf(before, after);
  const { entitlements, others } = diff;
  if (entitlements.length + others.length === 0) return 'Nothing changes.\n';
  const count = (effect: Effect) => entitlements.filter((change) => change.effect === effect).length;
  return [
    ...entitlements.flatMap((change) => changeLines(change, names)),
    ...others,
    `entitlements that change: ${entitlements.length}, of which ${count('widens')} widen, ${count('unclear')} unclear, ${count('narrows')} narrow, ${count('neither')} neither`,
    '',
  ].join('\n');
}

function changeLines(change: EntitlementChange, names: ReadonlyMap<string, string>): string[] {
  const { id, kind, effect, terms } = change;
  const right = (what: string, { gained, lost }: EntitlementChange['ask']) => [
    ...meantTexts(gained, names).map((who) => `    ${marks.widens}: ${who} may ${what}`),
    ...meantTexts(lost, names).map((who) => `    ${marks.narrows}: ${who} may no longer ${what}`),
  ];
  return [
    `${id} is ${kind}${effect === 'neither' ? '' : ` (${effect})`}`,
    ...right('ask', change.ask),
    ...right('approve', change.approve),
    ...terms.map((term) => `    ${marks[term.effect]}: ${term.text}`),
  ];
}
