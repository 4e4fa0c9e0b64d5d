import type { Work } from '../audit/unit-of-work.ts';
import type { AssuranceDemand } from '../catalog/types.ts';
import { eq } from '../db/drizzle.ts';
import { followUps, requests } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { ApprovalsDeps } from './deps.ts';
import { mayLook } from './follow-up-rights.ts';
import type { Verdict } from './follow-up-states.ts';
import { type FollowUpView, namesIn, type StoredFollowUp, toFollowUpView, usedOf } from './follow-up-view.ts';
import type { FollowUpRow } from './follow-ups-owed.ts';
import { holdPeople } from './lock.ts';
import { schedulesOf } from './on-call.ts';
import { canSee, type Viewer } from './rights.ts';
import { askedOf, findRequests } from './stored-request.ts';
import { maxWords } from './submission.ts';
import { viewerOf } from './viewer.ts';
import { checkedWords } from './wording.ts';

export interface FinishFollowUpInput {
  readonly id: string;
  readonly verdict: Verdict;
  /** What was found. */
  readonly comment: string;
}

const demand: AssuranceDemand = { level: 'multi-factor', maxAgeSeconds: null };

/**
 * Says what somebody found who looked at a use of break-glass; also late. Decided under the lock of the row, on groups as they are
 * stored now and on the rules in force.
 * Throws Refusal, in this order: invalid_input for no comment; not_found, also for what the caller may not see; forbidden for
 * whoever used it and everybody whom the rule does not name; insufficient_assurance; already_decided.
 */
export async function finishFollowUp(
  deps: ApprovalsDeps,
  caller: Caller,
  { id, verdict, comment }: FinishFollowUpInput,
): Promise<FollowUpView> {
  const words = checkedWords('comment', comment, maxWords);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    const [[row], people] = await Promise.all([
      work.queries.select().from(followUps).where(eq(followUps.id, id)).for('update'),
      holdPeople(work, catalog, [caller.personId]),
    ]);
    const person = people.get(caller.personId);
    if (person?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    // Asked for even where there is none: nobody can tell from how long it takes.
    const [request] = await findRequests(work.queries, eq(requests.id, row?.requestId ?? ''));
    // Who answers for others may see what they answered. To look at it is nobody's right but one's own.
    const viewer: Viewer = {
      ...(await viewerOf(work.queries, { catalog, now: work.now, onCall }, caller)),
      groups: person.groups,
      subject: person.subject,
      onCall: schedulesOf(onCall, person.subject),
    };
    if (row === undefined || request === undefined || !canSee(askedOf(request), catalog, viewer)) {
      throw notFound('follow-up');
    }
    const stored: StoredFollowUp = { row, request };
    const used = usedOf(stored);
    const right = mayLook(used, catalog, viewer, work.now);
    if (!right.allowed) {
      throw new Refusal(
        'forbidden',
        `You may not follow this up: ${right.rule} says who may, and you are ${right.reason}.`,
        { rule: right.rule, catalogVersion: catalog.version },
      );
    }
    requireAssurance(caller, demand, work.now, {
      rule: right.rule,
      entitlement: row.entitlement,
      account: used.terms.account.id,
      catalogVersion: catalog.version,
    });
    if (row.state === 'done') {
      throw new Refusal('already_decided', 'Somebody has followed this up already.');
    }
    const change = { state: 'done', verdict, words, doneBy: caller.personId, doneAt: work.now } as const;
    work.write(work.queries.update(followUps).set(change).where(eq(followUps.id, id)));
    recordDone(work, stored, { ...change, rule: right.rule, account: used.terms.account.id });
    const after: StoredFollowUp = { request, row: { ...row, ...change, priorState: row.state } };
    const names = await namesIn(work.queries, [after.row]);
    return toFollowUpView(after, names, catalog, viewer, work.now);
  });
}

function recordDone(
  work: Work,
  { row, request }: StoredFollowUp,
  done: Pick<FollowUpRow, 'verdict'> & {
    readonly words: string;
    readonly rule: string;
    readonly account: string;
  },
): void {
  work.audit({
    kind: 'followup.done',
    outcome: 'success',
    subject: row.owedBy,
    entitlement: row.entitlement,
    account: done.account,
    request: row.requestId,
    rule: done.rule,
    catalogVersion: request.row.catalogVersion,
    details: { followUp: row.id, verdict: done.verdict, late: row.dueAt <= work.now },
    personal: { comment: done.words },
  });
}
