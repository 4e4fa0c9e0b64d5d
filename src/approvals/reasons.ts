import { type Answer, holds } from '../catalog/rules/condition.ts';
import { judgeRules, type RuleAnswer } from '../catalog/rules/judge.ts';
import type { Entitlement, Step } from '../catalog/types.ts';
import { type Parties, tally } from './quorum.ts';
import { type AskedFacts, factsFor } from './rule-facts.ts';

/** One step, and whether it is asked for. */
export interface StepReason {
  readonly step: Step;
  /** What it is called where it decides. */
  readonly rule: string;
  /** How many different people. */
  readonly needed: number;
  readonly asked: boolean;
  /** What its condition says; null: it has none. */
  readonly condition: Answer | null;
}

/** Everything that the rules of one entitlement say of one ask, what decides nothing included. */
export interface RouteReasons {
  readonly decision: 'deny' | 'approve' | 'people';
  /** The rule that decides, such as `prod/admin#rules.freeze`, and why; null: people decide. */
  readonly decidedBy: { readonly rule: string; readonly because: string } | null;
  /** Every rule, in the order of their names. */
  readonly rules: readonly (RuleAnswer & { readonly because: string })[];
  readonly steps: readonly StepReason[];
}

/** Why an ask for one entitlement is denied, approved or put to people. Pure; never throws. */
export function routeReasons(entitlement: Entitlement, asked: AskedFacts, parties: Parties): RouteReasons {
  const { id, rules = [], approve } = entitlement;
  const facts = factsFor(entitlement, asked);
  const verdict = judgeRules(rules, facts);
  const count = (skipped: readonly string[]) =>
    tally(
      {
        entitlements: [{ id, approve }],
        skipped: { [id]: skipped },
        byRule: {},
        parties,
        askedAt: asked.moment.now,
      },
      [],
    )[0]?.steps ?? [];
  const all = count([]).map((tallied) => {
    const { when } = tallied.step;
    return { ...tallied, condition: when === undefined ? null : holds(when, facts) };
  });
  const left = all.filter(({ condition }) => condition?.answer === 'no').map(({ step }) => step.name);
  const demanded = new Set(count(left).map(({ step }) => step.name));
  return {
    decision: verdict.kind === 'none' ? 'people' : verdict.kind,
    decidedBy:
      verdict.kind === 'none' ? null : { rule: `${id}#rules.${verdict.rule}`, because: verdict.because },
    rules: verdict.trail.map((answer, place) => ({ ...answer, because: rules[place]?.because ?? '' })),
    steps: all.map(({ step, rule, needed, condition }) => ({
      step,
      rule,
      needed,
      asked: demanded.has(step.name),
      condition,
    })),
  };
}
