import { formatDuration } from '../duration.ts';

/** An RFC 3339 time as people read it, in UTC: `2026-11-22 14:05:09Z`. Anything else comes back as it is. */
export function formatTime(instant: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/** How far off a time is: `in 12m`, `3h ago`, `now`. From an hour on, seconds are left out. */
export function formatDistance(instant: string, now: Date): string {
  const seconds = Math.round((Date.parse(instant) - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return instant;
  if (seconds === 0) return 'now';
  const away = Math.abs(seconds);
  const text = formatDuration(away >= 60 ? away - (away % 60) : away);
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}
