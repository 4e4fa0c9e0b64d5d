import ICAL from 'ical.js';
import { CalendarRefused } from './refused.ts';
import { readTime, type WrittenTime, dayMs } from './written-time.ts';

/** How many repetitions may still be looked at in the whole calendar. */
export interface Budget {
  left: number;
}

const known = new Set(
  [
    'freq until count interval wkst bysecond byminute byhour byday bymonthday byyearday byweekno bymonth bysetpos',
  ].flatMap((names) => names.split(' ')),
);

/**
 * The repetitions of an RRULE, in order, as walls of the clock that it is written for. May work without end on a hostile rule
 * (one that no time can fulfil): run it where it can be stopped.
 * @param rule as ical.js reads it (RFC 7265, 3.6.10)
 * @param start the wall of DTSTART, in milliseconds
 * @param wallOf how a time that the rule names reads on that clock
 */
export function* repetitions(
  rule: unknown,
  start: number,
  wallOf: (time: WrittenTime) => number,
  budget: Budget,
): Generator<number> {
  if (typeof rule !== 'object' || rule === null)
    throw new CalendarRefused('an RRULE cannot be read: mend it');
  const { until, ...parts } = rule as Record<string, unknown>;
  const foreign = Object.keys(parts).some((part) => !known.has(part));
  // ical.js heeds BYSETPOS in monthly rules only, and goes on as if it were not there in others.
  if (foreign || ('bysetpos' in parts && parts['freq'] !== 'MONTHLY')) {
    throw new CalendarRefused(
      'an RRULE has a part that Daypass does not work out (RSCALE, SKIP, or BYSETPOS outside of FREQ=MONTHLY): write the rule without it',
    );
  }
  const iterator = new ICAL.Recur({ ...parts, ...lastOf(until, wallOf) }).iterator(timeOf(start));
  for (let time = iterator.next() as ICAL.Time | null; time; time = iterator.next() as ICAL.Time | null) {
    if (budget.left-- <= 0) {
      throw new CalendarRefused(
        'its events repeat too often to be worked out: let old series end, and begin new ones',
      );
    }
    yield Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  }
}

function lastOf(until: unknown, wallOf: (time: WrittenTime) => number): { until?: ICAL.Time } {
  if (until === undefined) return {};
  const time = readTime(until);
  if (time === null) throw new CalendarRefused('the UNTIL of an RRULE is no time: write 20261231T225959Z');
  // A day counts to its end.
  return { until: timeOf(time.form === 'day' ? time.wall + dayMs - 1000 : wallOf(time)) };
}

function timeOf(wall: number): ICAL.Time {
  const date = new Date(wall);
  return new ICAL.Time(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      isDate: false,
    },
    ICAL.Timezone.localTimezone,
  );
}
