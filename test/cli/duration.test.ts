import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/cli/duration.ts';

test.each([
  ['15m', 900],
  ['1h30m', 5400],
  ['90s', 90],
  ['12h', 43_200],
])('%s is %i seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

test.each(['', '0m', '-5m', '15', '15 potatoes', '1.5h', '30m1h', '1h1h', ' 15m', '15m ', '1d', '15M', '٣m'])(
  '%j is refused',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test('what is written is read back as the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});
