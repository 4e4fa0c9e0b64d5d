import fc from 'fast-check';
import { askToExtend } from '../../../src/approvals/ask-to-extend.ts';
import { cancelRequest } from '../../../src/approvals/cancel-request.ts';
import { submitRequest } from '../../../src/approvals/submit-request.ts';
import { sweepRequests } from '../../../src/approvals/sweep-requests.ts';
import { type EntitlementId, entitlementIds, type Name } from './catalog.ts';
import { type House, outcomeOf } from './house.ts';
import type { Lane } from './lane.ts';
import { type Outcome, pick, places, type Seen, type Somebody } from './model.ts';
import { ownerOr } from './naming.ts';

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
