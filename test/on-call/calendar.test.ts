import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../src/on-call/calendar/read-calendar.ts';
import { segmentAt } from '../../src/on-call/timeline.ts';
import { ics } from './ics.ts';

const people = {
  'alice@example.com': 'sub-alice',
  'Bob Example': 'sub-bob',
  'carol@example.com': 'sub-carol',
};
const dayMs = 86_400_000;
const alice = 'ATTENDEE:mailto:alice@example.com';
const carol = 'ATTENDEE:mailto:carol@example.com';

/** What a calendar says of a time, worked out as it would be at that time. */
function ask(text: string, at: string, zone = 'Europe/Berlin') {
  const time = Date.parse(at);
  const timeline = readCalendar({ text, zone, people, from: time - 35 * dayMs, to: time + 8 * dayMs });
  const found = segmentAt(timeline, time);
  if (found === null) throw new Error('outside of what was worked out');
  const { segment, until } = found;
  return {
    people: segment.people,
    unmapped: segment.unmapped,
    until: until === null ? null : new Date(until).toISOString(),
  };
}
const on = (text: string, at: string, zone?: string) => ask(text, at, zone).people;

describe('times', () => {
  test('a shift begins with its first instant and ends before its last', () => {
    const text = ics([alice, 'UID:1', 'DTSTART:20260701T080000Z', 'DTEND:20260701T160000Z']);
    expect(on(text, '2026-07-01T07:59:59.999Z')).toEqual([]);
    expect(ask(text, '2026-07-01T08:00:00Z')).toEqual({
      people: ['sub-alice'],
      unmapped: [],
      until: '2026-07-01T16:00:00.000Z',
    });
    expect(on(text, '2026-07-01T16:00:00Z')).toEqual([]);
  });

  test('when nobody is on call, it says until when', () => {
    const text = ics([alice, 'UID:1', 'DTSTART:20260701T080000Z', 'DTEND:20260701T160000Z']);
    expect(ask(text, '2026-07-01T03:00:00Z').until).toBe('2026-07-01T08:00:00.000Z');
    expect(ask(text, '2026-07-02T03:00:00Z').until).toBeNull();
    expect(ask(ics(), '2026-07-02T03:00:00Z')).toEqual({ people: [], unmapped: [], until: null });
  });

  test('a hand-over to the second: at no instant both, at none nobody', () => {
    const text = ics(
      [alice, 'UID:1', 'DTSTART:20260701T080000Z', 'DTEND:20260701T160000Z'],
      ['SUMMARY:Bob Example', 'UID:2', 'DTSTART:20260701T160000Z', 'DTEND:20260702T000000Z'],
    );
    expect(on(text, '2026-07-01T15:59:59.999Z')).toEqual(['sub-alice']);
    expect(on(text, '2026-07-01T16:00:00Z')).toEqual(['sub-bob']);
    expect(ask(text, '2026-07-01T15:59:59.999Z').until).toBe('2026-07-01T16:00:00.000Z');
  });

  test('shifts of one person that touch are one: it ends with the last', () => {
    const text = ics(
      [alice, 'UID:1', 'DTSTART:20260701T080000Z', 'DTEND:20260701T160000Z'],
      [alice, 'UID:2', 'DTSTART:20260701T160000Z', 'DTEND:20260702T000000Z'],
    );
    expect(ask(text, '2026-07-01T09:00:00Z').until).toBe('2026-07-02T00:00:00.000Z');
  });

  test('a shift that began long ago still counts', () => {
    const text = ics([alice, 'UID:1', 'DTSTART:20250101T000000Z', 'DTEND:20270101T000000Z']);
    expect(on(text, '2026-07-01T00:00:00Z')).toEqual(['sub-alice']);
  });

  test('a time without a zone, and a whole day, go by the zone of the schedule', () => {
    const floating = ics([alice, 'UID:1', 'DTSTART:20260701T090000', 'DTEND:20260701T170000']);
    expect(on(floating, '2026-07-01T07:00:00Z')).toEqual(['sub-alice']);
    expect(on(floating, '2026-07-01T07:00:00Z', 'UTC')).toEqual([]);
    const day = ics([alice, 'UID:1', 'DTSTART;VALUE=DATE:20260701']);
    expect(on(day, '2026-06-30T21:59:59Z')).toEqual([]);
    expect(ask(day, '2026-06-30T22:00:00Z').until).toBe('2026-07-01T22:00:00.000Z');
    const week = ics([alice, 'UID:1', 'DTSTART;VALUE=DATE:20260701', 'DTEND;VALUE=DATE:20260708']);
    expect(ask(week, '2026-07-01T12:00:00Z').until).toBe('2026-07-07T22:00:00.000Z');
  });

  test.each([
    ['P1D', '2026-07-02T08:00:00.000Z'],
    ['PT90M', '2026-07-01T09:30:00.000Z'],
    ['P1W', '2026-07-08T08:00:00.000Z'],
  ])('a length instead of an end: %s', (length, until) => {
    expect(
      ask(ics([alice, 'UID:1', 'DTSTART:20260701T080000Z', `DURATION:${length}`]), '2026-07-01T08:30:00Z')
        .until,
    ).toBe(until);
  });

  test.each([['DTEND:20260701T080000Z'], ['DTEND:20260701T070000Z'], ['DURATION:-PT1H'], ['X-NO:end']])(
    'what takes no time puts nobody on call: %s',
    (line) => {
      expect(on(ics([alice, 'UID:1', 'DTSTART:20260701T080000Z', line]), '2026-07-01T08:00:00Z')).toEqual([]);
    },
  );
});

