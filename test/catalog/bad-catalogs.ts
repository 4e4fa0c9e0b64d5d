import { describe, expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';

/** A text that must be refused, the `line:column` that must be named, and the message there. */
export type BadCatalog = [name: string, source: string, where: string, message: string | RegExp];

/**
 * Tests that each text is refused at its place, with its message and no other.
 * @param twofold names of cases in which one slip rightly makes a second problem
 */
export function badCatalogs(title: string, cases: readonly BadCatalog[], twofold: readonly string[]): void {
  describe(`${title} is refused with the place and what to do`, () => {
    test.each(cases)('%s', (name, source, where, message) => {
      const result = parseCatalog(source);
      const problems = result.ok ? [] : result.problems;
      const found = problems.map((problem) => ({
        where: `${problem.line}:${problem.column}`,
        message: problem.message,
      }));
      expect(found).toContainEqual({
        where,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      });
      if (!twofold.includes(name)) expect(found).toHaveLength(1);
    });
  });
}
