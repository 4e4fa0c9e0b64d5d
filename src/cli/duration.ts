const form = /^(?=[0-9])(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?$/;

/**
 * Reads a length of time such as `15m`, `1h30m` or `90s`: hours, minutes, seconds in this order, each at most once.
 * Returns whole seconds, at least 1; null for anything else.
 */
export function parseDuration(text: string): number | null {
  const match = form.exec(text);
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return total >= 1 && Number.isSafeInteger(total) ? total : null;
}

/** Writes seconds as people read them: `1h30m`, `45s`; `0s` for less than one. parseDuration reads it back. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const units: [number, string][] = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ];
  const text = units
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join('');
  return text === '' ? '0s' : text;
}
