import ICAL from 'ical.js';
import { type Component, propertiesOf, type Property, propertyOf, textOf, timesOf } from './component.ts';
import { CalendarRefused } from './refused.ts';
import { type Budget, repetitions } from './rule.ts';
import { keepNewer, type Series } from './series.ts';
import { instantOf, type WallClock } from './wall-clock.ts';
import { dayMs, type WrittenTime } from './written-time.ts';
import type { Zones } from './zones.ts';

/** One time that an event takes place, in milliseconds since 1970. */
export interface Occurrence {
  readonly from: number;
  readonly to: number;
  readonly event: Component;
}

export interface Expansion {
  readonly zones: Zones;
  /** Only occurrences that reach into [from, to) are of interest. */
  readonly from: number;
  readonly to: number;
  readonly budget: Budget;
}

/** When an event starts, by which clock, and how long it lasts: first by that clock, then in time that passes. */
interface Span {
  readonly start: WrittenTime;
  readonly clock: WallClock;
  readonly wallMs: number;
  readonly exactMs: number;
}

// No zone is further from UTC, and no clock is put forward or back by more.
const slackMs = 2 * dayMs;

/**
 * All occurrences of a series that reach into the window. A repetition starts and ends at the same times of day as the first
 * one, by the clock of DTSTART, across changes of summer time, as calendar programs show it.
 */
export function occurrencesOf({ main, overrides }: Series, expansion: Expansion): Occurrence[] {
  if (main !== null && !counts(main)) return [];
  const replaced = newestOf(overrides, expansion.zones);
  const dropped = main === null ? null : excludedFrom(main, expansion);
  const single = replaced
    .filter(({ event, id }) => counts(event) && dropped?.has(id.property, id.time) !== true)
    .flatMap(({ event }) => once(event, expansion));
  if (main === null || dropped === null) return single;
  for (const { id } of replaced) dropped.add(id.property, id.time);
  return [...single, ...repeated(main, dropped, expansion)];
}

/** For each occurrence that is replaced, the newest version of what replaces it. */
function newestOf(overrides: readonly Component[], zones: Zones) {
  const newest = new Map<string, Component>();
  for (const event of overrides) {
    const { property, time } = idOf(event);
    keepNewer(
      newest,
      time.form === 'day' ? `day ${time.wall}` : String(zones.instantOf(property, time)),
      event,
    );
  }
  return [...newest.values()].map((event) => ({ event, id: idOf(event) }));
}

/** What is cancelled does not take place, and what is tentative is not settled (RFC 5545, 3.8.1.11). */
function counts(event: Component): boolean {
  return !['CANCELLED', 'TENTATIVE'].includes(textOf(event, 'status').toUpperCase());
}

function idOf(event: Component): { property: Property; time: WrittenTime } {
  const property = propertyOf(event, 'recurrence-id');
  const time = property === undefined ? undefined : timesOf(property, 'recurrence-id')[0];
  if (property === undefined || time === undefined) throw new Error('no override');
  if ('range' in property.params) {
    throw new CalendarRefused(
      'an event replaces all later ones of its series (RANGE=THISANDFUTURE), which is not worked out: end the series there and begin another',
    );
  }
  return { property, time };
}

function once(event: Component, expansion: Expansion): Occurrence[] {
  const span = spanOf(event, expansion.zones);
  return within([occurrenceAt(event, span, span.start.wall)], expansion);
}

function repeated(event: Component, dropped: Excluded, expansion: Expansion): Occurrence[] {
  if (propertyOf(event, 'exrule') !== undefined) {
    throw new CalendarRefused('an event has an EXRULE, which is not worked out: write EXDATE');
  }
  const span = spanOf(event, expansion.zones);
  const found = [...wallsOf(event, span, expansion)]
    .map((wall) => ({ wall, occurrence: occurrenceAt(event, span, wall) }))
    .filter(({ wall, occurrence }) => !dropped.hasOccurrence(wall, occurrence.from))
    .map(({ occurrence }) => occurrence);
  return within(found, expansion);
}

