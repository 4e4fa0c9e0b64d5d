import { everyWho } from '../../src/catalog/steps.ts';
import fc from 'fast-check';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { parseCatalog } from '../../src/catalog/load.ts';
import { defaultOwnNames } from '../../src/catalog/policy/guards.ts';
import { maxPolicyCharacters } from '../../src/catalog/policy/render.ts';
import { worstCase } from '../../src/catalog/policy/size.ts';
import { fleetSample } from './fleet-sample.ts';
import { sample } from './sample.ts';
import { sessionSample } from './session-sample.ts';

/** Whatever the text, nothing is thrown; what is accepted is closed and within limits. */
function holds(source: string): void {
  const result = parseCatalog(source);
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { line, column, message } of result.problems) {
      expect(line >= 1 && column >= 1 && message !== '').toBe(true);
    }
    return;
  }
  for (const entitlement of result.catalog.entitlements.values()) {
    const whos = [entitlement.ask, ...everyWho(entitlement)];
    for (const { groups = [], people = [], ...relative } of whos) {
      expect(groups.length + people.length + Object.keys(relative).length).toBeGreaterThan(0);
      expect(groups.every((group) => result.catalog.groups.has(group))).toBe(true);
    }
    expect(entitlement.maxDurationSeconds).toBeLessThanOrEqual(43_200);
    expect(entitlement.assurance.issue.level).not.toBe('single-factor');
    const { choices = [], choiceRequired, target } = entitlement;
    if (target.kind !== 'role') continue;
    for (const choice of [...(choiceRequired === true ? [] : [null]), ...choices]) {
      const { characters } = worstCase(entitlement, choice, defaultOwnNames);
      expect(characters).toBeLessThanOrEqual(maxPolicyCharacters);
    }
  }
}

/** Text of any kind. */
export function anyText(numRuns: number): void {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\][{}:,&*!|>'"%@?#a\n -]{0,40}$/)),
      holds,
    ),
    { numRuns },
  );
}

/** Any value, written as YAML. */
export function anyValue(numRuns: number): void {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => holds(stringify(value))),
    { numRuns },
  );
}

/** A sample catalog with a piece cut out, doubled or replaced. */
export function brokenCatalog(numRuns: number): void {
  breakSample(sample, numRuns);
  breakSample(sessionSample, numRuns);
  breakSample(fleetSample, numRuns);
}

function breakSample(text: string, numRuns: number): void {
  const place = fc.nat({ max: text.length });
  const piece = fc.constantFrom(
    '',
    '[]',
    'null',
    '~',
    '*a',
    '&a ',
    '{}',
    '\n',
    '""',
    '0',
    '__proto__',
    '<<: ',
    'true',
    ': ',
    '- ',
  );
  fc.assert(
    fc.property(place, place, piece, fc.boolean(), (a, b, patch, twice) => {
      const [from, to] = a < b ? [a, b] : [b, a];
      holds(
        text.slice(0, from) + patch + (twice ? text.slice(from, to) : '') + text.slice(twice ? from : to),
      );
    }),
    { numRuns },
  );
}

/** A sample catalog with any value in place of a field. */
export function anyField(numRuns: number): void {
  replaceFields(sample, numRuns);
  replaceFields(sessionSample, numRuns);
  replaceFields(fleetSample, numRuns);
}

function replaceFields(text: string, numRuns: number): void {
  const lines = text.split('\n').filter((line) => /^ {4,10}[\w-]+:/.test(line));
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.jsonValue(), (line, value) => {
      holds(text.replace(line, () => `${line.slice(0, line.indexOf(':'))}: ${JSON.stringify(value)}`));
    }),
    { numRuns },
  );
}
