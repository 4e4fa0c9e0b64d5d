import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globCovers, globMatches, globsIntersect } from '../../../src/catalog/policy/glob.ts';

// Few letters and short texts, so that random ones meet.
const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 7 });
const texts = Array.from({ length: 8 }, (_, length) =>
  Array.from({ length: 2 ** length }, (__, bits) =>
    Array.from({ length }, (___, place) => ((bits >> place) & 1 ? 'b' : 'a')).join(''),
  ),
).flat();
const slow = (pattern: string, value: string) =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'i').test(value);

test('a pattern matches what its regular expression matches', () => {
  fc.assert(
    fc.property(glob, text, (pattern, value) => {
      expect(globMatches(pattern, value)).toBe(slow(pattern, value));
    }),
    { numRuns: 2000 },
  );
});

test('two patterns intersect exactly when some text matches both', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 }),
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 4 }),
      (a, b) => {
        // Two patterns of at most 4 places that meet at all meet in a text of at most 7 letters.
        const witness = texts.some((value) => slow(a, value) && slow(b, value));
        expect(globsIntersect(a, b)).toBe(witness);
        expect(globsIntersect(b, a)).toBe(witness);
      },
    ),
    { numRuns: 2000 },
  );
});

test('a pattern that covers another matches all that the other does', () => {
  fc.assert(
    fc.property(glob, glob, (outer, inner) => {
      if (!globCovers(outer, inner)) return;
      for (const value of texts) if (slow(inner, value)) expect(slow(outer, value)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['s3:*', 's3:Get*', true],
  ['*', 'iam:CreateUser', true],
  ['S3:get*', 's3:GetObject', true],
  ['s3:Get*', 's3:*', false],
  ['ec2:*', 's3:GetObject', false],
])('%s covers %s: %s', (outer, inner, covers) => {
  expect(globCovers(outer, inner)).toBe(covers);
});

test('no pattern is slow', () => {
  const many = `${'*a'.repeat(150)}b`;
  expect(globsIntersect(many, `${'a*'.repeat(150)}c`)).toBe(false);
  expect(globCovers('*', many)).toBe(true);
});
