import {
  type Asked,
  type EntitlementId,
  type EntitlementRule,
  type Facts,
  type Name,
  ruleOf,
  type StepRule,
} from './catalog.ts';
import { current, type Handed, type Model, type Request } from './model.ts';

// The rules of approving, said once more. Nothing here knows how src/ does it.

/** Is this person meant, for a request of the requester's? */
export function means(
  model: Model,
  { groups = [], people = [], manager, onCall }: Asked,
  name: Name,
  requester: Name,
  called: boolean,
): boolean {
  return (
    groups.some((group) => model.people[name].groups.includes(group)) ||
    people.includes(name) ||
    (manager === true && model.people[requester].manager === name) ||
    (onCall === true && called)
  );
}

export function isCalled(model: Model, name: Name): boolean {
  return model.onCall?.includes(name) ?? false;
}

export function factsOf(model: Model, requester: Name, seconds: number): Facts {
  const called = model.onCall === null ? 'unknown' : isCalled(model, requester);
  return { groups: model.people[requester].groups, seconds, called };
}

/** The rights that somebody has been handed and that hold now, but for those of whom a request is about. */
export function handedTo(model: Model, name: Name, parties: readonly Name[]): Handed[] {
  return Object.values(model.delegations).filter(
    ({ of, to, ended, endsAt }) =>
      to === name && !ended && model.now < endsAt && model.people[of].active && !parties.includes(of),
  );
}

/** May they answer any step, now or once it has escalated: by a right of their own, or by one they were handed? */
export function mayAnswer(
  model: Model,
  rule: EntitlementRule,
  id: EntitlementId,
  name: Name,
  { requester, askedBy }: Pick<Request, 'requester' | 'askedBy'>,
): boolean {
  const rights = handedTo(model, name, [requester, askedBy]).filter((right) => isFor(right, id));
  return rule.steps.some(
    (step) =>
      maySomeTime(model, step, name, requester, isCalled(model, name)) ||
      (step.delegates !== undefined &&
        means(model, step.delegates, name, requester, false) &&
        rights.some(({ of }) => maySomeTime(model, step, of, requester, false))),
  );
}

/** Does the step ask them, now or once it has escalated? */
export function maySomeTime(
  model: Model,
  { who, escalate }: StepRule,
  name: Name,
  requester: Name,
  called: boolean,
): boolean {
  return [who, ...(escalate === undefined ? [] : [escalate.who])].some((asked) =>
    means(model, asked, name, requester, called),
  );
}

function isFor({ ids }: Handed, id: EntitlementId): boolean {
  return ids === null || ids.includes(id);
}

/** The rule that a request was asked under. */
export function termsOf(request: Request, id: EntitlementId): EntitlementRule {
  const rule = ruleOf(id, request.edition);
  if (rule === undefined) throw new Error(`${id} was asked for and did not exist`);
  return rule;
}

/** Does a rule still approve what one approved when it was asked? True for what people approve. */
export function isStillByRule(model: Model, request: Request, id: EntitlementId): boolean {
  if (!request.byRule.includes(id)) return true;
  const facts = factsOf(model, request.requester, current(request).seconds);
  return termsOf(request, id).approves?.(facts) === true;
}

/** One who approves: whose right it is, and when they said so. */
export interface Approval {
  readonly by: Name;
  readonly at: number;
  readonly called: boolean;
  readonly right: Handed | null;
  /** What it counted for as it was given; null: not given yet. */
  readonly counts: readonly EntitlementId[] | null;
}

/** The approvals that stand, of and for people who are there, in the order they were given. */
export function standing(model: Model, request: Request): Approval[] {
  return request.reviews.filter(
    ({ by, decision, withdrawn, right }) =>
      decision === 'approve' &&
      !withdrawn &&
      model.people[by].active &&
      (right === null || model.people[right.of].active),
  );
}

/** How many approvals count for one entitlement, and whether that is enough. */
export function count(
  model: Model,
  request: Request,
  id: EntitlementId,
  approvals: readonly Approval[],
): { readonly counted: number; readonly enough: boolean } {
  if (request.byRule.includes(id)) return { counted: 0, enough: true };
  const rule = termsOf(request, id);
  const left = rule.steps.filter(({ name }) => request.skipped[id]?.includes(name) !== true);
  const used = new Set<Name>([request.requester, request.askedBy]);
  let counted = 0;
  let turn = request.createdAt;
  for (const step of left.length === 0 ? rule.steps : left) {
    const given: Approval[] = [];
    for (const one of approvals) {
      if (given.length === needed(step, request)) break;
      if (one.counts !== null && !one.counts.includes(id)) continue;
      const whose = seat(model, request, id, step, one, turn);
      if (whose === null || used.has(whose) || used.has(one.by)) continue;
      used.add(whose).add(one.by);
      given.push(one);
    }
    counted += given.length;
    if (given.length < needed(step, request)) return { counted, enough: false };
    turn = Math.max(turn, ...given.map(({ at }) => at));
  }
  return { counted, enough: true };
}

/** Is everything that is asked for approved? */
export function isComplete(model: Model, request: Request, approvals = standing(model, request)): boolean {
  return current(request).ids.every((id) => count(model, request, id, approvals).enough);
}

function needed({ count: wanted, who }: StepRule, { requester, askedBy }: Request): number {
  if (wanted !== 'all') return wanted;
  const others = (who.people ?? []).filter((name) => name !== requester && name !== askedBy);
  return Math.max(1, others.length);
}

/** Whose right the approval uses in a step: their own before any other. */
function seat(
  model: Model,
  { requester }: Request,
  id: EntitlementId,
  step: StepRule,
  { by, at, called, right }: Approval,
  turn: number,
): Name | null {
  const asked = (name: Name, onCall: boolean) =>
    means(model, step.who, name, requester, onCall) ||
    (step.escalate !== undefined &&
      at >= turn + step.escalate.after &&
      means(model, step.escalate.who, name, requester, onCall));
  if (asked(by, called)) return by;
  if (right === null || !isFor(right, id) || step.delegates === undefined) return null;
  return means(model, step.delegates, by, requester, false) && asked(right.of, false) ? right.of : null;
}
