import { formatDuration } from '../../catalog/duration.ts';
import type { Answer } from '../../catalog/rules/condition.ts';
import { whoText } from '../../catalog/steps.ts';
import type { RouteReasons } from '../reasons.ts';
import type { Simulated, SimulatedAnswer } from '../simulation.ts';

/** The whole chain of reasons of what was simulated, a line each, for people. */
export function reasonLines(got: Simulated, answers: readonly SimulatedAnswer[]): string[] {
  return [
    ...got.reasons.flatMap(({ entitlement, route }) => routeLines(entitlement, route)),
    ...(got.refused === null
      ? []
      : [`refused (${[...got.rules, got.refused.code].join(', ')}): ${got.refused.because}`]),
    ...got.answers.map((answer, place) => {
      const { by, decision, at } = answers[place] ?? { by: 'somebody', decision: 'deny', at: null };
      const what = `${by} answers ${decision}${at === null ? '' : ` at ${at.toISOString()}`}`;
      return answer === 'taken'
        ? what
        : `${what}, refused (${[...answer.rules, answer.code].join(', ')}): ${answer.because}`;
    }),
    ...got.waitsFor.map(
      ({ entitlement, step, people }) =>
        `${entitlement} waits for ${step}: ${people.length === 0 ? 'nobody could answer' : people.join(', ')}`,
    ),
    ...(got.grantSeconds === null ? [] : [`grants for ${formatDuration(got.grantSeconds)}`]),
  ];
}

/** What rules and steps say of one entitlement. */
export function routeLines(entitlement: string, { rules, steps, decidedBy }: RouteReasons): string[] {
  return [
    ...rules.map((rule) => {
      const { answer, because, effect } = rule;
      return `${entitlement}#rules.${rule.rule} ${said(rule)}${answer === 'yes' ? `: ${effect === 'deny' ? 'denies' : 'approves'}, ${because}` : ''}`;
    }),
    ...(decidedBy === null ? [] : [`${entitlement} is decided by ${decidedBy.rule}: ${decidedBy.because}`]),
    ...(decidedBy !== null
      ? []
      : steps.map(({ rule, step, needed, asked, condition }) => {
          const why = condition === null ? '' : `, its condition ${said(condition)}`;
          return asked ? `${rule} asks ${needed} of ${whoText(step.who)}${why}` : `${rule} is left out${why}`;
        })),
  ];
}

function said(answer: Answer): string {
  switch (answer.answer) {
    case 'yes':
      return 'holds';
    case 'no':
      return 'does not hold';
    case 'unknown':
      return `has no answer (${answer.reason})`;
  }
}