describe('summer time', () => {
  const weekly = ics(
    [
      alice,
      'UID:1',
      'DTSTART;TZID=Europe/Berlin:20260105T090000',
      'DTEND;TZID=Europe/Berlin:20260112T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=2',
    ],
    [
      carol,
      'UID:2',
      'DTSTART;TZID=Europe/Berlin:20260112T090000',
      'DTEND;TZID=Europe/Berlin:20260119T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=2',
    ],
  );

  test('the hand-over stays at nine by the clock, in spring and in autumn, and nobody is missing in between', () => {
    // 29 March and 25 October 2026 are the Sundays on which Berlin changes.
    expect(ask(weekly, '2026-03-25T12:00:00Z').until).toBe('2026-03-30T07:00:00.000Z');
    expect(ask(weekly, '2026-10-21T12:00:00Z').until).toBe('2026-10-26T08:00:00.000Z');
    for (const at of [
      '2026-03-30T06:59:59Z',
      '2026-03-30T07:00:00Z',
      '2026-10-26T07:59:59Z',
      '2026-10-26T08:00:00Z',
    ])
      expect(on(weekly, at), at).toHaveLength(1);
  });

  test('a day without 02:30 begins a shift at 03:30, and of a 02:30 that comes twice the first counts', () => {
    const night = (day: string) =>
      ics([
        alice,
        'UID:1',
        `DTSTART;TZID=Europe/Berlin:${day}T023000`,
        `DTEND;TZID=Europe/Berlin:${day}T080000`,
      ]);
    expect(on(night('20260329'), '2026-03-29T01:29:59Z')).toEqual([]);
    expect(on(night('20260329'), '2026-03-29T01:30:00Z')).toEqual(['sub-alice']);
    expect(on(night('20261025'), '2026-10-25T00:29:59Z')).toEqual([]);
    expect(on(night('20261025'), '2026-10-25T00:30:00Z')).toEqual(['sub-alice']);
  });

  test('hours that pass are counted, days go by the clock', () => {
    const lasting = (length: string) =>
      ics([alice, 'UID:1', 'DTSTART;TZID=Europe/Berlin:20260328T120000', `DURATION:${length}`]);
    expect(ask(lasting('P1D'), '2026-03-28T12:00:00Z').until).toBe('2026-03-29T10:00:00.000Z');
    expect(ask(lasting('PT24H'), '2026-03-28T12:00:00Z').until).toBe('2026-03-29T11:00:00.000Z');
  });

  test('a zone that only the calendar knows goes by its VTIMEZONE', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:W. Europe Standard Time',
      'BEGIN:STANDARD',
      'DTSTART:16010101T030000',
      'TZOFFSETFROM:+0200',
      'TZOFFSETTO:+0100',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
      'END:STANDARD',
      'BEGIN:DAYLIGHT',
      'DTSTART:16010101T020000',
      'TZOFFSETFROM:+0100',
      'TZOFFSETTO:+0200',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
      'END:DAYLIGHT',
      'END:VTIMEZONE',
    ];
    const event = [
      alice,
      'UID:1',
      'DTSTART;TZID="W. Europe Standard Time":20260105T090000',
      'DTEND;TZID="W. Europe Standard Time":20260105T170000',
      'RRULE:FREQ=DAILY',
    ];
    const text = ics(zone, event);
    for (const [from, to] of [
      ['2026-02-02T08:00:00Z', '2026-02-02T16:00:00.000Z'],
      ['2026-03-29T07:00:00Z', '2026-03-29T15:00:00.000Z'],
      ['2026-07-01T07:00:00Z', '2026-07-01T15:00:00.000Z'],
      ['2026-10-25T08:00:00Z', '2026-10-25T16:00:00.000Z'],
    ] as const) {
      expect(ask(text, from)).toEqual({ people: ['sub-alice'], unmapped: [], until: to });
      expect(on(text, new Date(Date.parse(from) - 1).toISOString())).toEqual([]);
    }
  });

  test('an IANA zone goes by the runtime, whatever the calendar says of it', () => {
    const zone = [
      'BEGIN:VTIMEZONE',
      'TZID:Europe/Berlin',
      'BEGIN:STANDARD',
      'DTSTART:19700101T000000',
      'TZOFFSETFROM:+0900',
      'TZOFFSETTO:+0900',
      'END:STANDARD',
      'END:VTIMEZONE',
    ];
    const event = [alice, 'UID:1', 'DTSTART;TZID=Europe/Berlin:20260701T090000', 'DURATION:PT1H'];
    expect(on(ics(zone, event), '2026-07-01T07:00:00Z')).toEqual(['sub-alice']);
  });
});

