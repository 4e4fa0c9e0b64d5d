import { afterEach, beforeEach, expect, test } from 'vitest';
import { ics } from './ics.ts';
import { makeOnCall, minute, schedule, startCalendarHost } from './world.ts';

let host: Awaited<ReturnType<typeof startCalendarHost>>;
beforeEach(async () => {
  host = await startCalendarHost();
});
afterEach(() => host.stop());

const start = '2026-07-01T08:00:00Z';
const rota = ics(
  ['UID:1', 'ATTENDEE:mailto:alice@example.com', 'DTSTART:20260701T070000Z', 'DTEND:20260701T090000Z'],
  ['UID:2', 'SUMMARY:Bob Example', 'DTSTART:20260701T090000Z', 'DTEND:20260701T170000Z'],
);
const nobody = ics();
const alice = { kind: 'known', people: ['sub-alice'], until: new Date('2026-07-01T09:00:00Z'), unmapped: [] };

test('before a schedule was asked, nothing is known, and it says so', () => {
  const { now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  expect(now('primary')).toEqual({
    kind: 'down',
    because: 'Who is on call (primary) is not known: its calendar has not been asked yet.',
  });
  expect(now('other')).toBeUndefined();
});

test('a calendar at an address says who is on call, and hands over to the second', async () => {
  host.answer.body = rota;
  const { world, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  expect(now('primary')).toEqual(alice);
  // Without another question: it is a matter of the millisecond.
  world.now = Date.parse('2026-07-01T09:00:00Z') - 4 * minute;
  await onCall.refresh();
  world.now += 4 * minute - 1;
  expect(now('primary')).toMatchObject({ people: ['sub-alice'] });
  world.now += 1;
  expect(now('primary')).toMatchObject({ people: ['sub-bob'], until: new Date('2026-07-01T17:00:00Z') });
});

test('a source that is down is relied on for five minutes and no longer, and is believed again when it is back', async () => {
  host.answer.body = rota;
  const { world, reports, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  host.answer.status = 503;
  world.now += 5 * minute;
  await onCall.refresh();
  expect(now('primary')).toEqual(alice);
  world.now += 1;
  expect(now('primary')).toEqual({
    kind: 'down',
    because:
      'Who is on call (primary) is not known: its calendar has not answered since 2026-07-01T08:00:00Z.',
  });
  await onCall.refresh();
  host.answer.status = 200;
  await onCall.refresh();
  expect(now('primary')).toEqual(alice);
  expect(reports).toEqual([
    ['primary', expect.stringContaining('its host answered 503')],
    ['primary', null],
  ]);
});

test('a source that never answered says since when it was asked', async () => {
  host.answer.status = 500;
  const { world, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  world.now += minute;
  await onCall.refresh();
  expect(now('primary')).toEqual({
    kind: 'down',
    because:
      'Who is on call (primary) is not known: its calendar has not answered since 2026-07-01T08:00:00Z, when it was first asked.',
  });
});

test.each([
  ['a redirect', { status: 302, headers: { location: 'https://idp.test/' }, body: '' }, /redirect/],
  [
    'more than a mebibyte',
    { status: 200, headers: {}, body: 'x'.repeat(1_048_577) },
    /more than the 1048576/,
  ],
  ['a web page', { status: 200, headers: {}, body: '<p>sign in: here</p>' }, /iCalendar/],
  ['something compressed', { status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' }, /compressed/],
])('%s is no answer, the operator is told, and no address is', async (_what, answer, problem) => {
  host.answer = answer;
  const { reports, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  expect(now('primary')).toMatchObject({ kind: 'down' });
  expect(reports).toEqual([['primary', expect.stringMatching(problem)]]);
  expect(JSON.stringify([reports, now('primary')])).not.toMatch(/on-call\.ics|sign in/);
});

test('bytes that are no text are no calendar', async () => {
  const { reports, onCall } = makeOnCall(start, [schedule('file', 'calendar-file', '/rota.ics')], {
    readFile: () => Promise.resolve(Uint8Array.of(0xff, 0xfe, 0)),
  });
  await onCall.refresh();
  expect(reports).toEqual([['file', expect.stringContaining('UTF-8')]]);
});

test('a calendar that is emptied is believed: nobody is on call', async () => {
  host.answer.body = rota;
  const { onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  host.answer.body = nobody;
  await onCall.refresh();
  expect(now('primary')).toEqual({ kind: 'known', people: [], until: null, unmapped: [] });
});

test('a file that is replaced is read anew', async () => {
  let text = rota;
  const { onCall, now } = makeOnCall(start, [schedule('file', 'calendar-file', '/rota.ics')], {
    readFile: (path, most) => {
      expect([path, most]).toEqual(['/rota.ics', 1_048_576]);
      return Promise.resolve(Buffer.from(text));
    },
  });
  await onCall.refresh();
  expect(now('file')).toEqual(alice);
  text = rota.replace('mailto:alice@example.com', 'mailto:carol@example.com');
  await onCall.refresh();
  expect(now('file')).toMatchObject({ people: [], unmapped: ['carol@example.com'] });
});

test('a calendar that does not change is worked out further as time goes on', async () => {
  host.answer.body = ics([
    'UID:1',
    'ATTENDEE:mailto:alice@example.com',
    'DTSTART:20260701T070000Z',
    'DTEND:20260701T090000Z',
    'RRULE:FREQ=DAILY',
  ]);
  const { world, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  world.now += 20 * 24 * 60 * minute;
  await onCall.refresh();
  expect(now('primary')).toMatchObject({ people: ['sub-alice'] });
});

test('entries that stand for nobody are told before their shift, once', async () => {
  host.answer.body = ics(['UID:1', 'SUMMARY:Mallory', 'DTSTART:20260703T070000Z', 'DTEND:20260703T090000Z']);
  const { reports, onCall, now } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  await onCall.refresh();
  expect(reports).toEqual([['primary', expect.stringContaining('names nobody for "Mallory"')]]);
  expect(now('primary')).toMatchObject({ kind: 'known', people: [], unmapped: [] });
});

test('what lies beyond what was worked out is not known', async () => {
  host.answer.body = rota;
  const { onCall } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.refresh();
  expect(onCall.at(new Date('2026-07-09T07:59:59Z')).get('primary')).toMatchObject({ kind: 'known' });
  expect(onCall.at(new Date('2026-07-09T08:00:00Z')).get('primary')).toEqual({
    kind: 'down',
    because: expect.stringContaining('holds from 2026-05-27T08:00:00Z to 2026-07-09T08:00:00Z'),
  });
});

test('a schedule that the catalog changes is another: what the old one said does not count', async () => {
  host.answer.body = rota;
  const primary = schedule('primary', 'calendar-url', host.url);
  const { world, onCall, now } = makeOnCall(start, [primary]);
  await onCall.refresh();
  world.schedules = [{ ...primary, people: { 'alice@example.com': 'sub-other' } }];
  expect(now('primary')).toMatchObject({ kind: 'down' });
  await onCall.sweep();
  expect(now('primary')).toMatchObject({ people: ['sub-other'] });
  world.schedules = [];
  await onCall.sweep();
  expect(onCall.at(new Date(world.now)).size).toBe(0);
  // Loaded again with the same words it is the same, and read anew all the same.
  world.schedules = [structuredClone(primary)];
  expect(now('primary')).toMatchObject({ kind: 'down' });
});

test('the sweep asks about every thirty seconds, each schedule at its own time', async () => {
  host.answer.body = rota;
  const { world, onCall } = makeOnCall(start, [schedule('primary', 'calendar-url', host.url)]);
  await onCall.sweep();
  expect(host.asked).toBe(1);
  world.now += 29_999;
  await onCall.sweep();
  expect(host.asked).toBe(1);
  world.now += 1;
  await onCall.sweep();
  expect(host.asked).toBe(2);
});

test('one that hangs or fails holds up no other, and an answer that comes too late is ignored', async () => {
  host.answer.body = rota;
  const late = Promise.withResolvers<unknown>();
  const { onCall, now, reports } = makeOnCall(
    start,
    [
      schedule('hangs', 'webhook', 'https://idp.test/hangs'),
      schedule('fails', 'calendar-file', '/none'),
      schedule('primary', 'calendar-url', host.url),
    ],
    { signedCall: () => late.promise, times: { limitMs: 5000 } },
  );
  await onCall.refresh();
  expect(now('primary')).toEqual(alice);
  late.resolve({ people: ['sub-alice'] });
  await late.promise;
  expect(now('hangs')).toMatchObject({ kind: 'down' });
  expect(now('fails')).toMatchObject({ kind: 'down' });
  expect(new Map(reports)).toEqual(
    new Map<string, unknown>([
      ['fails', 'no file is read'],
      ['hangs', expect.stringContaining('took longer than 5 seconds')],
    ]),
  );
});

test('stopping waits for no source', async () => {
  const { onCall, reports } = makeOnCall(start, [schedule('hangs', 'webhook', 'https://idp.test/hangs')], {
    signedCall: () => new Promise(() => undefined),
    times: { limitMs: 1_000_000 },
  });
  const refreshed = onCall.refresh();
  onCall.stop();
  await refreshed;
  await onCall.sweep();
  expect(reports).toEqual([]);
});
