import ICAL from 'ical.js';
import { entryKey } from '../../catalog/on-call.ts';
import { mostAtOnce, type Timeline, timelineOf } from '../timeline.ts';
import { childrenOf, type Component, textOf } from './component.ts';
import { namedIn } from './entries.ts';
import { occurrencesOf } from './occurrences.ts';
import { CalendarRefused } from './refused.ts';
import { seriesOf } from './series.ts';
import { zonesOf } from './zones.ts';

/** What is to be read. Plain data: it crosses to a thread of its own. */
export interface CalendarInput {
  readonly text: string;
  /** The IANA time zone of whole days, and of times that name none. */
  readonly zone: string;
  /** OIDC subjects by what the calendar calls the people. */
  readonly people: Readonly<Record<string, string>>;
  /** What is worked out, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const mostEvents = 10_000;
const mostRepetitions = 200_000;
const mostOccurrences = 5_000;

/**
 * Works out who is on call when. May not come to an end on a hostile calendar: readApart gives it a thread that can be ended.
 * Throws CalendarRefused when the calendar cannot be believed as a whole: what is left out of one could put a person on call
 * who is not.
 */
export function readCalendar({ text, zone, people, from, to }: CalendarInput): Timeline {
  const budget = { left: mostRepetitions };
  const subjects = new Map(Object.entries(people).map(([key, subject]) => [entryKey(key), subject]));
  const calendars = parse(text);
  const events = calendars.reduce((sum, calendar) => sum + childrenOf(calendar, 'vevent').length, 0);
  if (events > mostEvents) {
    throw new CalendarRefused(`it has more than ${mostEvents} events: take old ones out`);
  }
  const occurrences = calendars.flatMap((calendar) => {
    const expansion = { zones: zonesOf(calendar, zone, to, budget), from, to, budget };
    return seriesOf(childrenOf(calendar, 'vevent')).flatMap((series) => occurrencesOf(series, expansion));
  });
  if (occurrences.length > mostOccurrences) {
    throw new CalendarRefused(
      `it has more than ${mostOccurrences} shifts around now: take out what is no shift`,
    );
  }
  const shifts = occurrences.map((one) => ({ from: one.from, to: one.to, ...namedIn(one.event, subjects) }));
  const timeline = timelineOf(shifts, from, to);
  if (timeline === null) {
    throw new CalendarRefused(`more than ${mostAtOnce} of its events hold at one time: is it a rota?`);
  }
  return timeline;
}

function parse(text: string): readonly Component[] {
  const roots = parsed(text);
  // One calendar comes bare, several in a list.
  const calendars = (typeof roots[0] === 'string' ? [roots] : roots) as readonly Component[];
  if (calendars.length === 0 || calendars.some((calendar) => calendar[0] !== 'vcalendar')) {
    throw new CalendarRefused(
      'it is no calendar: it must be iCalendar text that begins with BEGIN:VCALENDAR',
    );
  }
  // RFC 5546, 3.2.5: a message that takes events back, which no calendar is.
  if (calendars.some((calendar) => textOf(calendar, 'method').toUpperCase() === 'CANCEL')) {
    throw new CalendarRefused('it is a cancellation and no calendar: give the address of the calendar');
  }
  return calendars;
}

function parsed(text: string): readonly unknown[] {
  try {
    return ICAL.parse(text) as readonly unknown[];
  } catch {
    // The errors of the parser repeat lines of the calendar.
    throw new CalendarRefused('it cannot be read as iCalendar: it is damaged, or cut off');
  }
}