/** When the event may start, by its clock, near enough to the window. */
function wallsOf(event: Component, span: Span, { zones, from, to, budget }: Expansion): Set<number> {
  const earliest = from - slackMs - span.wallMs - span.exactMs;
  const latest = to + slackMs;
  const walls = new Set<number>();
  const add = (wall: number) => {
    if (wall >= earliest && wall <= latest) walls.add(wall);
  };
  const rules = propertiesOf(event, 'rrule');
  if (rules.length === 0) add(span.start.wall);
  for (const property of rules) {
    const wallOf = (time: WrittenTime) => (time.form === 'utc' ? span.clock.wallAt(time.wall) : time.wall);
    for (const wall of repetitions(property.values[0], span.start.wall, wallOf, budget)) {
      if (wall > latest) break;
      add(wall);
    }
  }
  for (const property of propertiesOf(event, 'rdate')) {
    if (property.type === 'period') {
      throw new CalendarRefused('an RDATE is a period, which is not worked out: write an event of its own');
    }
    for (const time of timesOf(property, 'rdate')) {
      const day = time.form === 'day';
      // A day that is added to a series of times begins at the time of day of the series.
      if (day) add(time.wall + (span.start.wall % dayMs));
      else add(span.clock.wallAt(zones.instantOf(property, time)));
    }
  }
  return walls;
}

function spanOf(event: Component, zones: Zones): Span {
  const property = propertyOf(event, 'dtstart');
  const start = property === undefined ? undefined : timesOf(property, 'dtstart')[0];
  if (property === undefined || start === undefined) throw new CalendarRefused('an event has no DTSTART');
  const clock = zones.clockOf(property, start);
  const end = propertyOf(event, 'dtend');
  const [endTime] = end === undefined ? [] : timesOf(end, 'dtend');
  if (end !== undefined && endTime !== undefined) {
    const sameClock = zones.clockOf(end, endTime) === clock;
    const endWall = sameClock ? endTime.wall : clock.wallAt(zones.instantOf(end, endTime));
    return { start, clock, wallMs: Math.max(0, endWall - start.wall), exactMs: 0 };
  }
  const length = textOf(event, 'duration');
  // RFC 5545, 3.6.1: a day lasts one day, a time no time.
  if (length === '') return { start, clock, wallMs: start.form === 'day' ? dayMs : 0, exactMs: 0 };
  const { isNegative, weeks, days, hours, minutes, seconds } = ICAL.Duration.fromString(length);
  if (isNegative) return { start, clock, wallMs: 0, exactMs: 0 };
  // Weeks and days go by the clock, the rest is time that passes (RFC 5545, 3.3.6).
  const exactMs = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  return { start, clock, wallMs: (weeks * 7 + days) * dayMs, exactMs };
}

function occurrenceAt(event: Component, { clock, wallMs, exactMs }: Span, wall: number): Occurrence {
  const from = instantOf(clock, wall);
  return { event, from, to: (wallMs === 0 ? from : instantOf(clock, wall + wallMs)) + exactMs };
}

function within(occurrences: readonly Occurrence[], { from, to }: Expansion): Occurrence[] {
  return occurrences.filter((one) => one.from < one.to && one.from < to && one.to > from);
}

/** Occurrences that do not take place, or are replaced. */
interface Excluded {
  add(property: Property, time: WrittenTime): void;
  has(property: Property, time: WrittenTime): boolean;
  /** @param wall by the clock of the series */
  hasOccurrence(wall: number, instant: number): boolean;
}

/** Times are compared as instants. Days, and whatever a series of whole days names, are compared as days. */
function excludedFrom(main: Component, { zones }: Expansion): Excluded {
  const ofDays = propertyOf(main, 'dtstart')?.type === 'date';
  const instants = new Set<number>();
  const days = new Set<number>();
  const isDay = (time: WrittenTime) => ofDays || time.form === 'day';
  const dayOf = (wall: number) => Math.floor(wall / dayMs);
  const excluded: Excluded = {
    add: (property, time) =>
      void (isDay(time) ? days.add(dayOf(time.wall)) : instants.add(zones.instantOf(property, time))),
    has: (property, time) =>
      isDay(time)
        ? days.has(dayOf(time.wall))
        : days.has(dayOf(time.wall)) || instants.has(zones.instantOf(property, time)),
    hasOccurrence: (wall, instant) => days.has(dayOf(wall)) || instants.has(instant),
  };
  for (const property of propertiesOf(main, 'exdate')) {
    for (const time of timesOf(property, 'exdate')) excluded.add(property, time);
  }
  return excluded;
}
