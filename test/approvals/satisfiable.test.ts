import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type StepCandidates, unsatisfiableStep } from '../../src/approvals/satisfiable.ts';

const step = (name: string, needed: number, ...people: string[]): StepCandidates => ({
  name,
  needed,
  people,
});

test('one person cannot meet two steps', () => {
  expect(unsatisfiableStep([step('a', 1, 'p'), step('b', 1, 'p')])?.name).toBe('b');
  expect(unsatisfiableStep([step('a', 1, 'p'), step('b', 1, 'p', 'q')])).toBeNull();
});

test('whoever could do either is kept for the step that has nobody else', () => {
  expect(unsatisfiableStep([step('a', 2, 'p', 'q', 'r'), step('b', 1, 'q'), step('c', 1, 'p')])?.name).toBe(
    'c',
  );
  expect(unsatisfiableStep([step('a', 1, 'p', 'q'), step('b', 1, 'p')])).toBeNull();
});

test('a step that nobody could meet is named', () => {
  expect(unsatisfiableStep([step('a', 1, 'p'), step('b', 1)])?.name).toBe('b');
});

test('it says what trying every choice says', () => {
  const anyStep = fc.record({
    needed: fc.integer({ min: 1, max: 2 }),
    people: fc.uniqueArray(fc.constantFrom('p', 'q', 'r', 's'), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 3 }), (steps) => {
      const named = steps.map((each, place) => ({ ...each, name: String(place) }));
      const seats = named.flatMap(({ needed, people }) => Array.from({ length: needed }, () => people));
      const fits = (place: number, used: readonly string[]): boolean =>
        place === seats.length ||
        (seats[place] ?? []).some((person) => !used.includes(person) && fits(place + 1, [...used, person]));
      expect(unsatisfiableStep(named) === null).toBe(fits(0, []));
    }),
  );
});
