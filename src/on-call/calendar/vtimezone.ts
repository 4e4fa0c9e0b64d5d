import { childrenOf, type Component, propertiesOf, propertyOf, textOf, timesOf } from './component.ts';
import { CalendarRefused } from './refused.ts';
import { type Budget, repetitions } from './rule.ts';
import type { WallClock } from './wall-clock.ts';
import { readTime } from './written-time.ts';

interface Change {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/**
 * The clock that a VTIMEZONE describes (RFC 5545, 3.6.5).
 * @param to changes after this instant are of no interest
 */
export function vtimezoneClock(zone: Component, to: number, budget: Budget): WallClock {
  const changes = [...childrenOf(zone, 'standard'), ...childrenOf(zone, 'daylight')]
    .flatMap((observance) => changesOf(observance, to, budget))
    .sort((a, b) => a.at - b.at);
  const first = changes[0];
  if (first === undefined) throw new CalendarRefused('a VTIMEZONE says nothing: use an IANA time zone');
  return {
    wallAt(instant) {
      let [low, high] = [0, changes.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((changes[middle]?.at ?? Infinity) <= instant) low = middle + 1;
        else high = middle;
      }
      return instant + (changes[low - 1]?.after ?? first.before);
    },
  };
}

function changesOf(observance: Component, to: number, budget: Budget): Change[] {
  const [before, after] = [offsetOf(observance, 'tzoffsetfrom'), offsetOf(observance, 'tzoffsetto')];
  const start = readTime(textOf(observance, 'dtstart'));
  if (start === null || before === null || after === null) {
    throw new CalendarRefused('a VTIMEZONE cannot be read: use an IANA time zone');
  }
  const walls = new Set([start.wall]);
  const wallOf = ({ wall, form }: { wall: number; form: string }) => (form === 'utc' ? wall + before : wall);
  for (const rdate of propertiesOf(observance, 'rdate')) {
    for (const time of timesOf(rdate, 'rdate')) walls.add(wallOf(time));
  }
  const rule = propertyOf(observance, 'rrule')?.values[0];
  if (rule !== undefined) {
    for (const wall of repetitions(rule, start.wall, wallOf, budget)) {
      if (wall > to) break;
      walls.add(wall);
    }
  }
  return [...walls].map((wall) => ({ at: wall - before, before, after }));
}

/** In milliseconds; null when there is none. */
function offsetOf(observance: Component, name: string): number | null {
  const parts = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(textOf(observance, name));
  if (parts === null) return null;
  const [, sign, hours, minutes, seconds = '0'] = parts;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return (sign === '-' ? -1000 : 1000) * size;
}
