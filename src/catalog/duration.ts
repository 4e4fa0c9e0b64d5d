/** Hours, then minutes, then seconds, each at most once. Also the `pattern` of durations in the JSON Schema. */
export const durationPattern = '^(?=[0-9])(?:[0-9]{1,9}h)?(?:[0-9]{1,9}m)?(?:[0-9]{1,9}s)?$';

const parts = /^(?=[0-9])(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?$/;

// Far above any length the product knows, and within a Postgres integer.
const longestSeconds = 2_147_483_647;

/**
 * Reads a duration such as `15m`, `1h30m` or `90s`.
 * @returns whole seconds, at least 1; null for anything else (zero, signs, fractions, spaces, repeated or
 * out-of-order units, other units, more than 2 147 483 647 seconds)
 */
export function parseDuration(text: string): number | null {
  const match = parts.exec(text);
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return total >= 1 && total <= longestSeconds ? total : null;
}

/**
 * Writes a duration so that parseDuration reads it back: 5400 is `1h30m`.
 * @param seconds whole seconds, 1 to 2 147 483 647
 * @throws RangeError for anything else
 */
export function formatDuration(seconds: number): string {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestSeconds) {
    throw new RangeError('a duration is a whole number of seconds, 1 or more');
  }
  const units: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'm'],
    [seconds % 60, 's'],
  ];
  return units
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
}
