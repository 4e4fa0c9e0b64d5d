import { eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { grants, requests } from '../db/schema.ts';
import type { ApprovalsDeps } from './deps.ts';
import { entitlementIds, type RequestContent } from './content.ts';
import { mayBecome, type RequestState } from './states.ts';
import { tellDecided } from './tell.ts';

type Row = typeof requests.$inferSelect;

/** Why a request gets to its last state. */
export interface Why {
  readonly rule?: string;
  /** What an approval rests on. */
  readonly basis?: Row['basis'];
}

/** Takes a locked request to its last state, with the event. Returns the row as it is then. */
export function settle(work: Work, row: Row, state: Exclude<RequestState, 'pending'>, why: Why): Row {
  if (!mayBecome(row.state, state))
    throw new Error(`request ${row.id} cannot go from ${row.state} to ${state}`);
  const change = { state, decidedAt: work.now, basis: why.basis ?? null };
  work.write(work.queries.update(requests).set(change).where(eq(requests.id, row.id)));
  const content = row.content as RequestContent;
  const only = content.entitlements.length === 1 ? content.entitlements[0] : undefined;
  work.audit({
    kind: `request.${state}`,
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    ...(only === undefined ? {} : { entitlement: only.id, account: only.account.id }),
    ...(why.rule === undefined ? {} : { rule: why.rule }),
    catalogVersion: row.catalogVersion,
    details: {
      digest: row.digest,
      entitlements: entitlementIds(content),
      ...(why.basis === undefined || why.basis === null ? {} : { basis: why.basis }),
    },
  });
  return { ...row, ...change, priorState: row.state };
}

/**
 * Writes the decision of a locked request: a denial, or an approval by what it rests on. An approval becomes one grant for each
 * entitlement, or moves a grant's end, in the same commit; so does telling those it is about.
 */
export async function decide(
  { activateAtOnce, extendGrant, notify }: Pick<ApprovalsDeps, 'activateAtOnce' | 'extendGrant' | 'notify'>,
  work: Work,
  row: Row,
  content: RequestContent,
  decision: 'deny' | NonNullable<Row['basis']>,
  rule: string,
): Promise<Row> {
  if (decision === 'deny') {
    tellDecided({ notify }, work, row, 'deny', { rule });
    return settle(work, row, 'denied', { rule });
  }
  tellDecided({ notify }, work, row, 'approve', { rule, basis: decision });
  const after = settle(work, row, 'approved', { rule, basis: decision });
  const { extends: extended, durationSeconds } = content;
  if (extended === undefined) await schedule(activateAtOnce, work, row, content, rule);
  else {
    const { id: requestId, catalogVersion } = row;
    const { grant: grantId, from } = extended;
    await extendGrant(work, { grantId, requestId, from, durationSeconds, rule, catalogVersion });
  }
  return after;
}

async function schedule(
  activateAtOnce: ApprovalsDeps['activateAtOnce'],
  work: Work,
  row: Row,
  content: RequestContent,
  rule: string,
): Promise<void> {
  const startsAt = content.startAt === null ? work.now : new Date(content.startAt);
  const endsAt = new Date(startsAt.getTime() + content.durationSeconds * 1000);
  for (const terms of content.entitlements) {
    const id = newId('grt', work.now);
    const grant: typeof grants.$inferSelect = {
      id,
      requestId: row.id,
      personId: row.requester,
      entitlement: terms.id,
      terms,
      state: 'scheduled',
      priorState: 'new',
      startsAt,
      endsAt,
      createdAt: work.now,
      endedBecause: null,
      endingSince: null,
      endedAt: null,
      evidence: null,
      failure: null,
      attempts: 0,
      silencedAt: null,
    };
    work.write(work.queries.insert(grants).values(grant));
    work.audit({
      kind: 'grant.scheduled',
      outcome: 'success',
      subject: row.requester,
      entitlement: terms.id,
      account: terms.account.id,
      request: row.id,
      grant: id,
      rule,
      catalogVersion: row.catalogVersion,
      details: { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
    });
    // Where nothing is to be made outside, nothing is to be taken away on time either: a sweep records the end.
    if (await activateAtOnce(work, grant)) continue;
    await work.enqueue('grant.activate', { grantId: id }, { at: startsAt });
    await work.enqueue('grant.end', { grantId: id }, { at: endsAt });
  }
}
