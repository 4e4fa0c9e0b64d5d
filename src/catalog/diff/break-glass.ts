import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../duration.ts';
import type { BreakGlass } from '../types.ts';
import { byAmount, type TermChange } from './effect.ts';

/** What changes in who may have it at once, and how. */
export function breakGlassChanges(
  before: BreakGlass | undefined,
  after: BreakGlass | undefined,
): TermChange[] {
  if (before === undefined) {
    return after === undefined
      ? []
      : [{ text: `break-glass: ${named(after)} may have it at once`, effect: 'widens' }];
  }
  if (after === undefined)
    return [{ text: 'break-glass: nobody may have it at once any more', effect: 'narrows' }];
  const gained = after.people.filter((subject) => !before.people.includes(subject));
  const lost = before.people.filter((subject) => !after.people.includes(subject));
  const rest = ({ assurance, followUp }: BreakGlass) => ({ assurance, followUp });
  return [
    ...(gained.length + lost.length === 0
      ? []
      : [
          {
            text: `break-glass: ${named(after)}, ${gained.length} of them new, ${lost.length} no more`,
            effect: gained.length === 0 ? 'narrows' : 'widens',
          } as const,
        ]),
    ...byAmount(
      before.maxDurationSeconds,
      after.maxDurationSeconds,
      `break-glass: up to ${formatDuration(after.maxDurationSeconds)}, was up to ${formatDuration(before.maxDurationSeconds)}`,
    ),
    ...(isDeepStrictEqual(rest(before), rest(after))
      ? []
      : [{ text: 'break-glass: the proof it takes, or who looks after it', effect: 'unclear' } as const]),
  ];
}

function named({ people }: BreakGlass): string {
  return people.length === 1 ? '1 named person' : `${people.length} named people`;
}
