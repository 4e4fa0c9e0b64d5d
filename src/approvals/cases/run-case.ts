import { formatDuration, parseDuration } from '../../catalog/duration.ts';
import { defaultGuardrails, type Guardrails } from '../../catalog/guardrails.ts';
import { parseCatalog } from '../../catalog/load.ts';
import type { Catalog } from '../../catalog/types.ts';
import { simulate } from '../simulate.ts';
import type { Refused, Simulated } from '../simulation.ts';
import { reasonLines } from './reason-lines.ts';
import type { CaseEntry, CasesFile } from './schema.ts';
import { prepareCase } from './world-of-case.ts';

/** How one case went. */
export interface CaseResult {
  readonly name: string;
  readonly shows: readonly string[];
  readonly ok: boolean;
  readonly outcome: CaseEntry['expect']['outcome'];
  /** What was expected and did not come, a line each; empty where all went as expected. */
  readonly differences: readonly string[];
  /** The whole chain of reasons, a line each. */
  readonly reasons: readonly string[];
}

/** Decides a case and compares what comes of it with what is expected. Pure. @param catalog as it is without the case's guardrails */
export function runCase(file: CasesFile, entry: CaseEntry, catalog: Catalog): CaseResult {
  const { name, shows = [], expect } = entry;
  const guarded =
    entry.guardrails === undefined ? null : parseCatalog(catalog.source, guardrailsOf(entry.guardrails));
  const result = (outcome: CaseResult['outcome'], differences: string[], reasons: readonly string[]) => ({
    name,
    shows,
    ok: differences.length === 0,
    outcome,
    differences,
    reasons,
  });
  if (guarded?.ok === false) {
    const lines = guarded.problems.map(({ line, message }) => `line ${line} of the catalog: ${message}`);
    return result(
      'invalid',
      expect.outcome === 'invalid' ? [] : [`expected ${expect.outcome}, got invalid`],
      lines,
    );
  }
  if (expect.outcome === 'invalid') {
    return result('approved', ['expected invalid, and these guardrails let the catalog be'], []);
  }
  const { world, ask, answers, until } = prepareCase(file, entry, guarded?.catalog ?? catalog);
  const got = simulate(world, ask, answers, until);
  const differences = [
    ...(got.outcome === expect.outcome ? [] : [`expected ${expect.outcome}, got ${got.outcome}`]),
    ...ruleDifference(expect.by, got),
    ...waitDifferences(expect.waitsFor, got, new Set(world.people.keys())),
    ...grantDifference(expect.grantFor, got),
    ...answerDifferences(entry, got),
  ];
  return result(got.outcome, differences, reasonLines(got, answers));
}

function guardrailsOf(said: NonNullable<CaseEntry['guardrails']>): Guardrails {
  const { maxDuration, ...others } = said;
  const longest = maxDuration === undefined ? null : parseDuration(maxDuration);
  return {
    ...defaultGuardrails,
    ...others,
    ...(longest === null ? {} : { maxDurationSeconds: longest }),
  };
}

function ruleDifference(expected: string | undefined, got: Simulated): string[] {
  if (expected === undefined) return [];
  const known = [...got.rules, ...(got.refused === null ? [] : [got.refused.code])];
  if (isNamed(expected, known)) return [];
  return [`expected by ${expected}, got ${known.length === 0 ? 'no rule' : `by ${known.join(', ')}`}`];
}

// A rule may be named without its entitlement: rules.freeze for prod/admin#rules.freeze.
function isNamed(expected: string, rules: readonly string[]): boolean {
  return rules.some((rule) => rule === expected || rule.slice(rule.indexOf('#') + 1) === expected);
}

/** Steps and people are told apart by who is under people; of each kind that is named, all must be. */
function waitDifferences(
  expected: readonly string[] | undefined,
  got: Simulated,
  people: ReadonlySet<string>,
): string[] {
  if (expected === undefined) return [];
  const steps = [...new Set(got.waitsFor.map(({ step }) => step))];
  const could = [...new Set(got.waitsFor.flatMap((wait) => wait.people))];
  const isStep = (name: string) => steps.includes(name) || !people.has(name);
  const differ = (what: string, named: readonly string[], found: readonly string[]) =>
    named.toSorted().join() === found.toSorted().join()
      ? []
      : [
          `expected to wait for the ${what} ${named.join(', ') || 'of nobody'}, got ${found.join(', ') || 'none'}`,
        ];
  const [namedSteps, namedPeople] = [expected.filter(isStep), expected.filter((name) => !isStep(name))];
  return [
    ...(namedSteps.length === 0 && namedPeople.length > 0 ? [] : differ('steps', namedSteps, steps)),
    ...(namedPeople.length === 0 ? [] : differ('people', namedPeople, could)),
  ];
}

function grantDifference(expected: string | undefined, { grantSeconds }: Simulated): string[] {
  if (expected === undefined || parseDuration(expected) === grantSeconds) return [];
  return [
    `expected grants for ${expected}, got ${grantSeconds === null ? 'none' : formatDuration(grantSeconds)}`,
  ];
}

function answerDifferences({ answers = [] }: CaseEntry, got: Simulated): string[] {
  // A request that never came about was not answered: its outcome says it.
  if (got.outcome === 'refused') return [];
  return answers.flatMap(({ by, decision, refused }, place) => {
    const found: Refused | 'taken' | undefined = got.answers[place];
    const what = `the answer of ${by} (${decision})`;
    if (found === 'taken' || found === undefined) {
      return refused === undefined ? [] : [`expected ${what} to be refused, and it was taken`];
    }
    if (refused === undefined) return [`${what} was refused: ${found.because}`];
    return isNamed(refused, [...found.rules, found.code])
      ? []
      : [`expected ${what} to be refused by ${refused}, got ${[...found.rules, found.code].join(', ')}`];
  });
}
