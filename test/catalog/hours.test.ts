import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTimeZone, windowAt } from '../../src/catalog/hours.ts';
import { type Hours, weekDays } from '../../src/catalog/types.ts';

const berlin = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '18:00',
  zone: 'Europe/Berlin',
} satisfies Hours;
const at = (hours: Hours, now: string) => {
  const window = windowAt(hours, new Date(now));
  return window.open ? `until ${window.endsAt.toISOString()}` : `from ${window.opensAt.toISOString()}`;
};

test('inside the window it says until when, outside when the next one opens', () => {
  expect(at(berlin, '2026-11-20T07:00:00Z')).toBe('until 2026-11-20T17:00:00.000Z');
  expect(at(berlin, '2026-11-20T06:59:59.999Z')).toBe('from 2026-11-20T07:00:00.000Z');
  expect(at(berlin, '2026-11-20T16:59:59.999Z')).toBe('until 2026-11-20T17:00:00.000Z');
  // Friday evening: Monday.
  expect(at(berlin, '2026-11-20T17:00:00Z')).toBe('from 2026-11-23T07:00:00.000Z');
});

test('a window may reach into the next day, and belongs to the day on which it opens', () => {
  const night: Hours = { days: ['fri'], from: '22:00', to: '06:00', zone: 'UTC' };
  expect(at(night, '2026-11-20T23:00:00Z')).toBe('until 2026-11-21T06:00:00.000Z');
  expect(at(night, '2026-11-21T05:59:00Z')).toBe('until 2026-11-21T06:00:00.000Z');
  expect(at(night, '2026-11-20T05:00:00Z')).toBe('from 2026-11-20T22:00:00.000Z');
});

test('windows that touch are one', () => {
  const week: Hours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '00:00', to: '24:00', zone: 'UTC' };
  expect(at(week, '2026-11-17T12:00:00Z')).toBe('until 2026-11-21T00:00:00.000Z');
});

describe('summer time', () => {
  test('the same hours by the wall are other hours in UTC', () => {
    expect(at(berlin, '2026-07-01T05:59:00Z')).toBe('from 2026-07-01T06:00:00.000Z');
    expect(at(berlin, '2026-07-01T06:00:00Z')).toBe('until 2026-07-01T16:00:00.000Z');
  });

  test('a time that the clock jumps over is the moment of the jump', () => {
    const sunday: Hours = { days: ['sun'], from: '02:30', to: '05:00', zone: 'Europe/Berlin' };
    expect(at(sunday, '2026-03-29T00:59:59Z')).toBe('from 2026-03-29T01:00:00.000Z');
    expect(at(sunday, '2026-03-29T01:00:00Z')).toBe('until 2026-03-29T03:00:00.000Z');
    const gone: Hours = { ...sunday, from: '02:10', to: '02:50' };
    expect(at(gone, '2026-03-29T00:59:59Z')).toBe('from 2026-04-05T00:10:00.000Z');
  });

  test('of a time that the clock shows twice the first counts, for opening and for closing', () => {
    const sunday: Hours = { days: ['sun'], from: '01:00', to: '02:30', zone: 'Europe/Berlin' };
    expect(at(sunday, '2026-10-25T00:29:59Z')).toBe('until 2026-10-25T00:30:00.000Z');
    // The clock shows 02:15 for the second time.
    expect(at(sunday, '2026-10-25T01:15:00Z')).toMatch(/^from 2026-11-01/);
    expect(at({ ...sunday, from: '02:30', to: '04:00' }, '2026-10-25T00:30:00Z')).toBe(
      'until 2026-10-25T03:00:00.000Z',
    );
  });
});

test('what it says agrees with the clock on the wall, in any zone', () => {
  const zones = [
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/New_York',
  ];
  const time = fc
    .integer({ min: 0, max: 24 * 12 - 1 })
    .map(
      (five) =>
        `${String(Math.floor(five / 12)).padStart(2, '0')}:${String((five % 12) * 5).padStart(2, '0')}`,
    );
  const hours = fc.record({
    days: fc.subarray([...weekDays], { minLength: 1 }),
    from: time,
    to: fc.oneof(time, fc.constant('24:00')),
    zone: fc.constantFrom(...zones),
  });
  // Away from the days on which a clock is changed, which have tests of their own.
  const now = fc.date({ min: new Date('2026-06-01'), max: new Date('2026-06-28'), noInvalidDate: true });
  fc.assert(
    fc.property(hours, now, (range, instant) => {
      fc.pre(range.from !== range.to);
      const window = windowAt(range, instant);
      expect(window.open).toBe(shownAsOpen(range, instant));
      const edge = window.open ? window.endsAt : window.opensAt;
      expect(edge.getTime()).toBeGreaterThan(instant.getTime());
      // Open for ever, as far as it looks ahead: longer than any grant.
      if (edge.getTime() - instant.getTime() > 7 * 86_400_000) return;
      expect(shownAsOpen(range, edge)).toBe(!window.open);
      expect(shownAsOpen(range, new Date(edge.getTime() - 1))).toBe(window.open);
    }),
    { numRuns: 300 },
  );
});

function shownAsOpen({ days, from, to, zone }: Hours, instant: Date): boolean {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(instant);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  const today = weekDays.findIndex((day) => day === part('weekday').toLowerCase());
  const shown = `${part('hour')}:${part('minute')}`;
  const opensOn = (index: number) => days.includes(weekDays[(index + 7) % 7] ?? 'mon');
  if (from < to) return opensOn(today) && from <= shown && shown < to;
  return (opensOn(today) && from <= shown) || (opensOn(today - 1) && shown < to);
}

test('zones are known by their names', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
});
