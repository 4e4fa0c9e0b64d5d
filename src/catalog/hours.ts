import { type Hours, weekDays } from './types.ts';

// IAM knows no recurring windows, so they are resolved when a session is issued. The zone's rules are those of the runtime
// (Intl, IANA time zone database): summer time, and every change of it to come, arrives with updates of Node.

const dayMs = 86_400_000;
const daysAhead = 8;

export type Window =
  | { readonly open: true; readonly endsAt: Date }
  /** When the next window opens. */
  | { readonly open: false; readonly opensAt: Date };

/**
 * The window that `now` lies in, or the next one. A window opens at the first instant at which the clock on the wall shows
 * `from` or later on its day, and closes at the first at which it shows `to` or later: where the clock is put forward over a
 * time, that is the moment it is put forward; where it shows a time twice, the first of the two. Windows that touch are one.
 */
export function windowAt(hours: Hours, now: Date): Window {
  const windows = windowsAround(hours, now);
  const current = windows.findIndex(({ from, to }) => from <= now.getTime() && now.getTime() < to);
  const found = windows[current];
  if (found !== undefined) {
    let end = found.to;
    for (const { from, to } of windows.slice(current + 1)) if (from <= end) end = Math.max(end, to);
    return { open: true, endsAt: new Date(end) };
  }
  const next = windows.find(({ from }) => from > now.getTime());
  if (next === undefined) throw new Error('hours without a day');
  return { open: false, opensAt: new Date(next.from) };
}

/** Does the runtime know a time zone of this name? */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** From the day before, whose window may reach into today, to a week from now: at least one lies ahead. */
function windowsAround({ days, from, to, zone }: Hours, now: Date): { from: number; to: number }[] {
  const today = Math.floor(wallTime(zone, now.getTime()) / dayMs);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const windows: { from: number; to: number }[] = [];
  for (let day = today - 1; day <= today + daysAhead; day += 1) {
    // Day 0 of 1970 was a Thursday.
    const name = weekDays[(((day + 3) % 7) + 7) % 7];
    if (name === undefined || !days.includes(name)) continue;
    const opens = firstInstant(zone, day * dayMs + start * 60_000);
    const closes = firstInstant(zone, (end > start ? day : day + 1) * dayMs + end * 60_000);
    // Nothing is left of a window that the clock jumped over.
    if (opens < closes) windows.push({ from: opens, to: closes });
  }
  return windows;
}

/** The first instant at which the clock on the wall shows `wall` (milliseconds, as if it were UTC) or later. */
function firstInstant(zone: string, wall: number): number {
  // Offsets before and after any change near that time; no zone changes twice within two days.
  const [before, after] = [wall - dayMs, wall + dayMs].map((at) => wallTime(zone, at) - at);
  if (before === undefined || after === undefined) throw new Error('two offsets');
  const exact = [wall - before, wall - after].filter((at) => wallTime(zone, at) === wall);
  if (exact.length > 0) return Math.min(...exact);
  // Jumped over: the moment of the jump lies between the two readings.
  let [low, high] = [wall - Math.max(before, after), wall - Math.min(before, after)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallTime(zone, middle) >= wall) high = middle;
    else low = middle;
  }
  return high;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

/** What the clock on the wall of a zone shows at an instant (milliseconds since 1970), in milliseconds as if it were UTC. */
export function wallTime(zone: string, at: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const seconds = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return seconds + (((at % 1000) + 1000) % 1000);
}

function minutesOf(time: string): number {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
