import type { Asking } from './asking.ts';
import { type Answer, askers, type EntitlementId, type Name, ruleOf } from './catalog.ts';
import { factsOf, mayAnswer, termsOf } from './counting.ts';
import { activate, extend, scheduleAll } from './granting-model.ts';
import {
  current,
  isOpen,
  isParty,
  type Model,
  type Outcome,
  pick,
  type Request,
  type Seen,
} from './model.ts';
import { ownerOr } from './naming.ts';

// What becomes of requests, in plain words.

export function applyAsking(model: Model, seen: Seen, command: Asking): Outcome {
  switch (command.do) {
    case 'submit':
      return submit(model, seen, { ...command, extended: null });
    case 'extend':
      return askForMore(model, seen, command);
    case 'cancel':
      return cancel(model, seen, command);
    case 'expire':
      for (const request of Object.values(model.requests)) {
        if (request.state === 'pending' && model.now >= request.expiresAt) settle(request, 'expired');
      }
      return 'done';
  }
}

type Submitted = Omit<Extract<Asking, { do: 'submit' }>, 'do'> & Pick<Request, 'extended'>;

function submit(
  model: Model,
  seen: Seen,
  { by, whom, ids, seconds: long, later, extended }: Submitted,
): Outcome {
  const requester = whom ?? by;
  // Everybody has the groups of now, whatever the call came with.
  if (!model.people[by].active || !model.people[by].groups.includes(askers)) return 'refused';
  if (whom === by) return 'refused';
  if (whom !== null && !(model.people[whom].active && model.people[whom].groups.includes(askers)))
    return 'refused';
  const facts = factsOf(model, requester, long);
  const skipped: Partial<Record<EntitlementId, string[]>> = {};
  const byRule: EntitlementId[] = [];
  let answerWithin = Infinity;
  for (const id of ids) {
    const rule = ruleOf(id, model.edition);
    if (rule === undefined || (rule.bars && facts.groups.includes('barred'))) return 'refused';
    if (holds(rule.approves?.(facts))) byRule.push(id);
    skipped[id] = rule.steps.filter(({ when }) => when?.(facts) === false).map(({ name }) => name);
    answerWithin = Math.min(answerWithin, rule.answerWithin);
  }
  const startAt = later === null ? null : model.now + later;
  const over = startAt === null ? (extended?.from ?? Infinity) : startAt + long;
  const request: Request = {
    requester,
    askedBy: by,
    startAt,
    extended,
    skipped,
    byRule,
    edition: model.edition,
    createdAt: model.now,
    expiresAt: Math.min(model.now + answerWithin, over),
    state: 'pending',
    basis: null,
    versions: [{ ids, seconds: long }],
    reviews: [],
    grants: [],
    events: ['request.submitted'],
  };
  model.requests[seen.label] = request;
  if (byRule.length < ids.length) return 'done';
  return approve(model, request, 'rule');
}

function holds(answer: Answer | undefined): boolean {
  return answer === true;
}

/** Decides for it: its grants, or the later end of one. */
export function approve(model: Model, request: Request, basis: 'reviews' | 'rule'): Outcome {
  settle(request, 'approved');
  request.basis = basis;
  if (request.extended !== null) return extend(model, request, request.extended);
  for (const grant of scheduleAll(model, request)) {
    if (model.now >= grant.startsAt) activate(model, request, grant);
  }
  return 'done';
}

export function settle(request: Request, state: Request['state']): void {
  request.state = state;
  request.events.push(`request.${state}`);
}

function askForMore(
  model: Model,
  seen: Seen,
  { by: somebody, grant: drawn, seconds: long }: Extract<Asking, { do: 'extend' }>,
): Outcome {
  const key = pick(seen.grants, drawn, seen.lively);
  const by = ownerOr(somebody, seen, key);
  const of = key === undefined ? undefined : model.requests[key.request];
  const grant = of?.grants.find(({ entitlement }) => entitlement === key?.entitlement);
  if (key === undefined || of === undefined || grant === undefined || of.requester !== by) return 'refused';
  if (!isLive(model, grant) || changed(model, of, grant.entitlement)) return 'refused';
  const extended = { grant: key, from: grant.endsAt };
  return submit(model, seen, {
    by,
    whom: null,
    ids: [grant.entitlement],
    seconds: long,
    later: null,
    extended,
  });
}

export function isLive(model: Model, grant: Request['grants'][number]): boolean {
  return ['scheduled', 'activating', 'active'].includes(grant.state) && model.now < grant.endsAt;
}

/** Is the rule another one than that it was asked under? */
export function changed(model: Model, request: Request, id: EntitlementId): boolean {
  if (ruleOf(id, model.edition) === undefined) return true;
  return id === 'm/two' && model.edition.edited !== request.edition.edited;
}

/** May they know of the request? */
export function isVisible(model: Model, request: Request, name: Name): boolean {
  return (
    isParty(request, name) ||
    name === 'ola' ||
    current(request).ids.some((id) =>
      mayAnswer(model, ruleOf(id, model.edition) ?? termsOf(request, id), id, name, request),
    )
  );
}

function cancel(
  model: Model,
  seen: Seen,
  { by, request: drawn }: Extract<Asking, { do: 'cancel' }>,
): Outcome {
  const request = model.requests[pick(seen.requests, drawn, seen.open) ?? ''];
  if (request === undefined || !isOpen(model, request)) return 'refused';
  if (!isParty(request, by) && by !== 'ola') return 'refused';
  settle(request, 'cancelled');
  return 'done';
}