describe('series', () => {
  const daily = [
    'UID:s',
    alice,
    'DTSTART;TZID=Europe/Berlin:20260601T090000',
    'DTEND;TZID=Europe/Berlin:20260601T170000',
    'RRULE:FREQ=DAILY',
  ];
  const first = '2026-07-01T10:00:00Z';
  const second = '2026-07-02T10:00:00Z';

  test('EXDATE takes out one occurrence, as a time of its zone, of another, or as a day', () => {
    for (const line of [
      'EXDATE;TZID=Europe/Berlin:20260701T090000',
      'EXDATE:20260701T070000Z',
      'EXDATE;TZID=America/New_York:20260701T030000',
      'EXDATE;VALUE=DATE:20260701',
      'EXDATE;TZID=Europe/Berlin:20260501T090000,20260601T100000,20260701T090000',
    ]) {
      expect(on(ics([...daily, line]), first), line).toEqual([]);
      expect(on(ics([...daily, line]), second), line).toEqual(['sub-alice']);
    }
  });

  test('one occurrence is given to somebody else, and no other', () => {
    const override = [
      'UID:s',
      carol,
      'RECURRENCE-ID;TZID=Europe/Berlin:20260701T090000',
      'DTSTART;TZID=Europe/Berlin:20260701T090000',
      'DTEND;TZID=Europe/Berlin:20260701T170000',
    ];
    for (const text of [ics(daily, override), ics(override, daily)]) {
      expect(on(text, first)).toEqual(['sub-carol']);
      expect(on(text, second)).toEqual(['sub-alice']);
    }
  });

  test('one occurrence is moved: it takes place at its new time, and not at the old one', () => {
    const moved = [
      'UID:s',
      alice,
      'RECURRENCE-ID:20260701T070000Z',
      'DTSTART:20260701T200000Z',
      'DTEND:20260701T210000Z',
    ];
    expect(on(ics(daily, moved), first)).toEqual([]);
    expect(on(ics(daily, moved), '2026-07-01T20:30:00Z')).toEqual(['sub-alice']);
    // Into the window from far outside of it.
    const far = [
      'UID:s',
      carol,
      'RECURRENCE-ID:20261201T080000Z',
      'DTSTART:20260701T200000Z',
      'DTEND:20260701T210000Z',
    ];
    expect(on(ics(daily, far), '2026-07-01T20:30:00Z')).toEqual(['sub-carol']);
  });

  test('one occurrence is cancelled, or all are', () => {
    const cancelled = [
      'UID:s',
      alice,
      'STATUS:CANCELLED',
      'RECURRENCE-ID:20260701T070000Z',
      'DTSTART:20260701T070000Z',
    ];
    expect(on(ics(daily, cancelled), first)).toEqual([]);
    expect(on(ics(daily, cancelled), second)).toEqual(['sub-alice']);
    for (const status of ['CANCELLED', 'cancelled', 'TENTATIVE']) {
      expect(on(ics([...daily, `STATUS:${status}`]), first), status).toEqual([]);
    }
    const moved = [
      'UID:s',
      alice,
      'RECURRENCE-ID:20260701T070000Z',
      'DTSTART:20260701T200000Z',
      'DTEND:20260701T210000Z',
    ];
    expect(on(ics([...daily, 'STATUS:CANCELLED'], moved), '2026-07-01T20:30:00Z')).toEqual([]);
    expect(on(ics([...daily, 'EXDATE:20260701T070000Z'], moved), '2026-07-01T20:30:00Z')).toEqual([]);
  });

  test('of two versions the newer counts, wherever it stands', () => {
    const version = (who: string, ...more: string[]) => [
      who,
      'UID:v',
      'DTSTART:20260701T080000Z',
      'DTEND:20260701T160000Z',
      ...more,
    ];
    for (const [old, fresh] of [
      [
        ['SEQUENCE:1', 'DTSTAMP:20260601T000000Z'],
        ['SEQUENCE:2', 'DTSTAMP:20260501T000000Z'],
      ],
      [['DTSTAMP:20260601T000000Z'], ['DTSTAMP:20260602T000000Z']],
    ] as const) {
      const events = [version(alice, ...old), version(carol, ...fresh)];
      expect(on(ics(...events), first)).toEqual(['sub-carol']);
      expect(on(ics(...events.toReversed()), first)).toEqual(['sub-carol']);
    }
  });

  test('of two versions of one occurrence the newer counts, whatever zone names it', () => {
    const version = (who: string, id: string, sequence: number) => [
      'UID:s',
      who,
      `RECURRENCE-ID${id}`,
      `SEQUENCE:${sequence}`,
      'DTSTART:20260701T070000Z',
      'DTEND:20260701T150000Z',
    ];
    const versions = [
      version('SUMMARY:Bob Example', ';TZID=Europe/Berlin:20260701T090000', 1),
      version(carol, ':20260701T070000Z', 2),
    ];
    expect(on(ics(daily, ...versions), first)).toEqual(['sub-carol']);
    expect(on(ics(daily, ...versions.toReversed()), first)).toEqual(['sub-carol']);
  });

  test('UNTIL is the last time at which one may begin, by the clock of the series, and COUNT counts from the first', () => {
    const ending = (rule: string) => ics([...daily.slice(0, -1), `RRULE:FREQ=DAILY;${rule}`]);
    expect(on(ending('UNTIL=20260701T070000Z'), first)).toEqual(['sub-alice']);
    expect(on(ending('UNTIL=20260701T065959Z'), first)).toEqual([]);
    expect(on(ending('UNTIL=20260701'), first)).toEqual(['sub-alice']);
    expect(on(ending('UNTIL=20260701'), second)).toEqual([]);
    expect(on(ending('COUNT=31'), first)).toEqual(['sub-alice']);
    expect(on(ending('COUNT=30'), first)).toEqual([]);
  });

  test('RDATE adds occurrences, and without a rule the first one stays', () => {
    const text = ics([
      alice,
      'UID:r',
      'DTSTART:20260630T080000Z',
      'DTEND:20260630T100000Z',
      'RDATE:20260701T090000Z,20260703T090000Z',
    ]);
    expect(on(text, '2026-06-30T09:00:00Z')).toEqual(['sub-alice']);
    expect(ask(text, '2026-07-01T09:00:00Z').until).toBe('2026-07-01T11:00:00.000Z');
    expect(on(text, '2026-07-02T09:00:00Z')).toEqual([]);
  });

  test('a series of whole days: one is taken out, one is replaced', () => {
    const days = [
      'UID:d',
      alice,
      'DTSTART;VALUE=DATE:20260601',
      'RRULE:FREQ=DAILY',
      'EXDATE;VALUE=DATE:20260702',
    ];
    const other = ['UID:d', carol, 'RECURRENCE-ID;VALUE=DATE:20260703', 'DTSTART;VALUE=DATE:20260703'];
    const text = ics(days, other);
    expect(['01', '02', '03', '04'].map((day) => on(text, `2026-07-${day}T12:00:00Z`))).toEqual([
      ['sub-alice'],
      [],
      ['sub-carol'],
      ['sub-alice'],
    ]);
  });
});

