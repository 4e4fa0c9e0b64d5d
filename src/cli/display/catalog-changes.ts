import type { CatalogChanges, EntitlementChange } from '../api.ts';
import { printable } from './printable.ts';

const marks: Readonly<Record<EntitlementChange['effect'], string>> = {
  widens: '! widens',
  narrows: '  narrows',
  unclear: '? unclear',
  neither: '  neither',
};

/** What a catalog would change about the one in force, a line each: what widens comes first and is marked. */
export function catalogChangesText({ items, counts, others }: CatalogChanges): string {
  const changed = counts.widens + counts.unclear + counts.narrows + counts.neither;
  if (changed + others.length === 0) return 'Nothing changes.\n';
  const more = changed - items.length;
  const lines = [
    ...items.flatMap(changeLines),
    ...(more > 0 ? [`and ${more} more entitlements`] : []),
    ...others,
    `entitlements that change: ${changed}, of which ${counts.widens} widen, ${counts.unclear} unclear, ${counts.narrows} narrow, ${counts.neither} neither`,
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function changeLines({ id, kind, effect, ask, approve, terms }: EntitlementChange): string[] {
  return [
    `${id} is ${kind}${effect === 'neither' ? '' : ` (${effect})`}`,
    ...rightLines('ask', ask),
    ...rightLines('approve', approve),
    ...terms.map((term) => `    ${marks[term.effect]}: ${term.text}`),
  ];
}

function rightLines(
  what: string,
  { gained, lost, peopleGained, peopleLost }: EntitlementChange['ask'],
): string[] {
  const people = (count: number) => (count === 1 ? '1 person' : `${count} people`);
  const known =
    peopleGained + peopleLost === 0
      ? []
      : [
          `    of those who are known: ${people(peopleGained)} may ${what} then, ${people(peopleLost)} no longer`,
        ];
  return [
    ...gained.map((who) => `    ${marks.widens}: ${who} may ${what}`),
    ...lost.map((who) => `    ${marks.narrows}: ${who} may no longer ${what}`),
    ...known,
  ];
}
