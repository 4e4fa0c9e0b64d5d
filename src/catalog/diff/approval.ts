import { formatDuration } from '../duration.ts';
import type { Rule } from '../rules/rule.ts';
import { stepsOf, whoText } from '../steps.ts';
import type { Entitlement, Step } from '../types.ts';
import { byAmount, type TermChange } from './effect.ts';
import { everybody, isNobody, rightChange } from './rights.ts';

/** What changes in the steps of an approval. Who may answer is told by itself. */
export function stepChanges(before: Entitlement, after: Entitlement): TermChange[] {
  const [old, now] = [stepsOf(before), stepsOf(after)];
  const needed = (steps: readonly Step[]) =>
    steps.filter(({ when }) => when === undefined).reduce((sum, step) => sum + peopleOf(step), 0);
  const [wasNeeded, isNeeded] = [needed(old), needed(now)];
  const kept = old.filter(({ name }) => now.some((step) => step.name === name)).map(({ name }) => name);
  const nowKept = now.filter(({ name }) => kept.includes(name)).map(({ name }) => name);
  return [
    ...byAmount(-wasNeeded, -isNeeded, `approvals in any case: ${isNeeded}, were ${wasNeeded}`),
    ...old
      .filter(({ name }) => !kept.includes(name))
      .map(({ name }): TermChange => ({ text: `the step ${name} is gone`, effect: 'widens' })),
    ...now
      .filter(({ name }) => !kept.includes(name))
      .map((step): TermChange => ({ text: `a step ${step.name} asks ${stepText(step)}`, effect: 'narrows' })),
    ...(kept.join() === nowKept.join()
      ? []
      : [{ text: `the steps are taken in the order ${nowKept.join(', ')}`, effect: 'neither' } as const]),
    ...old.flatMap((step) => {
      const same = now.find(({ name }) => name === step.name);
      return same === undefined ? [] : oneStep(step, same);
    }),
  ];
}

function oneStep(before: Step, after: Step): TermChange[] {
  const step = `the step ${after.name}`;
  const { gained, lost } = rightChange(everybody([before.who]), everybody([after.who]));
  const asksOthers = !isNobody(gained) || !isNobody(lost);
  return [
    ...(asksOthers
      ? [
          {
            text: `${step} asks ${whoText(after.who)}, was ${whoText(before.who)}`,
            effect: isNobody(gained) ? 'narrows' : 'widens',
          } as const,
        ]
      : []),
    ...byAmount(
      -peopleOf(before),
      -peopleOf(after),
      `approvals in ${step}: ${peopleOf(after)}, were ${peopleOf(before)}`,
    ),
    ...conditionChange(step, before.when, after.when),
    ...moreOrLess(`${step} escalates`, escalationText(before), escalationText(after)),
    ...moreOrLess(
      `${step} may be handed over`,
      before.delegates === undefined ? null : `to ${whoText(before.delegates)}`,
      after.delegates === undefined ? null : `to ${whoText(after.delegates)}`,
    ),
  ];
}

function conditionChange(step: string, before: string | undefined, after: string | undefined): TermChange[] {
  if (before === after) return [];
  if (after === undefined) return [{ text: `${step} is asked for always`, effect: 'narrows' }];
  const effect = before === undefined ? 'widens' : 'unclear';
  return [{ text: `${step} is asked for only where ${after}`, effect }];
}

function moreOrLess(what: string, before: string | null, after: string | null): TermChange[] {
  if (before === after) return [];
  if (after === null) return [{ text: `${what} no more`, effect: 'narrows' }];
  return [{ text: `${what} ${after}`, effect: before === null ? 'widens' : 'unclear' }];
}

function escalationText({ escalate }: Step): string | null {
  return escalate === undefined
    ? null
    : `after ${formatDuration(escalate.afterSeconds)} to ${whoText(escalate.who)}`;
}

function stepText(step: Step): string {
  const when = step.when === undefined ? '' : ` where ${step.when}`;
  return `${peopleOf(step)} of ${whoText(step.who)}${when}`;
}

function peopleOf({ count, who }: Step): number {
  return count === 'all' ? (who.people ?? []).length : count;
}

/** What changes in the rules that deny and approve. */
export function ruleChanges(before: readonly Rule[] = [], after: readonly Rule[] = []): TermChange[] {
  const names = [...new Set([...before, ...after].map(({ name }) => name))].toSorted();
  return names.flatMap((name): TermChange[] => {
    const [was, is] = [before, after].map((rules) => rules.find((rule) => rule.name === name));
    if (was === undefined) {
      if (is === undefined) return [];
      const text = `the rule ${name} ${verb(is)} where ${is.when}`;
      return [{ text, effect: is.effect === 'deny' ? 'narrows' : 'widens' }];
    }
    if (is === undefined) {
      return [
        {
          text: `the rule ${name} is gone, which ${verb(was)} where ${was.when}`,
          effect: was.effect === 'deny' ? 'widens' : 'narrows',
        },
      ];
    }
    if (was.effect !== is.effect) {
      return [
        {
          text: `the rule ${name} ${verb(is)} where ${is.when}, and did the opposite`,
          effect: is.effect === 'deny' ? 'narrows' : 'widens',
        },
      ];
    }
    if (was.when !== is.when) {
      return [
        { text: `the rule ${name} ${verb(is)} where ${is.when}, was where ${was.when}`, effect: 'unclear' },
      ];
    }
    return was.because === is.because
      ? []
      : [{ text: `the rule ${name} says: ${is.because}`, effect: 'neither' }];
  });
}

const verb = ({ effect }: Rule) => (effect === 'deny' ? 'denies' : 'approves');
