import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readApart } from '../../src/on-call/calendar/read-apart.ts';
import { readCalendar } from '../../src/on-call/calendar/read-calendar.ts';
import { CalendarRefused } from '../../src/on-call/calendar/refused.ts';
import { limited } from '../../src/on-call/limited.ts';
import { ics } from './ics.ts';

const now = Date.parse('2026-07-01T10:00:00Z');
const input = (text: string) => ({
  text,
  zone: 'Europe/Berlin',
  people: { 'alice@example.com': 'sub-alice' },
  from: now - 35 * 86_400_000,
  to: now + 8 * 86_400_000,
});
const shift = [
  'UID:1',
  'ATTENDEE:mailto:alice@example.com',
  'DTSTART:20260701T080000Z',
  'DTEND:20260701T160000Z',
];
const read = (text: string) => readCalendar(input(text));
const never = new AbortController().signal;

async function apart(text: string, ms: number): Promise<string> {
  try {
    await limited(ms, never, (signal) => readApart(input(text), signal));
    return 'read';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}

test('a calendar is read in a thread of its own as it is in this one', async () => {
  expect(await readApart(input(ics(shift)), never)).toEqual(read(ics(shift)));
  await expect(readApart(input('BEGIN:VCALENDAR'), never)).rejects.toThrow(CalendarRefused);
});

test.each([
  ['a second of a day that never comes', ['RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30']],
  ['a day that never comes', ['RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30']],
  ['an hour that never comes', ['RRULE:FREQ=HOURLY;BYMONTH=4;BYMONTHDAY=31']],
])('a rule that nothing ends keeps nobody waiting longer than its limit: %s', async (_what, lines) => {
  expect(await apart(ics([...shift, ...lines]), 1500)).toContain('took longer');
});

test.each<[string, string, RegExp]>([
  ['nothing', '', /BEGIN:VCALENDAR/],
  ['a web page', '<!doctype html>\n<p>x: sign in</p>\n', /cannot be read/],
  ['cut off', ics(shift).slice(0, 120), /cut off/],
  ['not a calendar', 'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n', /BEGIN:VCALENDAR/],
  ['a cancellation', ics(shift).replace('VERSION:2.0', 'VERSION:2.0\r\nMETHOD:CANCEL'), /cancellation/],
  ['no start', ics(['UID:1', 'SUMMARY:x']), /no DTSTART/],
  ['a day that does not exist', ics(['UID:1', 'DTSTART:20260631T080000Z']), /a DTSTART is not a date/],
  ['an unknown zone', ics(['UID:1', 'DTSTART;TZID=Middle Earth:20260701T080000']), /a TZID/],
  [
    'a zone that says nothing',
    ics(['BEGIN:VTIMEZONE', 'TZID:X', 'END:VTIMEZONE'], ['UID:1', 'DTSTART;TZID=X:20260701T080000']),
    /VTIMEZONE says nothing/,
  ],
  [
    'a zone without offsets',
    ics(
      [
        'BEGIN:VTIMEZONE',
        'TZID:X',
        'BEGIN:STANDARD',
        'DTSTART:19700101T000000',
        'END:STANDARD',
        'END:VTIMEZONE',
      ],
      ['UID:1', 'DTSTART;TZID=X:20260701T080000'],
    ),
    /VTIMEZONE cannot be read/,
  ],
  [
    'all later occurrences replaced',
    ics([...shift, 'RRULE:FREQ=DAILY'], [...shift, 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260702T080000Z']),
    /THISANDFUTURE/,
  ],
  ['an occurrence of nothing', ics(['RECURRENCE-ID:20260702T080000Z', 'DTSTART:20260702T080000Z']), /no UID/],
  ['a rule of exceptions', ics([...shift, 'RRULE:FREQ=DAILY', 'EXRULE:FREQ=WEEKLY']), /EXRULE/],
  ['periods', ics([...shift, 'RDATE;VALUE=PERIOD:20260702T080000Z/PT1H']), /period/],
  ['an UNTIL that is none', ics([...shift, 'RRULE:FREQ=DAILY;UNTIL=20269999']), /UNTIL|cannot be read/],
])('%s is refused as a whole, and nothing of it is repeated', (_what, text, problem) => {
  let refused: unknown;
  try {
    read(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(CalendarRefused);
  expect(String(refused)).toMatch(problem);
  expect(String(refused)).not.toMatch(/alice|Middle Earth|sign in/);
});

test('limits: events, repetitions, shifts around now, shifts at one time', () => {
  const many = (count: number, of: (index: number) => readonly string[]) =>
    ics(...Array.from({ length: count }, (_, index) => of(index)));
  expect(() => read(many(10_001, (index) => [`UID:${index}`, 'DTSTART:20200101T080000Z']))).toThrow(
    /more than 10000 events/,
  );
  expect(() =>
    read(ics(['UID:1', 'DTSTART:20200101T080000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY'])),
  ).toThrow(/repeat too often/);
  expect(() =>
    read(ics(['UID:1', 'DTSTART:20260620T080000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY'])),
  ).toThrow(/more than 5000 shifts/);
  const together = (count: number) => many(count, (index) => [...shift.slice(1), `UID:${index}`]);
  expect(read(together(50)).segments.length).toBeGreaterThan(1);
  expect(() => read(together(51))).toThrow(/more than 50/);
});

test('repetitions that are many and sound are worked out: twenty years of days', () => {
  const text = ics([...shift.slice(0, 2), 'DTSTART:20060701T080000Z', 'DURATION:PT8H', 'RRULE:FREQ=DAILY']);
  expect(read(text).segments.some(({ people }) => people.includes('sub-alice'))).toBe(true);
});

const value = fc.oneof(
  fc.constantFrom(
    '20260701T080000Z',
    '20260701',
    '99991231T235959Z',
    '00010101T000000',
    '20260701T080000',
    '-P1D',
    'PT99999999999S',
    'P99999999W',
    'mailto:alice@example.com',
    '',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
);
const rule = fc
  .record({
    freq: fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'SECONDLY', 'SOMETIMES'),
    more: fc.array(
      fc.constantFrom(
        'INTERVAL=0',
        'INTERVAL=999999999',
        'COUNT=3',
        'UNTIL=20260702T000000Z',
        'BYDAY=MO,-1SU,53TH',
        'BYMONTH=2',
        'BYMONTHDAY=-31,30',
        'BYYEARDAY=-366',
        'BYWEEKNO=53',
        'BYHOUR=1,23',
        'BYSETPOS=-1',
        'WKST=XX',
        '__PROTO__=1',
      ),
      { maxLength: 4 },
    ),
  })
  .map(({ freq, more }) => `RRULE:${['FREQ=' + freq, ...more].join(';')}`);
const param = fc.constantFrom(
  '',
  ';TZID=Europe/Berlin',
  ';TZID=X',
  ';VALUE=DATE',
  ';VALUE=PERIOD',
  ';VALUE=constructor',
  ';__proto__=1',
  ';X="a:b;c"',
);
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'DTSTART',
        'DTEND',
        'DURATION',
        'UID',
        'EXDATE',
        'RDATE',
        'RECURRENCE-ID',
        'SEQUENCE',
        'STATUS',
        'ATTENDEE',
        'SUMMARY',
        'constructor',
      ),
      param,
      value,
    )
    .map(([name, params, text]) => `${name}${params}:${text}`),
  rule,
  fc.constantFrom('BEGIN:VALARM', 'END:VALARM', 'BEGIN:VEVENT', 'END:VEVENT', ' folded', 'no colon'),
);

test('whatever a calendar holds, it is read, refused, or ended in time', async () => {
  const calendar = fc
    .array(fc.array(line, { maxLength: 6 }), { maxLength: 4 })
    .map((events) => ics(...events.map((lines) => [...shift, ...lines])));
  await fc.assert(
    fc.asyncProperty(calendar, async (text) => {
      expect(await apart(text, 3000)).not.toMatch(/alice|memory/);
    }),
    { numRuns: 40 },
  );
});

test('a calendar with a piece cut out or put in never puts anybody on call who is not in it', () => {
  const text = ics(
    [...shift, 'RRULE:FREQ=WEEKLY;BYDAY=WE', 'EXDATE:20260708T080000Z'],
    ['UID:2', 'SUMMARY:Bob', 'DTSTART;VALUE=DATE:20260701'],
  );
  fc.assert(
    fc.property(
      fc.nat(text.length),
      fc.nat(30),
      fc.string({ unit: 'binary-ascii', maxLength: 5 }),
      (at, length, put) => {
        // Letters would make other rules, some of which have no end.
        const harmless = put.replace(/[A-Za-z]/g, ';');
        const changed = text.slice(0, at) + harmless + text.slice(at + length);
        fc.pre(!/SECONDLY|MINUTELY|HOURLY/.test(changed));
        try {
          for (const { people } of read(changed).segments) {
            for (const person of people) expect(person).toBe('sub-alice');
          }
        } catch (error) {
          expect(String(error)).not.toMatch(/AssertionError/);
        }
      },
    ),
    { numRuns: 500 },
  );
});
