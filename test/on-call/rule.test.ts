import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repetitions } from '../../src/on-call/calendar/rule.ts';

const dayMs = 86_400_000;
const names = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];
const horizonDays = 500;

function found(rule: object, start: number): string[] {
  const walls: string[] = [];
  for (const wall of repetitions(rule, start, ({ wall: read }) => read, { left: 10_000 })) {
    if (wall > start + horizonDays * dayMs) break;
    walls.push(new Date(wall).toISOString());
  }
  return walls;
}

/** The same, by looking at each day on its own. */
function oneByOne(start: number, isOne: (day: Date, index: number) => boolean): string[] {
  return Array.from({ length: horizonDays + 1 }, (_, index) => index)
    .filter((index) => isOne(new Date(start + index * dayMs), index))
    .map((index) => new Date(start + index * dayMs).toISOString());
}

const startDay = fc.integer({ min: 0, max: 20_000 }).map((day) => day * dayMs + 9 * 3_600_000);
const days = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 });
const interval = fc.integer({ min: 1, max: 6 });

// RFC 5545: a DTSTART that its own rule does not name is undefined, so the rules drawn here name theirs.
test('daily rules are what looking at each day finds', () => {
  fc.assert(
    fc.property(startDay, interval, days, (start, every, drawn) => {
      const chosen = new Set([...drawn, new Date(start).getUTCDay()]);
      const byday = [...chosen].map((day) => names[day]);
      expect(found({ freq: 'DAILY', interval: every, byday }, start)).toEqual(
        oneByOne(start, (day, index) => index % every === 0 && chosen.has(day.getUTCDay())),
      );
    }),
  );
});

test('weekly rules are what looking at each day finds, weeks beginning on Monday', () => {
  fc.assert(
    fc.property(startDay, interval, days, (start, every, drawn) => {
      const chosen = new Set([...drawn, new Date(start).getUTCDay()]);
      const byday = [...chosen].map((day) => names[day]);
      // 1970-01-05 was a Monday.
      const weekOf = (at: number) => Math.floor((at / dayMs - 4) / 7);
      expect(found({ freq: 'WEEKLY', interval: every, byday }, start)).toEqual(
        oneByOne(
          start,
          (day) => (weekOf(day.getTime()) - weekOf(start)) % every === 0 && chosen.has(day.getUTCDay()),
        ),
      );
    }),
  );
});

test('monthly rules by day of the month are what looking at each day finds', () => {
  fc.assert(
    fc.property(
      startDay,
      interval,
      fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { maxLength: 4 }),
      (start, every, drawn) => {
        const first = new Date(start);
        const chosen = new Set([...drawn, first.getUTCDate()]);
        const monthOf = (day: Date) => day.getUTCFullYear() * 12 + day.getUTCMonth();
        expect(found({ freq: 'MONTHLY', interval: every, bymonthday: [...chosen] }, start)).toEqual(
          oneByOne(
            start,
            (day) => (monthOf(day) - monthOf(first)) % every === 0 && chosen.has(day.getUTCDate()),
          ),
        );
      },
    ),
  );
});

test('monthly rules by the n-th of a weekday are what looking at each day finds', () => {
  fc.assert(
    fc.property(startDay, (start) => {
      const nth = (day: Date) => Math.ceil(day.getUTCDate() / 7);
      const first = new Date(start);
      fc.pre(nth(first) < 5);
      const byday = [`${nth(first)}${names[first.getUTCDay()]}`];
      expect(found({ freq: 'MONTHLY', byday }, start)).toEqual(
        oneByOne(start, (day) => day.getUTCDay() === first.getUTCDay() && nth(day) === nth(first)),
      );
    }),
  );
});

test.each([
  { freq: 'DAILY', rscale: 'CHINESE' },
  { freq: 'MONTHLY', skip: 'FORWARD' },
  { freq: 'WEEKLY', byday: ['MO', 'TU'], bysetpos: 1 },
  { freq: 'YEARLY', bysetpos: 1 },
])('a rule with a part that is not worked out is refused: %j', (rule) => {
  expect(() => found(rule, 0)).toThrow(/write the rule without it/);
});
