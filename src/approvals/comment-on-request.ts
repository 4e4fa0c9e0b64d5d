import { newId } from '../db/ids.ts';
import { requestComments } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { concerned } from './answers.ts';
import { commentsOn, openQuestions } from './comments.ts';
import type { ApprovalsDeps } from './deps.ts';
import { holdPeople, lockRequest } from './lock.ts';
import { requireOpen } from './open.ts';
import { heldPrincipals, holdDelegations, principalIds } from './principals.ts';
import { canSee, isParty, reviewRight } from './rights.ts';
import { askedOf, storedRequest } from './stored-request.ts';
import { maxWords } from './submission.ts';
import type { RequestView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerHeld } from './viewer.ts';
import { checkedWords } from './wording.ts';

export interface CommentInput {
  readonly id: string;
  readonly text: string;
  /** True: asks those whom the request is about, and reminders go to them until they say something. */
  readonly question?: boolean;
}

/** So many comments on one request: everybody who sees it is shown all of them. */
export const mostComments = 100;

/**
 * Says something about a pending request: those it is about, and those who may answer it, who may also ask back. It changes
 * nothing about what is approved. Words are checked before anything is looked up.
 * Throws Refusal invalid_input, not_found, forbidden, already_decided, or not_possible after 100 of them.
 */
export async function commentOnRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  { id, text, question = false }: CommentInput,
): Promise<RequestView> {
  const words = checkedWords('text', text, maxWords);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    // A time from before the locks: it narrows down what is held, and decides nothing.
    const since = deps.clock();
    const [row, handed, people, before] = await Promise.all([
      lockRequest(work.queries, id),
      holdDelegations(work.queries, caller.personId, since),
      holdPeople(work, catalog, concerned(id, [caller.personId], principalIds(caller.personId, since))),
      commentsOn(work.queries, [id]),
    ]);
    const author = people.get(caller.personId);
    if (author?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    if (row === undefined) throw notFound('request');
    const viewer = viewerHeld(caller, onCall, author, heldPrincipals(handed, people, work.now));
    const request = storedRequest(row, people);
    const asked = askedOf(request);
    if (!canSee(asked, catalog, viewer)) throw notFound('request');
    const party = isParty(asked, viewer);
    const right = reviewRight(asked, catalog, viewer);
    if (!party && !right.allowed) {
      throw new Refusal('forbidden', 'Only those it is about, and those who may answer it, comment on it.', {
        rule: right.rule,
        catalogVersion: catalog.version,
      });
    }
    if (party && question) {
      throw new Refusal('forbidden', 'Only those who may answer a request ask back: say it as a comment.', {
        rule: 'requester-never-asks-back',
      });
    }
    requireOpen(asked, work.now);
    if (before.length >= mostComments) {
      throw new Refusal('not_possible', `This request has ${mostComments} comments already: talk elsewhere.`);
    }
    const comment = newId('cmt', work.now);
    const kept = { id: comment, requestId: id, author: caller.personId, question, words };
    work.write(work.queries.insert(requestComments).values({ ...kept, createdAt: work.now }));
    work.audit({
      kind: 'request.commented',
      outcome: 'success',
      subject: row.requester,
      request: id,
      catalogVersion: row.catalogVersion,
      details: { comment, question, via: caller.via },
      personal: { text: words },
    });
    const parties = [row.requester, row.askedBy];
    const told = question ? parties : party ? openQuestions(before, parties).map((each) => each.author) : [];
    const others = told.filter((person) => person !== caller.personId);
    if (others.length > 0) {
      const kind = question ? 'request.question' : 'request.answer';
      deps.notify(work, { kind, request: id, people: others, body: { comment, by: caller.personId } });
    }
    return viewOf(work, request, catalog, viewer, onCall);
  });
}
