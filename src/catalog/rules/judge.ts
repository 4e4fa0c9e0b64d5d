import { type Answer, holds } from './condition.ts';
import type { Facts } from './facts.ts';
import type { Rule } from './rule.ts';

/** How one rule answered. */
export type RuleAnswer = { readonly rule: string; readonly effect: Rule['effect'] } & Answer;

/** What the rules of an entitlement say of one request. `trail` has every rule, in the order of the catalog. */
export type Verdict =
  | {
      readonly kind: 'deny' | 'approve';
      /** The rule that decided. */
      readonly rule: string;
      readonly because: string;
      readonly trail: readonly RuleAnswer[];
    }
  /** No rule decided: people do. */
  | { readonly kind: 'none'; readonly trail: readonly RuleAnswer[] };

/**
 * Applies rules to one request. Deny wins over approve, whatever the order. What is not known never lets in: a rule that
 * denies and has no answer denies, one that approves and has none does not match. Never throws.
 */
export function judgeRules(rules: readonly Rule[], facts: Facts): Verdict {
  const answers = rules.map((rule) => ({ rule, found: holds(rule.when, facts) }));
  const trail = answers.map(({ rule, found }) => ({ rule: rule.name, effect: rule.effect, ...found }));
  const first = (effect: Rule['effect'], answer: Answer['answer']) =>
    answers.find(({ rule, found }) => rule.effect === effect && found.answer === answer);
  const denied = first('deny', 'yes') ?? first('deny', 'unknown');
  if (denied !== undefined) {
    const { rule, found } = denied;
    const because = found.answer === 'unknown' ? withoutAnswer(rule, found.reason) : rule.because;
    return { kind: 'deny', rule: rule.name, because, trail };
  }
  const approved = first('approve', 'yes')?.rule;
  if (approved === undefined) return { kind: 'none', trail };
  return { kind: 'approve', rule: approved.name, because: approved.because, trail };
}

function withoutAnswer({ name, because }: Rule, reason: string): string {
  return `${because} (the rule ${name} could not be decided, so it denies: ${reason})`;
}

/** Whether a step is asked for: one without a condition always is, and one whose condition has no answer is too. */
export function stepDemanded(when: string | undefined, facts: Facts): boolean {
  return when === undefined || holds(when, facts).answer !== 'no';
}
