import type { KnownGrant } from '../cache/known-grants.ts';
import { printable } from '../display/printable.ts';
import { formatDuration } from '../duration.ts';

/**
 * One short line for a shell's prompt: running grants and the time they have left, with `!` in the last five minutes; empty when
 * there are none. `now` in milliseconds since the epoch.
 */
export function promptText(grants: readonly KnownGrant[], now: number, json: boolean): string {
  const running = grants
    .filter(({ startsAt }) => Date.parse(startsAt) <= now)
    .map(({ entitlement, endsAt }) => ({
      entitlement: printable(entitlement),
      seconds: Math.floor((Date.parse(endsAt) - now) / 1000),
    }));
  if (json) return `${JSON.stringify(running, null, 2)}\n`;
  if (running.length === 0) return '';
  return `${running.map(inShort).join(' ')}\n`;
}

function inShort({ entitlement, seconds }: { entitlement: string; seconds: number }): string {
  const left = formatDuration(seconds >= 60 ? seconds - (seconds % 60) : seconds);
  return `${entitlement}:${left}${seconds <= 300 ? '!' : ''}`;
}
