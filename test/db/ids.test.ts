import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '../../src/db/ids.ts';

test('an id has its prefix and 26 characters that nobody misreads', () => {
  expect(newId('req', new Date('2026-11-22T12:00:00Z'))).toMatch(/^req_[0-9a-hjkmnp-tv-z]{26}$/);
});

test('ids sort by time, and those of one millisecond in the order they were made', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 200 }), (offsets) => {
      const start = new Date('2026-11-22T12:00:00Z').getTime();
      const made = offsets.map((offset, order) => ({
        offset,
        order,
        id: newId('evt', new Date(start + offset)),
      }));
      const byTime = made.toSorted((a, b) => a.offset - b.offset || a.order - b.order).map((m) => m.id);
      expect(made.map((m) => m.id).toSorted()).toEqual(byTime);
      expect(new Set(byTime).size).toBe(made.length);
    }),
  );
});
