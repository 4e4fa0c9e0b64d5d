import type { Context } from '../context.ts';
import { printable } from '../display/printable.ts';
import { formatTime } from '../display/time.ts';
import { formatDuration } from '../duration.ts';
import type { Obtained } from './obtain.ts';

/** How long before the end it is told, in seconds. */
export const warnedBefore = 300;

/** What to do about access to an entitlement that ends soon. */
export function askForMore(entitlement: string): string {
  return `ask for more with daypass extend ${printable(entitlement)} --for 1h --because "…"`;
}

/**
 * One line about credentials that end within five minutes, with their grant or before it, that says what to do; null as long as
 * there is more time, and once it is over.
 */
export function endWarning(
  entitlement: string,
  { credentials, grant }: Pick<Obtained, 'credentials' | 'grant'>,
  now: Date,
): string | null {
  const left = (Date.parse(credentials.expiration) - now.getTime()) / 1000;
  if (left <= 0 || left > warnedBefore) return null;
  const within = formatDuration(left);
  const grantLeft = (Date.parse(grant.endsAt) - now.getTime()) / 1000;
  return grantLeft <= warnedBefore
    ? `daypass: access to ${printable(entitlement)} ends in ${within}: ${askForMore(entitlement)}`
    : `daypass: these credentials for ${printable(entitlement)} end in ${within}, the grant goes on until ${printable(formatTime(grant.endsAt))}: run this again for new ones`;
}

// Looked at again and again: a computer that slept through a long timer would be told too late.
const lookEveryMs = 15_000;

/** Tells the warning once, five minutes before the end, while something goes on. Returns what stops it. */
export function warnBeforeEnd(
  context: Context,
  entitlement: string,
  obtained: Pick<Obtained, 'credentials' | 'grant'>,
): () => void {
  let stopLooking = () => {};
  const look = () => {
    const warning = endWarning(entitlement, obtained, context.now());
    if (warning !== null) return context.terminal.err(`${warning}\n`);
    const left = Date.parse(obtained.credentials.expiration) - context.now().getTime();
    if (left <= 0) return;
    stopLooking = context.later(Math.min(lookEveryMs, Math.max(0, left - warnedBefore * 1000)), look);
  };
  look();
  return () => stopLooking();
}
