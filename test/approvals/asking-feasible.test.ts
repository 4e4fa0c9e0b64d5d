import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstUnmet, type Seats } from '../../src/approvals/feasible.ts';

const people = ['a', 'b', 'c', 'd', 'e'];
const steps = fc.array(
  fc.record({
    needed: fc.integer({ min: 1, max: 3 }),
    people: fc.subarray(people),
  }),
  { maxLength: 4 },
);

/** By trying everybody in every seat. */
function canBeMet(seats: readonly (readonly string[])[], taken: ReadonlySet<string> = new Set()): boolean {
  const [first, ...rest] = seats;
  if (first === undefined) return true;
  return first.some((person) => !taken.has(person) && canBeMet(rest, new Set([...taken, person])));
}

function bruteForce(all: readonly Seats[]): number | null {
  const seatsOf = (some: readonly Seats[]) =>
    some.flatMap((step) => Array.from({ length: step.needed }, () => step.people));
  const place = all.findIndex((_, index) => !canBeMet(seatsOf(all.slice(0, index + 1))));
  return place === -1 ? null : place;
}

test('the first step that cannot be met is the one that trying everybody in every seat finds', () => {
  fc.assert(
    fc.property(steps, (all) => {
      expect(firstUnmet(all)).toBe(bruteForce(all));
    }),
    { numRuns: 1_000 },
  );
});

test('more people never make a step unmet that was met', () => {
  fc.assert(
    fc.property(steps, fc.nat(3), fc.constantFrom(...people), (all, at, person) => {
      const more = all.map((step, place) =>
        place === at && !step.people.includes(person) ? { ...step, people: [...step.people, person] } : step,
      );
      const [before, after] = [firstUnmet(all), firstUnmet(more)];
      if (before === null) expect(after).toBeNull();
      else if (after !== null) expect(after).toBeGreaterThanOrEqual(before);
    }),
  );
});

test('of each step so many people are enough as all steps need together: more make no difference', () => {
  const many = Array.from({ length: 14 }, (_, index) => `p${index}`);
  const crowded = fc.array(
    fc.record({ needed: fc.integer({ min: 1, max: 3 }), people: fc.shuffledSubarray(many) }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(crowded, (all) => {
      const needed = all.reduce((sum, step) => sum + step.needed, 0);
      const cut = all.map((step) => ({ ...step, people: step.people.slice(0, needed) }));
      expect(firstUnmet(cut)).toBe(firstUnmet(all));
    }),
  );
});

test('somebody who could sit in two steps is left to the one that has nobody else', () => {
  const first = { needed: 1, people: ['both', 'first'] };
  expect(firstUnmet([first, { needed: 1, people: ['both'] }])).toBeNull();
  expect(firstUnmet([first, { needed: 2, people: ['both', 'first'] }])).toBe(1);
  expect(firstUnmet([])).toBeNull();
});
