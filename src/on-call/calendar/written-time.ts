/** A time as it stands in a calendar. */
export interface WrittenTime {
  /** What was written, in milliseconds as if it were UTC. */
  readonly wall: number;
  /** A whole day, a time by the clock of some zone, or UTC. */
  readonly form: 'day' | 'local' | 'utc';
}

export const dayMs = 86_400_000;

const written = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(Z?))?$/;

/** Reads a date or time of jCal (RFC 7265, 3.6.4 and 3.6.5). Null when there is no such day or time. */
export function readTime(value: unknown): WrittenTime | null {
  const parts = typeof value === 'string' ? written.exec(value) : null;
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second, zulu] = parts;
  const numbers = [year, month, day, hour ?? 0, minute ?? 0, second ?? 0].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = numbers;
  const wall = Date.UTC(y, mo - 1, d, h, mi, s);
  // What rolls over, such as 31 June, is another time than the one that was written.
  const date = new Date(wall);
  const read = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
  ];
  if (read.some((number, index) => number !== numbers[index])) return null;
  return { wall, form: hour === undefined ? 'day' : zulu === 'Z' ? 'utc' : 'local' };
}
