import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { reviews } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { entitlementIds } from './content.ts';
import type { Principal } from './principal.ts';
import type { StoredRequest } from './stored-request.ts';

/** An answer as it is kept. */
export interface RecordedReview {
  readonly decision: 'approve' | 'deny';
  readonly digest: string;
  readonly comment: string | null;
  readonly rule: string;
  /** The schedules that the reviewer is on call in. */
  readonly onCall: readonly string[];
  /** The entitlements that an approval counts for; null of a denial. */
  readonly parts: readonly string[] | null;
  /** Whose right it was given by; null: the reviewer's own. */
  readonly principal: Principal | null;
}

/** Writes an answer to a locked request that nobody has given before, with its event. */
export function recordReview(
  work: Work,
  caller: Caller,
  { row, content }: StoredRequest,
  answer: RecordedReview,
): void {
  const { decision, digest, comment, onCall, principal } = answer;
  const id = newId('rev', work.now);
  work.write(
    work.queries.insert(reviews).values({
      id,
      requestId: row.id,
      reviewer: caller.personId,
      decision,
      digest,
      comment,
      via: caller.via,
      createdAt: work.now,
      onCall: [...onCall],
      parts: answer.parts === null ? null : [...answer.parts],
      onBehalfOf: principal?.personId ?? null,
      delegation: principal?.delegation ?? null,
    }),
  );
  const only = content.entitlements.length === 1 ? content.entitlements[0] : undefined;
  work.audit({
    kind: 'review.recorded',
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    ...(only === undefined ? {} : { entitlement: only.id, account: only.account.id }),
    rule: answer.rule,
    catalogVersion: row.catalogVersion,
    details: {
      review: id,
      decision,
      digest,
      entitlements: entitlementIds(content),
      ...(answer.parts === null ? {} : { countsFor: [...answer.parts] }),
      via: caller.via,
      assurance: caller.assurance.level,
      ...(principal === null ? {} : { onBehalfOf: principal.personId, delegation: principal.delegation }),
      ...(onCall.length === 0 ? {} : { onCall: [...onCall] }),
    },
    ...(comment === null ? {} : { personal: { comment } }),
  });
}
