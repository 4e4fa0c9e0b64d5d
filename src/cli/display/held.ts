import type { Request } from '../api.ts';
import { formatDuration } from '../duration.ts';
import { printable } from './printable.ts';
import { formatTime } from './time.ts';

type Overlap = NonNullable<Request['overlaps']>[number];

/** That somebody holds already what they ask for, in words for them: `you hold prod/admin until 2026-11-22 15:00:00Z already`. */
export function heldText({ entitlement, state, startsAt, endsAt }: Overlap): string {
  const from = state === 'scheduled' ? `from ${formatTime(startsAt)} ` : '';
  return printable(`you hold ${entitlement} ${from}until ${formatTime(endsAt)} already`);
}

/** Hints for whoever asked for what they hold, a line each; empty where they hold none of it. */
export function alreadyHeld({ overlaps = [], durationSeconds }: Request): string {
  return overlaps
    .map((overlap) => {
      const named = printable(overlap.entitlement);
      const instead = `: daypass extend ${named} --for ${formatDuration(durationSeconds)} asks for more time without interruption`;
      return `daypass: ${heldText(overlap)}${overlap.extendable ? instead : ''}\n`;
    })
    .join('');
}

/** A hint about their own requests for the very same that wait already; empty where there are none. */
export function alreadyAsked({ entitlements, pendingSame = [] }: Request): string {
  const ids = pendingSame.map((id) => printable(id));
  const [first] = ids;
  if (first === undefined) return '';
  const what = printable(entitlements.map(({ id }) => id).join(' '));
  const others = ids.length === 1 ? `${first} asks` : `${ids.join(', ')} ask`;
  return `daypass: ${others} for ${what} already and ${ids.length === 1 ? 'is' : 'are'} pending: take back what is too much, such as daypass cancel ${first}\n`;
}
