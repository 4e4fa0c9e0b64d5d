import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/catalog/duration.ts';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['1h', 3600],
  ['1h30m', 5400],
  ['1h0m1s', 3601],
  ['90m', 5400],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each([
  '',
  '0',
  '0s',
  '0h0m0s',
  '15',
  '-15m',
  '+15m',
  '1.5h',
  '15 potatoes',
  '15 m',
  ' 15m',
  '15m\n',
  '15M',
  '1d',
  '30m1h',
  '1h1h',
  'h',
  '1e3s',
  '١m',
  '999999999h',
  '9999999999s',
])('%j is refused', (text) => {
  expect(parseDuration(text)).toBeNull();
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});

test('no text gives anything but null or a positive whole number', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9hms]{0,14}$/)), (text) => {
      const seconds = parseDuration(text);
      expect(seconds === null || (Number.isSafeInteger(seconds) && seconds > 0)).toBe(true);
    }),
  );
});

test.each([0, -1, 1.5, Number.NaN, Infinity, 2_147_483_648])('%d seconds cannot be written', (seconds) => {
  expect(() => formatDuration(seconds)).toThrow(RangeError);
});
