import { describe, expect, test } from 'vitest';
import { checkTicketPattern, ticketAccepted } from '../../src/catalog/ticket.ts';
import { changed, only, sample, sound } from './sample.ts';

const admin = only(sound(sample), 'prod/admin');

describe('a ticket', () => {
  test.each(['OPS-1', 'OPS-123456'])('%s is accepted', (ticket) => {
    expect(ticketAccepted(admin, ticket)).toBe(true);
  });
  test.each([
    null,
    '',
    'OPS-',
    'ops-1',
    'xOPS-1',
    'OPS-1x',
    'OPS-1\n',
    'OPS-1\nOPS-2',
    `OPS-${'1'.repeat(97)}`,
  ])('%j is not', (ticket) => {
    expect(ticketAccepted(admin, ticket)).toBe(false);
  });
  test('is not needed where no pattern is set', () => {
    expect(ticketAccepted(only(sound(sample), 'prod/console'), null)).toBe(true);
  });
  test('must match one alternative as a whole', () => {
    const either = only(sound(changed('OPS-[0-9]+', 'OPS-[0-9]+|INC[0-9]{4}')), 'prod/admin');
    expect(
      ['OPS-1', 'INC1234', 'OPS-1x', 'xINC1234'].map((ticket) => ticketAccepted(either, ticket)),
    ).toEqual([true, true, false, false]);
  });
});

test.each([
  'OPS-[0-9]+',
  '[A-Z]{2,10}-\\d{1,6}',
  '(?:OPS|INC)-[0-9]+',
  '[A-Z]+-[0-9]+',
  'CHG\\.[^/]+',
  'a?b',
])('pattern %s is taken', (pattern) => {
  expect(checkTicketPattern(pattern)).toEqual({ ok: true, anchored: `^(?:${pattern})$` });
});

test.each([
  '(a+)+',
  '(a*)*',
  '(a|a)*',
  '(a|aa)+',
  '([a-z]+)*x',
  '.*.*.*',
  'a?'.repeat(60),
  '(?:(?:a{1,50}){1,50})',
])('pattern %s is refused: it may backtrack for long', (pattern) => {
  expect(checkTicketPattern(pattern)).toMatchObject({ ok: false });
});

test.each([
  '^a$',
  '(?=a)a',
  '(?<n>a)',
  '(a)\\1',
  '(',
  ')',
  'a)|(b',
  'a**',
  'a+?',
  '[a',
  '[]',
  '[z-a]',
  'a{101}',
  '(a{100}){2}',
  '((){100}){100}',
  'a{2,1}',
  '.*',
  'a|',
  '\\',
  '\\p',
  'é',
  'a\nb',
  'a'.repeat(201),
  '{',
])('pattern %j is refused', (pattern) => {
  expect(checkTicketPattern(pattern)).toMatchObject({ ok: false });
});
