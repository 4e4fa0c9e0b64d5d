import fc from 'fast-check';
import { askToExtend } from '../../../src/approvals/ask-to-extend.ts';
import { cancelRequest } from '../../../src/approvals/cancel-request.ts';
import { submitRequest } from '../../../src/approvals/submit-request.ts';
import { sweepRequests } from '../../../src/approvals/sweep-requests.ts';
import { type Answer, askers, type EntitlementId, entitlementIds, type Name, ruleOf } from './catalog.ts';
import { factsOf, mayAnswer, termsOf } from './counting.ts';
import { activate, extend, scheduleAll } from './granting-model.ts';
import {
  current,
  type GrantKey,
  isOpen,
  isParty,
  type Model,
  type Outcome,
  pick,
  places,
  type Request,
  type Seen,
  type Somebody,
} from './model.ts';
import { type House, type Lane, outcomeOf } from './house.ts';

// Asking: for oneself, for a colleague, for more time; taking it back, and waiting in vain.

export type Asking =
  | {
      readonly do: 'submit';
      readonly by: Name;
      readonly whom: Name | null;
      readonly ids: readonly EntitlementId[];
      readonly seconds: number;
      /** In how many seconds it is to start; null: at once. */
      readonly later: number | null;
    }
  | { readonly do: 'extend'; readonly by: Somebody; readonly grant: number; readonly seconds: number }
  | { readonly do: 'cancel'; readonly by: Name; readonly request: number }
  | { readonly do: 'expire' };

const several = fc.oneof(
  fc.subarray([...entitlementIds], { minLength: 1, maxLength: 2 }),
  fc.constantFrom<EntitlementId[][]>(['m/two'], ['m/one'], ['m/steps']),
);
const seconds = fc.constantFrom(600, 1800, 3600);
const place = fc.nat(places);

/** What there is to begin with. */
export const firsts: fc.Arbitrary<Asking> = fc.record({
  do: fc.constant('submit'),
  by: fc.constantFrom<Name[]>('eve', 'ash'),
  whom: fc.constant(null),
  ids: several,
  seconds,
  later: fc.constantFrom(null, null, 300, 2000),
});

const submits: fc.Arbitrary<Asking> = fc.record({
  do: fc.constant('submit'),
  by: fc.constantFrom<Name[]>('eve', 'eve', 'eve', 'ash', 'ash', 'dan'),
  whom: fc.constantFrom<(Name | null)[]>(null, null, null, null, 'ash', 'eve', 'lea'),
  ids: several,
  seconds,
  later: fc.constantFrom(null, null, 300, 2000),
});

export const asking: fc.Arbitrary<Asking> = fc.oneof(
  { weight: 2, arbitrary: submits },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('extend'),
      by: fc.constantFrom<Somebody[]>('whoever', 'whoever', 'whoever', 'ash'),
      grant: place,
      seconds: fc.constantFrom(600, 1200),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('cancel'),
      by: fc.constantFrom<Name[]>('eve', 'ash', 'ola', 'lea'),
      request: place,
    }),
  },
  { weight: 1, arbitrary: fc.constant<Asking>({ do: 'expire' }) },
);

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
  // Whoever asks comes with the groups of when they called; everybody else has those of now.
  if (!model.people[by].active || !seen.groups[by].includes(askers)) return 'refused';
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

/** Whose grant it is, where nobody is named. */
function ownerOr(somebody: Somebody, seen: Seen, key: GrantKey | undefined): Name {
  return somebody === 'whoever' ? (seen.owners[key?.request ?? ''] ?? 'eve') : somebody;
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
      mayAnswer(model, ruleOf(id, model.edition) ?? termsOf(request, id), name, request.requester),
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

export async function performAsking(house: House, lane: Lane, seen: Seen, command: Asking): Promise<Outcome> {
  const { approvals } = lane;
  switch (command.do) {
    case 'submit': {
      const { by, whom, ids, seconds: long, later } = command;
      return outcomeOf(
        submitRequest(approvals, house.caller(by, seen), {
          entitlements: ids,
          durationSeconds: long,
          reason: seen.label,
          startAt: later === null ? null : house.inSeconds(later),
          for: whom === null ? null : house.people[whom].id,
        }),
      );
    }
    case 'extend': {
      const key = pick(seen.grants, command.grant, seen.lively);
      return outcomeOf(
        askToExtend(approvals, house.caller(ownerOr(command.by, seen, key), seen), {
          grantId: house.grantId(key),
          durationSeconds: command.seconds,
          reason: seen.label,
        }),
      );
    }
    case 'cancel': {
      const id = house.requestId(pick(seen.requests, command.request, seen.open));
      return outcomeOf(cancelRequest(approvals, house.caller(command.by, seen), { id }));
    }
    case 'expire':
      return outcomeOf(sweepRequests(approvals));
  }
}
