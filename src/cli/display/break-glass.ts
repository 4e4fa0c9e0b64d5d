import type { Entitlement } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { printable } from './printable.ts';

/** What happens when the glass is broken, for the person who is about to. */
export function beforeBreaking(offers: readonly Entitlement[], durationSeconds: number): string {
  const what = offers.map(({ id, account }) => `${id} in ${account.name} (${account.id})`).join(', ');
  const looks = offers.flatMap(({ id, terms: { breakGlass } }) =>
    breakGlass === null
      ? []
      : [
          `  - ${breakGlass.followUp.whom} must look at your use of ${id} within ${formatDuration(breakGlass.followUp.withinSeconds)}.`,
        ],
  );
  return [
    `You give yourself ${what} for ${formatDuration(durationSeconds)}, and nobody is asked.`,
    '  - Every operator is told at once, and so is whoever looks at it afterwards.',
    ...looks,
    '  - For as long as such a look is overdue, you can break no glass.',
    '',
  ]
    .map(printable)
    .join('\n');
}
