import fc from 'fast-check';
import { createDelegation } from '../../../src/approvals/create-delegation.ts';
import { endDelegation } from '../../../src/approvals/end-delegation.ts';
import type { EntitlementId, Name } from './catalog.ts';
import { type House, outcomeOf } from './house.ts';
import type { Lane } from './lane.ts';
import { type Outcome, pick, places, type Seen } from './model.ts';

// Handing one's right to answer to somebody else for a while, and taking it back.

export type Delegating =
  | {
      readonly do: 'delegate';
      readonly by: Name;
      readonly to: Name;
      readonly ids: readonly EntitlementId[] | null;
      readonly seconds: number;
    }
  | { readonly do: 'undelegate'; readonly by: Name; readonly delegation: number };

export const delegating: fc.Arbitrary<Delegating> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('delegate'),
      by: fc.constantFrom<Name[]>('lea', 'pat', 'sam', 'ash', 'eve', 'dan'),
      to: fc.constantFrom<Name[]>('dan', 'dan', 'pat', 'ash', 'eve', 'sam'),
      ids: fc.constantFrom<(EntitlementId[] | null)[]>(null, null, ['m/two'], ['m/steps', 'm/one']),
      seconds: fc.constantFrom(1500, 86_400),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('undelegate'),
      by: fc.constantFrom<Name[]>('dan', 'lea', 'pat', 'sam', 'ola'),
      delegation: fc.nat(places),
    }),
  },
);

export async function performDelegating(
  house: House,
  { approvals }: Lane,
  seen: Seen,
  command: Delegating,
): Promise<Outcome> {
  const caller = house.caller(command.by, seen);
  if (command.do === 'undelegate') {
    const id = house.delegationId(pick(seen.delegations, command.delegation));
    return outcomeOf(endDelegation(approvals, caller, { id }));
  }
  return outcomeOf(
    createDelegation(approvals, caller, {
      delegate: house.people[command.to].id,
      endsAt: house.inSeconds(command.seconds),
      entitlements: command.ids,
      because: seen.label,
    }),
  );
}
