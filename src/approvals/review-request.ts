import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { answersTo, approvalsOf, concerned } from './answers.ts';
import { requireApprovable } from './approvable.ts';
import { decide } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { requireDigest } from './exact.ts';
import { holdPeople, lockRequest } from './lock.ts';
import type { Narrowing } from './narrow.ts';
import { narrowRequest } from './narrow-request.ts';
import { requireOpen } from './open.ts';
import { requireGivable, seenFor } from './preflight.ts';
import { heldPrincipals, holdDelegations, principalIds } from './principals.ts';
import { type Approval, quorumReached, tally } from './quorum.ts';
import { recordReview } from './record-review.ts';
import { requireRight } from './require-right.ts';
import { canSee, type Viewer } from './rights.ts';
import { requireStanding } from './require-standing.ts';
import { askedOf, roundOf, type StoredRequest, storedRequest } from './stored-request.ts';
import { maxWords } from './submission.ts';
import { candidateFor, turnsText } from './turn.ts';
import type { RequestView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerHeld } from './viewer.ts';
import { optionalWords } from './wording.ts';

export interface ReviewInput {
  readonly id: string;
  readonly decision: 'approve' | 'deny';
  /** The digest of the request as it was read. */
  readonly digest: string;
  readonly comment?: string | null;
  /** With an approval: less than was asked for. Earlier approvals hold for it, too. */
  readonly narrow?: Narrowing;
}

/**
 * Answers a request. The row is locked first, and everything is decided on what is read under the lock: the reviewer's groups
 * as stored now, the rules in force and those that the digest binds. One denial denies; enough approvals approve.
 * Throws Refusal, in this order: not_found (also for what the caller may not see), forbidden (a rule is against it, or it is
 * their own), insufficient_assurance, digest_mismatch, already_decided; for an approval also digest_mismatch when the rules
 * have changed since, not_possible when the requester may not have it any more, AWS was seen not to give it, or it is not the
 * reviewer's turn, forbidden when a rule denies it by now, and invalid_input for a narrowing that is none.
 */
export async function reviewRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: ReviewInput,
): Promise<RequestView> {
  const comment = optionalWords('comment', input.comment, maxWords);
  const approving = input.decision === 'approve';
  if (input.narrow !== undefined && !approving) {
    throw new Refusal('invalid_input', 'narrow goes with an approval: a denial denies all of it.');
  }
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    // A time from before the locks: it narrows down what is held, and decides nothing.
    const since = deps.clock();
    const [row, handed, people, answers, seen] = await Promise.all([
      lockRequest(work.queries, input.id),
      holdDelegations(work.queries, caller.personId, since),
      holdPeople(work, catalog, concerned(input.id, [caller.personId], principalIds(caller.personId, since))),
      answersTo(work.queries, input.id),
      approving ? seenFor(work.queries, input.id) : null,
    ]);
    const reviewer = people.get(caller.personId);
    if (reviewer?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    requireStanding(reviewer, catalog);
    if (row === undefined) throw notFound('request');
    const viewer = viewerHeld(caller, onCall, reviewer, heldPrincipals(handed, people, work.now));
    let request = storedRequest(row, people);
    const asked = askedOf(request);
    if (!canSee(asked, catalog, viewer)) throw notFound('request');

    const right = requireRight(work.now, catalog, caller, asked, viewer);
    await requireDigest(work, row, request.content, input.digest);
    requireOpen(asked, work.now);
    if (answers.some((answer) => answer.reviewer === caller.personId)) {
      throw new Refusal('already_decided', 'You have answered this request before: one person counts once.');
    }
    const approvals = approvalsOf(answers, people);
    let candidate: Approval | null = null;
    if (approving) {
      if (input.narrow !== undefined) {
        request = await narrowRequest(work, request, answers, input.narrow);
      }
      requireApprovable(request.row, catalog, people, { catalog, now: work.now, onCall });
      if (seen !== null) requireGivable(request.content, seen, work.now);
      candidate = requireTurn(request, approvals, viewer, work.now);
    }
    recordReview(work, caller, request, {
      decision: input.decision,
      digest: input.narrow === undefined ? input.digest : request.row.digest,
      comment,
      rule: right.rule,
      onCall: viewer.onCall ?? [],
      parts: candidate?.parts ?? null,
      principal: candidate?.principal ?? null,
    });
    const reached = candidate !== null && quorumReached(tally(roundOf(request), [...approvals, candidate]));
    const decision = approving ? (reached ? 'reviews' : null) : 'deny';
    const after =
      decision === null
        ? request.row
        : await decide(deps, work, request.row, request.content, decision, right.rule);
    return viewOf(work, { ...request, row: after }, catalog, viewer, onCall);
  });
}

function requireTurn(
  request: StoredRequest,
  approvals: readonly Approval[],
  viewer: Viewer,
  now: Date,
): Approval {
  const round = roundOf(request);
  const candidate = candidateFor(round, approvals, viewer, now);
  if (candidate !== null) return candidate;
  throw new Refusal(
    'not_possible',
    `Your approval does not count yet: it is the turn of others (${turnsText(round, approvals)}). You can deny it.`,
    { turn: turnsText(round, approvals) },
  );
}
