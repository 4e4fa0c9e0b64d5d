import {
  type Asked,
  type EntitlementId,
  type EntitlementRule,
  type Facts,
  type Name,
  ruleOf,
  type StepRule,
} from './catalog.ts';
import { current, type Model, type Request } from './model.ts';

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

/** May they answer any step, now or once it has escalated? */
export function mayAnswer(model: Model, rule: EntitlementRule, name: Name, requester: Name): boolean {
  return rule.steps.some(({ who, escalate }) =>
    [who, ...(escalate === undefined ? [] : [escalate.who])].some((asked) =>
      means(model, asked, name, requester, isCalled(model, name)),
    ),
  );
}

/** The rule that a request was asked under. */
export function termsOf(request: Request, id: EntitlementId): EntitlementRule {
  const rule = ruleOf(id, request.edition);
  if (rule === undefined) throw new Error(`${id} was asked for and did not exist`);
  return rule;
}

/** One who approves: whose right it is, and when they said so. */
export interface Approval {
  readonly by: Name;
  readonly at: number;
  readonly called: boolean;
}

/** The approvals that stand, of people who are there, in the order they were given. */
export function standing(model: Model, request: Request): Approval[] {
  return request.reviews.filter(
    ({ by, decision, withdrawn }) => decision === 'approve' && !withdrawn && model.people[by].active,
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
      if (used.has(one.by) || !answers(model, request, step, one, turn)) continue;
      used.add(one.by);
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

function answers(
  model: Model,
  { requester }: Request,
  { who, escalate }: StepRule,
  { by, at, called }: Approval,
  turn: number,
): boolean {
  if (means(model, who, by, requester, called)) return true;
  return (
    escalate !== undefined && at >= turn + escalate.after && means(model, escalate.who, by, requester, called)
  );
}
