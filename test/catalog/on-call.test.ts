import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { LocatedDocument } from '../../src/catalog/document.ts';
import { checkOnCall, resolveOnCall } from '../../src/catalog/on-call.ts';
import { OnCall } from '../../src/catalog/schema-on-call.ts';

const sample = `onCall:
  primary:
    calendar: https://calendar.example.com/secret/on-call.ics
    zone: Europe/Berlin
    people:
      "alice@example.com": alice
      "Bob Example": bob
  file:
    calendar: /etc/daypass/rota.ics
    people: { "Bob Example": bob }
  ops:
    webhook: https://rota.example.com/who
`;
const keys = new Set(['alice', 'bob']);
const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true }).compile(OnCall);

function problems(source: string): string[] {
  const document = new LocatedDocument(source);
  checkOnCall(document, keys);
  return document.problems.map(({ line, message }) => `${line}: ${message}`);
}
const changed = (from: string, to: string) => {
  expect(sample).toContain(from);
  return sample.replace(from, to);
};

test('the sample is sound, and is resolved to subjects and places', () => {
  expect(problems(sample)).toEqual([]);
  const { onCall } = new LocatedDocument(sample).value as { onCall: never };
  expect(validate(onCall)).toBe(true);
  expect(
    resolveOnCall(
      onCall,
      new Map([
        ['alice', '00u1'],
        ['bob', '00u2'],
      ]),
    ),
  ).toEqual([
    {
      name: 'primary',
      source: { kind: 'calendar-url', location: 'https://calendar.example.com/secret/on-call.ics' },
      zone: 'Europe/Berlin',
      people: { 'alice@example.com': '00u1', 'Bob Example': '00u2' },
    },
    {
      name: 'file',
      source: { kind: 'calendar-file', location: '/etc/daypass/rota.ics' },
      zone: 'UTC',
      people: { 'Bob Example': '00u2' },
    },
    {
      name: 'ops',
      source: { kind: 'webhook', location: 'https://rota.example.com/who' },
      zone: 'UTC',
      people: {},
    },
  ]);
});

test('a file without on-call schedules has no problem with them', () => {
  expect(problems('version: 1\n')).toEqual([]);
  expect(problems('onCall: [1]\n')).toEqual([]);
  expect(problems('onCall: { primary: 1 }\n')).toEqual([expect.stringContaining("needs either 'calendar'")]);
});

test.each<[string, string, string, RegExp]>([
  ['http', 'https://calendar', 'http://calendar', /^3: the calendar of 'primary' must be an https URL/],
  ['a password', 'https://calendar', 'https://me:pw@calendar', /^3: .*carries a user or password/],
  ['a fragment', 'on-call.ics', 'on-call.ics#x', /^3: .*never sent/],
  ['a relative path', '/etc/daypass/rota.ics', 'rota.ics', /^9: .*neither an https URL nor an absolute path/],
  ['a file URL', '/etc/daypass/rota.ics', 'file:///etc/rota.ics', /^9: .*must be an https URL/],
  ['a webhook over http', 'https://rota', 'http://rota', /^12: the webhook of 'ops' must be an https URL/],
  ['a webhook that is a path', 'https://rota.example.com/who', '/who', /^12: .*is no URL/],
  ['an unknown zone', 'Europe/Berlin', 'Europe/Atlantis', /^4: no time zone is named 'Europe\/Atlantis'/],
  ['an unknown person', '": alice', '": alcie', /^6: nobody is named 'alcie'.*did you mean 'alice'/],
  [
    'the same entry twice',
    '"Bob Example": bob\n',
    '"ALICE@example.com ": bob\n',
    /^7: .*is the same entry as 'alice@example.com'/,
  ],
  [
    'an entry of two lines',
    '"Bob Example": bob\n',
    '"Bob\\nExample": bob\n',
    /^7: .*must be one line of text/,
  ],
  [
    'two sources',
    '    webhook:',
    '    calendar: /x.ics\n    webhook:',
    /^11: 'ops' needs either 'calendar' or 'webhook'/,
  ],
  ['no source', '    webhook: https://rota.example.com/who', '    zone: UTC', /^11: 'ops' needs either/],
  ['no people', '    people: { "Bob Example": bob }\n', '', /^8: 'file' needs 'people'/],
  ['a zone for a webhook', '    webhook:', '    zone: UTC\n    webhook:', /^12: 'zone' is for calendars/],
  ['a name with a dash', '  ops:', '  ops-two:', /^11: schedule name 'ops-two' must be/],
  ['a capital', '  ops:', '  Ops:', /^11: schedule name/],
  ['a word of CEL', '  ops:', '  in:', /^11: schedule name 'in' is a word of the condition language/],
])('%s is refused, with the line and what to do', (_what, from, to, problem) => {
  expect(problems(changed(from, to))).toContainEqual(expect.stringMatching(problem));
});

test('no problem repeats the address of a calendar', () => {
  for (const text of [changed('https://calendar', 'http://calendar'), changed('https:', 'ftp:')]) {
    expect(problems(text).join()).not.toContain('secret');
  }
});

test('the shape refuses unknown fields, empty maps and blanks in addresses', () => {
  for (const wrong of [
    {},
    { primary: { calender: '/x.ics' } },
    { primary: { calendar: '/x y.ics' } },
    { primary: { calendar: '/x.ics', people: {} } },
    { primary: { calendar: '/x.ics', people: { alice: 1 } } },
    { primary: { calendar: '/x.ics', people: { 'a\nb': 'alice' } } },
    { 'a-b': { calendar: '/x.ics' } },
  ]) {
    expect(validate(wrong), JSON.stringify(wrong)).toBe(false);
  }
});

test('what was not checked is never resolved to a guess', () => {
  expect(() => resolveOnCall({ primary: {} }, new Map())).toThrow('no source');
  expect(() => resolveOnCall({ primary: { calendar: '/x', people: { a: 'b' } } }, new Map())).toThrow(
    'no such person',
  );
});
