import { and, eq } from '../db/drizzle.ts';
import { mayAsk, isVisible } from '../catalog/evaluate.ts';
import type { Catalog, Entitlement } from '../catalog/types.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { requestEntitlements, requests } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { unseen } from './unseen.ts';
import { type Ask, asksFor, entitlementIds, makeContent, type RequestContent } from './content.ts';
import type { ApprovalsDeps } from './deps.ts';
import { requestDigest } from './digest.ts';
import { loadFacts, newFacts } from './load.ts';
import { holdPeople } from './lock.ts';
import {
  checkedAsk,
  checkedKey,
  requireStartInReach,
  requireWithinTerms,
  type SubmitInput,
} from './submission.ts';
import { type RequestView, toView } from './view.ts';
import { viewerOf } from './viewer.ts';

/** The request as submitted. */
export interface SubmittedView extends Omit<RequestView, 'id'> {
  /** Null in a dry run: nothing was made. */
  readonly id: string | null;
  /** True when the same body had come under the same key before: this is that request, not a new one. */
  readonly replayed: boolean;
}

type Row = typeof requests.$inferSelect;

/**
 * Asks for entitlements.
 * Throws Refusal: invalid_input; not_found for entitlements that do not exist or are hidden, alike; forbidden, naming the
 * rule, for those the caller may see and not ask for; insufficient_assurance; idempotency_mismatch when the key was used
 * with another body.
 */
export async function submitRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: SubmitInput,
): Promise<SubmittedView> {
  const ask = checkedAsk(input);
  const key = input.dryRun === true ? null : checkedKey(input.idempotencyKey);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const [earlier, people] = await Promise.all([
      key === null ? undefined : findByKey(work, caller, key),
      holdPeople(work.queries, [caller.personId]),
    ]);
    if (earlier !== undefined) return replay(work, catalog, caller, earlier, ask);
    if (people.get(caller.personId)?.active !== true) {
      throw new Refusal('forbidden', 'Your account is no longer active.');
    }
    const entitlements = allowed(catalog, caller, ask.entitlements);
    requireWithinTerms(ask, entitlements);
    requireStartInReach(ask.startAt, work.now);
    for (const { id, account, assurance } of entitlements) {
      requireAssurance(caller, assurance.ask, work.now, {
        rule: `${id}#assurance.ask`,
        entitlement: id,
        account: account.id,
        catalogVersion: catalog.version,
      });
    }

    const row = toRow(makeContent(caller.personId, ask, entitlements), catalog, key, work.now);
    const [inserted, facts] = await Promise.all([
      input.dryRun === true ? true : insert(work, row),
      newFacts(work.queries, catalog, row, { id: caller.personId, name: caller.name }),
    ]);
    const made = toView(facts, catalog, viewerOf(caller), work.now);
    if (input.dryRun === true) return { ...made, id: null, replayed: false };
    if (inserted) {
      record(work, row);
      return { ...made, replayed: false };
    }
    // The same key came in at the same moment, and the other one was first.
    const winner = key === null ? undefined : await findByKey(work, caller, key);
    if (winner === undefined) throw new Error(`request ${row.id} was neither inserted nor there before`);
    return replay(work, catalog, caller, winner, ask);
  });
}

async function findByKey(work: Work, caller: Caller, key: string): Promise<Row | undefined> {
  const rows = await work.queries
    .select()
    .from(requests)
    .where(and(eq(requests.requester, caller.personId), eq(requests.idempotencyKey, key)));
  return rows[0];
}

async function replay(
  work: Work,
  catalog: Catalog,
  caller: Caller,
  row: Row,
  ask: Ask,
): Promise<SubmittedView> {
  if (!asksFor(row.content as RequestContent, ask)) {
    throw new Refusal(
      'idempotency_mismatch',
      'This idempotency key was used for a different request: use a new key.',
    );
  }
  return { ...(await view(work, catalog, caller, row)), replayed: true };
}

/** What is asked for, once all of it may be: first everything must be visible, then allowed. */
function allowed(catalog: Catalog, caller: Caller, ids: readonly string[]): Entitlement[] {
  const entitlements = ids.map((id) => {
    const entitlement = catalog.entitlements.get(id);
    if (entitlement === undefined || !isVisible(entitlement, caller)) {
      throw notFound('entitlement', { entitlements: ids, ...unseen(catalog, caller, entitlement) });
    }
    return entitlement;
  });
  for (const entitlement of entitlements) {
    const decision = mayAsk(entitlement, caller);
    if (!decision.allowed) {
      throw new Refusal(
        'forbidden',
        `You may not ask for ${entitlement.id}: ${decision.rule} says who may, and you are ${decision.reason}.`,
        { rule: decision.rule, entitlement: entitlement.id, catalogVersion: catalog.version },
        { entitlements: ids, account: entitlement.account.id },
      );
    }
  }
  return entitlements;
}

function toRow(content: RequestContent, catalog: Catalog, key: string | null, now: Date): Row {
  const answerWithin = Math.min(...content.entitlements.map((terms) => terms.requestExpiresSeconds));
  const unanswered = now.getTime() + answerWithin * 1000;
  // Once the window that was asked for is over, there is nothing left to approve.
  const over =
    content.startAt === null
      ? Infinity
      : new Date(content.startAt).getTime() + content.durationSeconds * 1000;
  return {
    id: newId('req', now),
    requester: content.who,
    content,
    digest: requestDigest(content),
    catalogVersion: catalog.version,
    state: 'pending',
    priorState: 'new',
    idempotencyKey: key,
    createdAt: now,
    expiresAt: new Date(Math.min(unanswered, over)),
    decidedAt: null,
  };
}

/** False when there is one with its key. */
async function insert(work: Work, row: Row): Promise<boolean> {
  const inserted = await work.queries
    .insert(requests)
    .values(row)
    .onConflictDoNothing({ target: [requests.requester, requests.idempotencyKey] })
    .returning({ id: requests.id });
  return inserted.length > 0;
}

function record(work: Work, row: Row): void {
  const content = row.content as RequestContent;
  const ids = entitlementIds(content);
  work.write(
    work.queries
      .insert(requestEntitlements)
      .values(ids.map((entitlement) => ({ requestId: row.id, entitlement }))),
  );
  const only = content.entitlements.length === 1 ? content.entitlements[0] : undefined;
  work.audit({
    kind: 'request.submitted',
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    ...(only === undefined ? {} : { entitlement: only.id, account: only.account.id }),
    rule: ids.map((id) => `${id}#ask.groups`).join(', '),
    catalogVersion: row.catalogVersion,
    details: {
      digest: row.digest,
      entitlements: ids,
      durationSeconds: content.durationSeconds,
      startAt: content.startAt,
    },
    personal: {
      reason: content.reason,
      ...(content.ticket === null ? {} : { ticket: content.ticket }),
    },
  });
}

async function view(work: Work, catalog: Catalog, caller: Caller, row: Row): Promise<RequestView> {
  const [facts] = await loadFacts(work.queries, catalog, [row], work.now);
  if (facts === undefined) throw new Error('a request must be loaded to be shown');
  return toView(facts, catalog, viewerOf(caller), work.now);
}
