import fc from 'fast-check';
import { activateGrant } from '../../../src/broker/activate-grant.ts';
import { endGrant } from '../../../src/broker/end-grant.ts';
import { finishEnding } from '../../../src/broker/finish-ending.ts';
import { type Name, ruleOf } from './catalog.ts';
import { mayAnswer } from './counting.ts';
import { activate, beginEnding, find } from './granting-model.ts';
import type { House } from './house.ts';
import type { Lane } from './lane.ts';
import { outcomeOf } from './house.ts';
import { ownerOr } from './naming.ts';
import {
  type Grant,
  type Model,
  type Outcome,
  pick,
  places,
  type Request,
  type Seen,
  type Somebody,
} from './model.ts';

// The jobs of grants, and ending them early.

export type Granting =
  | { readonly do: 'activate' | 'finish'; readonly grant: number }
  | { readonly do: 'end'; readonly by: Somebody; readonly grant: number };

const grant = fc.nat(places);

export const granting: fc.Arbitrary<Granting> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('activate'), grant }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('finish'), grant }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('end'),
      by: fc.constantFrom<Somebody[]>('whoever', 'whoever', 'ola', 'dan', 'pat'),
      grant,
    }),
  },
);

export function applyGranting(model: Model, seen: Seen, command: Granting): Outcome {
  const [request, one] = find(model, pick(seen.grants, command.grant, seen.lively));
  if (request === undefined || one === undefined) return command.do === 'end' ? 'refused' : 'done';
  const isOver = model.now >= one.endsAt;
  switch (command.do) {
    case 'activate':
      if (one.state !== 'scheduled') return 'done';
      if (isOver) beginEnding(request, one, 'expired');
      else if (model.now >= one.startsAt) activate(model, request, one);
      return 'done';
    case 'finish':
      if (['scheduled', 'active'].includes(one.state) && isOver) beginEnding(request, one, 'expired');
      if (one.state === 'ending') {
        // Nothing was issued, so nothing is to be waited for.
        one.state = 'ended';
        request.events.push('grant.ended');
      }
      return 'done';
    case 'end': {
      const name = nameOf(seen, command);
      const owner = name === request.requester;
      const may = owner || name === 'ola' || endsAsApprover(model, seen, request, one, name);
      if (!may || one.state === 'failed') return 'refused';
      if (['scheduled', 'active'].includes(one.state)) {
        beginEnding(request, one, isOver ? 'expired' : owner ? 'relinquished' : 'revoked');
      }
      return 'done';
    }
  }
}

/** Who approved it, and who may answer for such a thing by the rules in force, may end it. */
function endsAsApprover(
  model: Model,
  seen: Seen,
  request: Request,
  { entitlement }: Grant,
  name: Name,
): boolean {
  const approved = request.reviews.some(
    ({ by, decision, withdrawn }) => by === name && decision === 'approve' && !withdrawn,
  );
  const rule = ruleOf(entitlement, model.edition);
  // They come with the groups of when they called.
  const caller = { ...model.people[name], groups: [...seen.groups[name]] };
  const asThen = { ...model, people: { ...model.people, [name]: caller } };
  return approved || (rule !== undefined && mayAnswer(asThen, rule, entitlement, name, request));
}

/** Whoever owns it, where nobody is named. */
function nameOf(seen: Seen, { by, grant: drawn }: Extract<Granting, { do: 'end' }>): Name {
  return ownerOr(by, seen, pick(seen.grants, drawn, seen.lively));
}

export async function performGranting(
  house: House,
  { broker }: Lane,
  seen: Seen,
  command: Granting,
): Promise<Outcome> {
  const grantId = house.grantId(pick(seen.grants, command.grant, seen.lively));
  switch (command.do) {
    case 'activate':
      return outcomeOf(activateGrant(broker, { grantId }));
    case 'finish':
      return outcomeOf(finishEnding(broker, { grantId }));
    case 'end':
      return outcomeOf(endGrant(broker, house.caller(nameOf(seen, command), seen), { grantId }));
  }
}
