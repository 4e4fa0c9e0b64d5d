import { entitlementIds, type Name, names, ruleOf } from './catalog.ts';
import { maySomeTime, means } from './counting.ts';
import type { Delegating } from './delegating.ts';
import { type Model, type Outcome, pick, type Seen } from './model.ts';

// Whose right goes to whom, in plain words.

export function applyDelegating(model: Model, seen: Seen, command: Delegating): Outcome {
  return command.do === 'delegate' ? delegate(model, seen, command) : undelegate(model, seen, command);
}

function delegate(
  model: Model,
  { label }: Seen,
  { by, to, ids, seconds }: Extract<Delegating, { do: 'delegate' }>,
): Outcome {
  if (!model.people[by].active || !model.people[to].active || by === to) return 'refused';
  // A manager has a right that they can hand over where they manage anybody.
  const managed = names.find((name) => model.people[name].manager === by && model.people[name].active);
  const steps = (ids ?? entitlementIds)
    .flatMap((id) => ruleOf(id, model.edition)?.steps ?? [])
    .filter((step) => step.delegates !== undefined && maySomeTime(model, step, by, managed ?? 'ola', false));
  const isEligible = steps.some(
    ({ delegates }) => delegates !== undefined && means(model, delegates, to, 'ola', false),
  );
  if (!isEligible) return 'refused';
  model.delegations[label] = { of: by, to, ids, endsAt: model.now + seconds, ended: false };
  return 'done';
}

function undelegate(model: Model, seen: Seen, command: Extract<Delegating, { do: 'undelegate' }>): Outcome {
  const one = model.delegations[pick(seen.delegations, command.delegation) ?? ''];
  const theirs: readonly Name[] = one === undefined ? [] : [one.of, one.to, 'ola'];
  if (one === undefined || !theirs.includes(command.by) || one.ended || model.now >= one.endsAt)
    return 'refused';
  one.ended = true;
  return 'done';
}
