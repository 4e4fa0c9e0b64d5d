import fc from 'fast-check';
import { reviewRequest } from '../../../src/approvals/review-request.ts';
import { withdrawReview } from '../../../src/approvals/withdraw-review.ts';
import { type EntitlementId, entitlementIds } from './catalog.ts';
import { type House, outcomeOf } from './house.ts';
import type { Lane } from './lane.ts';
import { type Outcome, places, type Seen, type Somebody } from './model.ts';
import { answererOf, requestOf } from './naming.ts';

// Answering: approving all or less, denying, and taking it back.

export type Answering =
  | {
      readonly do: 'review';
      readonly by: Somebody;
      /** Chooses among those whom `by` can mean. */
      readonly among: number;
      readonly request: number;
      readonly decision: 'approve' | 'deny';
      readonly digest: Digest;
      readonly narrow: Narrowing | null;
    }
  | { readonly do: 'withdraw'; readonly by: Somebody; readonly among: number; readonly request: number };

/** Which digest a review names: what is asked for now, what was asked at first, another request's, or none that there is. */
type Digest = 'now' | 'first' | 'other' | 'none';

export interface Narrowing {
  readonly seconds?: number;
  readonly ids?: readonly EntitlementId[];
}

const by: fc.Arbitrary<Somebody> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Somebody>('whoever') },
  { weight: 1, arbitrary: fc.constantFrom<Somebody[]>('pat', 'lea', 'sam', 'ash', 'dan', 'eve', 'ola') },
);
const among = fc.nat(places);
const request = fc.nat(places);
const narrow: fc.Arbitrary<Narrowing> = fc.oneof(
  fc.record({ seconds: fc.constantFrom(600, 1200, 1800) }),
  fc.record({ ids: fc.subarray([...entitlementIds], { minLength: 1, maxLength: 2 }) }),
);

export const answering: fc.Arbitrary<Answering> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('review'),
      by,
      among,
      request,
      decision: fc.constant('approve'),
      digest: fc.constantFrom<Digest[]>(
        'now',
        'now',
        'now',
        'now',
        'now',
        'now',
        'first',
        'first',
        'other',
        'none',
      ),
      narrow: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: narrow }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('review'),
      by,
      among,
      request,
      decision: fc.constant('deny'),
      digest: fc.constantFrom<Digest[]>('now', 'now', 'first', 'none'),
      narrow: fc.constant(null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('withdraw'), by, among, request }) },
);

/** This person approves what waits. */
export const approvesAs = (name: Somebody): fc.Arbitrary<Answering> =>
  fc.record({
    do: fc.constant('review'),
    by: fc.constant(name),
    among,
    request,
    decision: fc.constant('approve'),
    digest: fc.constantFrom('now', 'first'),
    narrow: fc.constant(null),
  });

/** Somebody whose approval counts gives it. */
export const approves = approvesAs('whoever');

export type Reviewed = Extract<Answering, { do: 'review' }>;

export async function performAnswering(
  house: House,
  { approvals }: Lane,
  seen: Seen,
  command: Answering,
): Promise<Outcome> {
  const label = requestOf(seen, command);
  const id = house.requestId(label);
  const caller = house.caller(answererOf(seen, label, command), seen);
  if (command.do === 'withdraw') return outcomeOf(withdrawReview(approvals, caller, { id }));
  const { decision, narrow: less } = command;
  return outcomeOf(
    reviewRequest(approvals, caller, {
      id,
      decision,
      digest: digestFor(house, seen, label, command.digest),
      ...(less === null
        ? {}
        : {
            narrow: {
              ...(less.seconds === undefined ? {} : { durationSeconds: less.seconds }),
              ...(less.ids === undefined ? {} : { entitlements: less.ids }),
            },
          }),
    }),
  );
}

function digestFor(house: House, seen: Seen, label: string | undefined, which: Digest): string {
  const nobodys = `sha256:${'0'.repeat(64)}`;
  const other = seen.requests.find((one) => one !== label);
  const of = which === 'other' ? other : label;
  const digests = of === undefined ? [] : house.digests(of);
  return (which === 'none' ? undefined : which === 'first' ? digests[0] : digests.at(-1)) ?? nobodys;
}