describe('who is meant', () => {
  const shift = (...lines: string[]) =>
    ics(['UID:1', 'DTSTART:20260701T080000Z', 'DTEND:20260701T160000Z', ...lines]);
  const at = '2026-07-01T09:00:00Z';

  test('attendees by their address, however it is written; else the whole summary', () => {
    expect(on(shift('ATTENDEE;CN="A";PARTSTAT=ACCEPTED:MAILTO:Alice@Example.com'), at)).toEqual([
      'sub-alice',
    ]);
    expect(on(shift('ATTENDEE:alice@example.com'), at)).toEqual(['sub-alice']);
    expect(on(shift(alice, carol), at)).toEqual(['sub-alice', 'sub-carol']);
    expect(on(shift('SUMMARY: bob  example '), at)).toEqual(['sub-bob']);
  });

  test('a summary that only contains a name is nobody, and so is one beside attendees', () => {
    expect(ask(shift('SUMMARY:Bob Example is on holiday'), at)).toMatchObject({
      people: [],
      unmapped: ['Bob Example is on holiday'],
    });
    expect(on(shift('SUMMARY:Bob Example', alice), at)).toEqual(['sub-alice']);
    expect(
      on(shift('SUMMARY:Bob Example', 'ATTENDEE;PARTSTAT=DECLINED:mailto:alice@example.com'), at),
    ).toEqual([]);
  });

  test.each(['PARTSTAT=DECLINED', 'ROLE=NON-PARTICIPANT', 'CUTYPE=ROOM', 'CUTYPE=resource'])(
    'an attendee with %s is nobody',
    (param) => {
      expect(ask(shift(`ATTENDEE;${param}:mailto:alice@example.com`, carol), at)).toMatchObject({
        people: ['sub-carol'],
        unmapped: [],
      });
    },
  );

  test('whom the schedule does not know is nobody, and is told, fit to print', () => {
    expect(ask(shift('ATTENDEE:mailto:mallory@example.com', alice), at)).toMatchObject({
      people: ['sub-alice'],
      unmapped: ['mallory@example.com'],
    });
    expect(ask(shift(`SUMMARY:\u001b[31m${'x'.repeat(500)}`), at).unmapped).toEqual([
      `[31m${'x'.repeat(76)}…`,
    ]);
    expect(ask(shift('SUMMARY:'), at).unmapped).toEqual(['(an event that names nobody)']);
  });

  test('names of every object are nobody', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(on(shift(`SUMMARY:${name}`), at), name).toEqual([]);
    }
  });
});
