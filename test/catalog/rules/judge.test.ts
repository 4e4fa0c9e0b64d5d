import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeRules, stepDemanded } from '../../../src/catalog/rules/judge.ts';
import type { Rule } from '../../../src/catalog/rules/rule.ts';
import { facts } from './facts-sample.ts';

const rule = (name: string, effect: Rule['effect'], when: string): Rule => ({
  name,
  effect,
  when,
  because: `because of ${name}`,
});
const unknown = 'onCall.third';

test('nothing decides where no rule holds', () => {
  expect(judgeRules([], facts)).toEqual({ kind: 'none', trail: [] });
  expect(judgeRules([rule('a', 'deny', 'breakGlass'), rule('b', 'approve', 'false')], facts)).toEqual({
    kind: 'none',
    trail: [
      { rule: 'a', effect: 'deny', answer: 'no' },
      { rule: 'b', effect: 'approve', answer: 'no' },
    ],
  });
});

test('a verdict names the rule that decided and why', () => {
  expect(judgeRules([rule('short', 'approve', 'durationSeconds <= 900')], facts)).toMatchObject({
    kind: 'approve',
    rule: 'short',
    because: 'because of short',
  });
});

test('a rule that denies and cannot be decided denies, and says so', () => {
  const verdict = judgeRules([rule('ok', 'approve', 'true'), rule('gone', 'deny', unknown)], facts);
  expect(verdict).toEqual({
    kind: 'deny',
    rule: 'gone',
    because:
      'because of gone (the rule gone could not be decided, so it denies: the on-call schedule third cannot be read)',
    trail: [
      { rule: 'ok', effect: 'approve', answer: 'yes' },
      {
        rule: 'gone',
        effect: 'deny',
        answer: 'unknown',
        reason: 'the on-call schedule third cannot be read',
      },
    ],
  });
});

test('a rule that denies for sure is named before one that cannot be decided', () => {
  const verdict = judgeRules([rule('gone', 'deny', unknown), rule('sure', 'deny', 'true')], facts);
  expect(verdict).toMatchObject({ kind: 'deny', rule: 'sure', because: 'because of sure' });
});

test('a rule that approves and cannot be decided does not match, and the trail says why', () => {
  expect(judgeRules([rule('gone', 'approve', `durationSeconds <= 900 && ${unknown}`)], facts)).toEqual({
    kind: 'none',
    trail: [
      {
        rule: 'gone',
        effect: 'approve',
        answer: 'unknown',
        reason: 'the on-call schedule third cannot be read',
      },
    ],
  });
});

test('a condition that is none never lets in', () => {
  expect(judgeRules([rule('odd', 'approve', 'tru')], facts).kind).toBe('none');
  expect(judgeRules([rule('odd', 'deny', 'fals')], facts).kind).toBe('deny');
});

test('deny wins and what is not known never lets in, whatever the order', () => {
  const drawn = fc.array(
    fc.record({
      effect: fc.constantFrom('deny', 'approve'),
      when: fc.constantFrom('true', 'false', unknown),
    }),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(drawn, fc.infiniteStream(fc.nat()), (rules, keys) => {
      const list = rules.map(({ effect, when }, index) => rule(`r${index}`, effect, when));
      const judged = judgeRules(list, facts);
      const has = (effect: string, ...whens: string[]) =>
        rules.some((one) => one.effect === effect && whens.includes(one.when));
      const expected = has('deny', 'true', unknown) ? 'deny' : has('approve', 'true') ? 'approve' : 'none';
      expect(judged.kind).toBe(expected);
      expect(judged.trail).toHaveLength(rules.length);
      const shuffled = list
        .map((one) => ({ one, key: keys.next().value }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      expect(judgeRules(shuffled, facts).kind).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

describe('steps', () => {
  test('a step is asked for unless its condition is known not to hold', () => {
    expect(stepDemanded(undefined, facts)).toBe(true);
    expect(stepDemanded('durationSeconds >= 900', facts)).toBe(true);
    expect(stepDemanded('durationSeconds > 900', facts)).toBe(false);
    expect(stepDemanded(unknown, facts)).toBe(true);
    expect(stepDemanded('tru', facts)).toBe(true);
  });
});
