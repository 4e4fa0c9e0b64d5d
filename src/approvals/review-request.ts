import { and, eq, sql, type SQLWrapper } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import type { Catalog } from '../catalog/types.ts';
import { newId } from '../db/ids.ts';
import { requests, reviews } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { entitlementIds, type RequestContent } from './content.ts';
import { decide } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { requireApprovable, requireDigest } from './exact.ts';
import { loadFacts } from './load.ts';
import { holdPeople, lockRequest, type StoredPerson } from './lock.ts';
import { requireGivable, seenFor } from './preflight.ts';
import { quorumReached, tally } from './quorum.ts';
import { canSee, isOpen, reviewRight } from './rights.ts';
import { maxWords } from './submission.ts';
import { askedOf, type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';
import { optionalWords } from './wording.ts';

export interface ReviewInput {
  readonly id: string;
  readonly decision: 'approve' | 'deny';
  /** The digest of the request as it was read. */
  readonly digest: string;
  readonly comment?: string | null;
}

type Row = typeof requests.$inferSelect;

/**
 * Answers a request. The row is locked first, and everything is decided on what is read under the lock: the reviewer's groups
 * as stored now, the rules in force and those that the digest binds. One denial denies; enough approvals approve.
 * Throws Refusal, in this order: not_found (also for what the caller may not see), forbidden (a rule is against it, or it is
 * their own), insufficient_assurance, digest_mismatch, already_decided; for an approval also digest_mismatch when the rules
 * have changed since, and not_possible when the requester may not have it any more, or AWS was seen not to give it.
 */
export async function reviewRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: ReviewInput,
): Promise<RequestView> {
  const comment = optionalWords('comment', input.comment, maxWords);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const [row, people, seen] = await Promise.all([
      lockRequest(work.queries, input.id),
      holdPeople(work.queries, peopleOf(work, caller, input.id)),
      input.decision === 'approve' ? seenFor(work.queries, input.id) : null,
    ]);
    const reviewer = people.get(caller.personId);
    if (reviewer?.active !== true) throw new Refusal('forbidden', 'Your account is no longer active.');
    // From here on the groups are the stored ones; what the caller brought along may be older.
    const viewer = { ...viewerOf(caller), groups: reviewer.groups };
    if (row === undefined) throw notFound('request');
    const content = row.content as RequestContent;
    const asked = askedOf({ ...row, content });
    if (!canSee(asked, catalog, viewer)) throw notFound('request');

    const rule = requireRight(work, catalog, caller, content, asked, reviewer);
    await requireDigest(work, row, content, input.digest);
    requireUndecided(row, work.now);
    if (input.decision === 'approve') requireApprovable(row, catalog, people.get(row.requester));
    if (seen !== null) requireGivable(content, seen, work.now);

    const [, approved] = await Promise.all([
      record(work, caller, row, content, { ...input, comment }, rule),
      input.decision === 'approve' && enough(work, row, content),
    ]);
    const decision = input.decision === 'deny' || approved ? input.decision : null;
    const after = decision === null ? row : await decide(deps, work, row, content, decision, rule);
    const [facts] = await loadFacts(work.queries, catalog, [after], work.now);
    if (facts === undefined) throw new Error('a request must be loaded to be shown');
    return toView(facts, catalog, viewer, work.now);
  });
}

/** The caller and whoever asked. Looked up with the lock, in one go: a request never changes hands. */
function peopleOf(work: Work, caller: Caller, requestId: string): SQLWrapper {
  const requester = work.queries
    .select({ id: requests.requester })
    .from(requests)
    .where(eq(requests.id, requestId));
  return sql`(SELECT ${caller.personId} UNION ${requester})`;
}

/** Throws unless the rules, the person and the proof allow an answer. Returns the rules that allowed it. */
function requireRight(
  work: Work,
  catalog: Catalog,
  caller: Caller,
  content: RequestContent,
  asked: ReturnType<typeof askedOf>,
  reviewer: StoredPerson,
): string {
  const right = reviewRight(asked, catalog, reviewer);
  if (!right.allowed) {
    throw new Refusal(
      'forbidden',
      `You may not answer this request: ${right.rule} says who may, and you are ${right.reason}.`,
      { rule: right.rule, catalogVersion: catalog.version },
    );
  }
  if (reviewer.personId === content.who) {
    throw new Refusal('forbidden', 'Nobody answers their own request: ask somebody else who may.', {
      rule: 'requester-never-approves',
      catalogVersion: catalog.version,
    });
  }
  for (const terms of content.entitlements) {
    const asker = {
      rule: `${terms.id}#assurance.approve`,
      entitlement: terms.id,
      account: terms.account.id,
      catalogVersion: catalog.version,
    };
    requireAssurance(caller, terms.assurance.approve, work.now, asker);
    const current = catalog.entitlements.get(terms.id);
    if (current !== undefined) requireAssurance(caller, current.assurance.approve, work.now, asker);
  }
  return right.rule;
}

function requireUndecided(row: Row, now: Date): void {
  if (isOpen(row, now)) return;
  const state = row.state === 'pending' ? 'expired' : row.state;
  throw new Refusal('already_decided', `This request is already ${state}: nothing was changed.`, { state });
}

async function record(
  work: Work,
  caller: Caller,
  row: Row,
  content: RequestContent,
  answer: { readonly decision: 'approve' | 'deny'; readonly comment: string | null },
  rule: string,
): Promise<void> {
  const id = newId('rev', work.now);
  const inserted = await work.queries
    .insert(reviews)
    .values({
      id,
      requestId: row.id,
      reviewer: caller.personId,
      decision: answer.decision,
      digest: row.digest,
      comment: answer.comment,
      via: caller.via,
      createdAt: work.now,
    })
    .onConflictDoNothing({ target: [reviews.requestId, reviews.reviewer] })
    .returning({ id: reviews.id });
  if (inserted.length === 0) {
    throw new Refusal('already_decided', 'You have answered this request before: one person counts once.');
  }
  const only = content.entitlements.length === 1 ? content.entitlements[0] : undefined;
  work.audit({
    kind: 'review.recorded',
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    ...(only === undefined ? {} : { entitlement: only.id, account: only.account.id }),
    rule,
    catalogVersion: row.catalogVersion,
    details: {
      review: id,
      decision: answer.decision,
      digest: row.digest,
      entitlements: entitlementIds(content),
      via: caller.via,
      assurance: caller.assurance.level,
    },
    ...(answer.comment === null ? {} : { personal: { comment: answer.comment } }),
  });
}

/** Counted under the lock, from who may approve now: an earlier approver who has left counts no more. */
async function enough(work: Work, row: Row, content: RequestContent): Promise<boolean> {
  const people = await holdPeople(
    work.queries,
    work.queries
      .select({ reviewer: reviews.reviewer })
      .from(reviews)
      .where(
        and(eq(reviews.requestId, row.id), eq(reviews.decision, 'approve'), eq(reviews.digest, row.digest)),
      ),
  );
  const active = [...people.values()].filter((person) => person.active);
  return quorumReached(tally(content.entitlements, row.requester, active));
}
