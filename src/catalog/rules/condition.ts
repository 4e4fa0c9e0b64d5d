import { environment, valuesOf } from './environment.ts';
import { faultOf, reasonOf } from './explain.ts';
import type { Facts } from './facts.ts';
import { inspect, type Uses } from './inspect.ts';
import { remember } from './remember.ts';

/** Most characters of a condition. */
export const maxConditionLength = 500;
// A few KiB each; one that was forgotten is made again in a fraction of a millisecond.
const maxCompiled = 2000;

export type ConditionCheck =
  | ({ readonly ok: true } & Uses)
  /** What is wrong and what to write; follows on the name of the place it stands in. */
  | { readonly ok: false; readonly message: string };

/** `unknown`: something that the condition needs is not known; `reason` says what. */
export type Answer =
  | { readonly answer: 'yes' | 'no' }
  | { readonly answer: 'unknown'; readonly reason: string };

type Compiled =
  | ({ readonly ok: true; readonly run: (values: Map<string, unknown>) => unknown } & Uses)
  | { readonly ok: false; readonly message: string };

/**
 * Whether a text is a condition: CEL of type bool over `Facts`, at most 500 characters, whose evaluation is known to be
 * cheap. Never throws.
 * @returns also the schedules and groups that it names, for whoever knows which there are
 */
export function checkCondition(source: string): ConditionCheck {
  const compiled = compile(source);
  return compiled.ok ? { ok: true, schedules: compiled.schedules, groups: compiled.groups } : compiled;
}

/**
 * Whether a condition holds for the facts. Never throws. What is not known stays unknown through `!`, `==` and calls;
 * `false && …` is no and `true || …` is yes whatever stands beside them (CEL, Logical Operators).
 * @param facts must not change once they were asked about: what was made of them is kept
 */
export function holds(source: string, facts: Facts): Answer {
  const compiled = compile(source);
  if (!compiled.ok) return { answer: 'unknown', reason: `the condition is none: ${compiled.message}` };
  try {
    const found = compiled.run(valuesFor(facts));
    if (typeof found === 'boolean') return { answer: found ? 'yes' : 'no' };
    return { answer: 'unknown', reason: 'the condition is neither true nor false' };
  } catch (error) {
    return { answer: 'unknown', reason: reasonOf(error) };
  }
}

// All rules of one decision read the same facts.
const prepared = new WeakMap<Facts, Map<string, unknown>>();

function valuesFor(facts: Facts): Map<string, unknown> {
  const known = prepared.get(facts);
  if (known !== undefined) return known;
  const made = valuesOf(facts);
  prepared.set(facts, made);
  return made;
}

const compile = remember<Compiled>(maxCompiled, (source) => {
  if (source.length > maxConditionLength) {
    return {
      ok: false,
      message: `is longer than ${maxConditionLength} characters: split it into several rules`,
    };
  }
  // What cannot be seen can change what is read.
  if (/[^\P{C}\n]/u.test(source))
    return { ok: false, message: 'has control or invisible characters: take them out' };
  try {
    const parsed = environment.parse(source);
    const { schedules, groups } = inspect(parsed.ast);
    const { valid, type, error } = parsed.check();
    if (!valid) return { ok: false, message: faultOf(error, source) };
    if (type !== 'bool') {
      return {
        ok: false,
        message: `must be true or false, not ${type ?? 'a value'}: compare it with something`,
      };
    }
    return { ok: true, schedules, groups, run: parsed };
  } catch (error) {
    return { ok: false, message: faultOf(error, source) };
  }
});
