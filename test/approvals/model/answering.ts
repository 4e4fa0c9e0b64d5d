import fc from 'fast-check';
import { reviewRequest } from '../../../src/approvals/review-request.ts';
import { withdrawReview } from '../../../src/approvals/withdraw-review.ts';
import { approve, changed, isVisible, settle } from './asking.ts';
import { askers, type EntitlementId, entitlementIds, type Name, ruleOf } from './catalog.ts';
import { type Approval, count, isCalled, isComplete, mayAnswer, standing, termsOf } from './counting.ts';
import { beginEnding } from './granting-model.ts';
import { type House, type Lane, outcomeOf } from './house.ts';
import {
  current,
  isOpen,
  isParty,
  type Model,
  type Outcome,
  pick,
  places,
  type Somebody,
  type Request,
  type Seen,
  type Version,
} from './model.ts';

// Answering: approving all or less, denying, and taking it back. Handing one's right to somebody else is to come here: an
// approval has then another's seat (counting.ts) and its row says on whose behalf.

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

interface Narrowing {
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

/** Somebody whose approval counts gives it. */
export const approves: fc.Arbitrary<Answering> = fc.record({
  do: fc.constant('review'),
  by: fc.constant('whoever'),
  among,
  request,
  decision: fc.constant('approve'),
  digest: fc.constantFrom('now', 'first'),
  narrow: fc.constant(null),
});

type Reviewed = Extract<Answering, { do: 'review' }>;

export function applyAnswering(model: Model, seen: Seen, command: Answering): Outcome {
  const label = labelOf(seen, command);
  const one = model.requests[label ?? ''];
  const name = nameOf(seen, label, command);
  if (one === undefined) return 'refused';
  return command.do === 'review' ? review(model, seen, one, name, command) : withdraw(model, one, name);
}

/** Which request and whom it means, for the real thing too. */
function labelOf(seen: Seen, command: Answering): string | undefined {
  const answered = seen.requests.filter((one) => seen.answered[one]?.length !== 0);
  return pick(seen.requests, command.request, command.do === 'review' ? seen.open : answered);
}

function nameOf(seen: Seen, label: string | undefined, command: Answering): Name {
  if (command.by !== 'whoever') return command.by;
  const those = (command.do === 'review' ? seen.able : seen.answered)[label ?? ''] ?? [];
  return pick(those, command.among) ?? 'pat';
}

function review(model: Model, seen: Seen, asked: Request, name: Name, command: Reviewed): Outcome {
  const { decision } = command;
  if (!model.people[name].active || !isVisible(model, asked, name)) return 'refused';
  if (isParty(asked, name) || !hasRight(model, asked, name)) return 'refused';
  const version = versionOf(seen, asked, command);
  if (version === null || !isOpen(model, asked)) return 'refused';
  if (asked.reviews.some((one) => one.by === name && !one.withdrawn)) return 'refused';
  const record = (names: number) => {
    asked.reviews.push({
      by: name,
      decision,
      version: names,
      at: model.now,
      called: isCalled(model, name),
      withdrawn: false,
    });
    asked.events.push('review.recorded');
  };
  if (decision === 'deny') {
    record(version);
    settle(asked, 'denied');
    return 'done';
  }
  const earlier = standing(model, asked);
  if (command.narrow !== null && !narrowTo(asked, command.narrow)) return 'refused';
  if (!canStillBeGiven(model, asked) || !counts(model, asked, name, earlier)) return 'refused';
  record(command.narrow === null ? version : asked.versions.length - 1);
  return isComplete(model, asked) ? approve(model, asked, 'reviews') : 'done';
}

/** Does one more approval of theirs count for anything? */
function counts(model: Model, asked: Request, name: Name, earlier: readonly Approval[]): boolean {
  const candidate: Approval = { by: name, at: model.now, called: isCalled(model, name) };
  return current(asked).ids.some(
    (id) =>
      count(model, asked, id, [...earlier, candidate]).counted > count(model, asked, id, earlier).counted,
  );
}

/** Would their approval be taken now? */
export function mayApprove(model: Model, asked: Request, name: Name): boolean {
  return (
    model.people[name].active &&
    isOpen(model, asked) &&
    hasRight(model, asked, name) &&
    !asked.reviews.some((one) => one.by === name && !one.withdrawn) &&
    counts(model, asked, name, standing(model, asked))
  );
}

/** Both by the rule in force and by that it was asked under, for one thing at least. */
function hasRight(model: Model, asked: Request, name: Name): boolean {
  return current(asked).ids.some((id) =>
    [termsOf(asked, id), ruleOf(id, model.edition) ?? termsOf(asked, id)].every((rule) =>
      mayAnswer(model, rule, name, asked.requester),
    ),
  );
}

/** The version that the digest is of; null for a digest of something else. */
function versionOf(seen: Seen, asked: Request, command: Reviewed): number | null {
  const label = labelOf(seen, command) ?? '';
  if (command.digest === 'first') return 0;
  if (command.digest === 'now') return Math.min((seen.versions[label] ?? 1) - 1, asked.versions.length - 1);
  return null;
}

function narrowTo(asked: Request, { seconds, ids }: Narrowing): boolean {
  const before = current(asked);
  if (ids?.some((id) => !before.ids.includes(id)) === true) return false;
  const after: Version = { ids: ids ?? before.ids, seconds: seconds ?? before.seconds };
  if (after.seconds > before.seconds) return false;
  if (after.ids.length === before.ids.length && after.seconds === before.seconds) return false;
  asked.versions.push(after);
  asked.events.push('request.narrowed');
  for (const one of asked.reviews) {
    if (one.decision === 'approve' && !one.withdrawn) asked.events.push('review.carried');
  }
  return true;
}

/** Nothing it rests on has changed: rules, and those it is for. */
function canStillBeGiven(model: Model, asked: Request): boolean {
  const { ids } = current(asked);
  if (ids.some((id) => changed(model, asked, id))) return false;
  const parties = [asked.requester, asked.askedBy].map((name) => model.people[name]);
  if (!parties.every(({ active, groups }) => active && groups.includes(askers))) return false;
  const barred = model.people[asked.requester].groups.includes('barred');
  return !ids.some((id) => termsOf(asked, id).bars && barred);
}

function withdraw(model: Model, asked: Request, name: Name): Outcome {
  const answer = asked.reviews.find((one) => one.by === name && !one.withdrawn);
  if (answer === undefined) return 'refused';
  if (!isOpen(model, asked)) {
    if (asked.state !== 'approved' || answer.decision !== 'approve') return 'refused';
    const scheduled = asked.grants.filter(({ state }) => state === 'scheduled');
    if (scheduled.length === 0 || asked.grants.some(({ state }) => state === 'active')) return 'refused';
    for (const grant of scheduled) beginEnding(asked, grant, 'revoked');
  }
  answer.withdrawn = true;
  asked.events.push('review.withdrawn');
  return 'done';
}

export async function performAnswering(
  house: House,
  { approvals }: Lane,
  seen: Seen,
  command: Answering,
): Promise<Outcome> {
  const label = labelOf(seen, command);
  const id = house.requestId(label);
  const caller = house.caller(nameOf(seen, label, command), seen);
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
