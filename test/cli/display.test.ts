import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitingFor } from '../../src/cli/display/people.ts';
import { printable, printableJson } from '../../src/cli/display/printable.ts';
import { facts, table } from '../../src/cli/display/table.ts';
import { formatDistance } from '../../src/cli/display/time.ts';
import { waits } from './answers.ts';

test('control characters, bidirectional overrides and invisible characters are shown as escapes', () => {
  expect(printable('a\u001b[2Jb')).toBe('a\\u{1b}[2Jb');
  expect(printable('line\r\nline\tend')).toBe('line\\r\\nline\\tend');
  expect(printable('admin\u202enimda')).toBe('admin\\u{202e}nimda');
  expect(printable('\u2066x\u2069 \u200b \ufeff \u009b \u2028')).toBe(
    '\\u{2066}x\\u{2069} \\u{200b} \\u{feff} \\u{9b} \\u{2028}',
  );
  expect(printable('\u{e0041}')).toBe('\\u{e0041}');
});

test('names in any script are shown as they are', () => {
  for (const name of ['Zoë Ångström', '山田 太郎', 'محمد', 'נועה', '👩‍💻'])
    expect(printable(name)).toBe(name);
});

test('JSON for programs has no such characters either and means the same', () => {
  fc.assert(
    fc.property(fc.record({ reason: fc.string({ unit: 'binary' }) }), (value) => {
      const text = printableJson(value);
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(JSON.parse(text)).toEqual(value);
    }),
  );
});

test('columns line up under wide characters, and a cell cannot start a new line', () => {
  expect(
    table(
      ['who', 'why'],
      [
        ['山田', 'x'],
        ['Erin', 'one\ntwo'],
      ],
    ),
  ).toBe('WHO   WHY\n山田  x\nErin  one\\ntwo\n');
  expect(table(['who'], [])).toBe('');
});

test('facts line up and are made printable', () => {
  expect(
    facts(
      [
        ['a', '\u001b'],
        ['long', 'b'],
      ],
      undefined,
    ),
  ).toBe('a     \\u{1b}\nlong  b\n');
});

test('who is waited for is named, with the group and how many are needed', () => {
  const people = ['Avery', 'Blake'].map((name, index) => ({ id: `prs_${index}`, name }));
  expect(
    waitingFor({
      waitingFor: [waits({ rule: 'a', needed: 2, people }), waits({ rule: 'b', groups: ['security'] })],
    }),
  ).toBe('2 of Avery or Blake (prod-approvers) and security');
});

test('distances are told from now, without seconds from a minute on', () => {
  const now = new Date('2026-11-22T10:00:00Z');
  expect(formatDistance('2026-11-22T10:12:34Z', now)).toBe('in 12m');
  expect(formatDistance('2026-11-22T08:00:00Z', now)).toBe('2h ago');
  expect(formatDistance('2026-11-22T10:00:20Z', now)).toBe('in 20s');
});
