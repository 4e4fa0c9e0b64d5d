import { childrenOf, type Component, paramOf, type Property, textOf } from './component.ts';
import { CalendarRefused } from './refused.ts';
import type { Budget } from './rule.ts';
import { vtimezoneClock } from './vtimezone.ts';
import { ianaClock, instantOf, utcClock, type WallClock } from './wall-clock.ts';
import type { WrittenTime } from './written-time.ts';

/** Which clock each time of a calendar is read by. */
export interface Zones {
  /** Days, and times that name no zone, go by the clock of the schedule. Throws CalendarRefused when the zone is unknown. */
  clockOf(property: Property, time: WrittenTime): WallClock;
  instantOf(property: Property, time: WrittenTime): number;
}

/**
 * A TZID that is an IANA time zone goes by the rules of the runtime, whose rules are complete and current; any other by the
 * VTIMEZONE of the calendar.
 * @param zone the schedule's own, an IANA time zone
 * @param to no time after this instant is of interest
 */
export function zonesOf(calendar: Component, zone: string, to: number, budget: Budget): Zones {
  const own = ianaClock(zone);
  if (own === null) throw new CalendarRefused(`the runtime knows no time zone ${zone}: correct zone`);
  const clocks = new Map<string, WallClock>();
  const described = new Map(childrenOf(calendar, 'vtimezone').map((one) => [textOf(one, 'tzid'), one]));
  const named = (tzid: string): WallClock => {
    const known = clocks.get(tzid);
    if (known !== undefined) return known;
    const description = described.get(tzid);
    const clock =
      ianaClock(tzid) ?? (description === undefined ? null : vtimezoneClock(description, to, budget));
    if (clock === null) {
      throw new CalendarRefused(
        'a TZID is neither an IANA time zone nor described by a VTIMEZONE: correct it',
      );
    }
    clocks.set(tzid, clock);
    return clock;
  };
  const clockOf = (property: Property, { form }: WrittenTime) => {
    if (form === 'utc') return utcClock;
    const tzid = paramOf(property, 'tzid');
    return form === 'day' || tzid === '' ? own : named(tzid);
  };
  return { clockOf, instantOf: (property, time) => instantOf(clockOf(property, time), time.wall) };
}
