import { and, eq } from '../db/drizzle.ts';
import type { Catalog } from '../catalog/types.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { requestEntitlements, requests } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type Ask, asksFor, entitlementIds, makeContent, type RequestContent } from './content.ts';
import type { ApprovalsDeps } from './deps.ts';
import { requestDigest } from './digest.ts';
import { expandAsk } from './expand.ts';
import { requireExtendable } from './extendable.ts';
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
 * Throws Refusal: invalid_input, also for choices that do not fit; not_found for entitlements and bundles that do not exist or
 * are hidden, alike; forbidden, naming the rule, for those the caller may see and not ask for; insufficient_assurance;
 * idempotency_mismatch when the key was used with another body.
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
    const { entitlements, bundles } = expandAsk(catalog, caller, ask);
    requireWithinTerms(ask, entitlements);
    requireStartInReach(ask.startAt, work.now);
    const extended = ask.extends === null ? null : await requireExtendable(work, caller, ask, entitlements);
    for (const { id, account, assurance } of entitlements) {
      requireAssurance(caller, assurance.ask, work.now, {
        rule: `${id}#assurance.ask`,
        entitlement: id,
        account: account.id,
        catalogVersion: catalog.version,
      });
    }

    const content = makeContent(caller.personId, ask, entitlements, bundles, extended);
    const row = toRow(content, catalog, key, work.now);
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

function toRow(content: RequestContent, catalog: Catalog, key: string | null, now: Date): Row {
  const answerWithin = Math.min(...content.entitlements.map((terms) => terms.requestExpiresSeconds));
  const unanswered = now.getTime() + answerWithin * 1000;
  // Once the window that was asked for, or the grant that was to end later, is over, there is nothing left to approve.
  const over =
    content.startAt === null
      ? Date.parse(content.extends?.from ?? '') || Infinity
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
      ...choicesIn(content),
      ...(content.extends === undefined ? {} : { extends: content.extends.grant }),
      durationSeconds: content.durationSeconds,
      startAt: content.startAt,
    },
    personal: {
      reason: content.reason,
      ...(content.ticket === null ? {} : { ticket: content.ticket }),
    },
  });
}

/** What was picked, by name; the values are part of the digest. */
function choicesIn({ entitlements, bundles = [] }: RequestContent): JsonObject {
  const picked = entitlements.flatMap(({ id, choice }) =>
    choice === undefined ? [] : [`${id}:${choice.name}`],
  );
  return {
    ...(picked.length === 0 ? {} : { choices: picked }),
    ...(bundles.length === 0 ? {} : { bundles: bundles.map(({ name }) => name) }),
  };
}

async function view(work: Work, catalog: Catalog, caller: Caller, row: Row): Promise<RequestView> {
  const [facts] = await loadFacts(work.queries, catalog, [row], work.now);
  if (facts === undefined) throw new Error('a request must be loaded to be shown');
  return toView(facts, catalog, viewerOf(caller), work.now);
}
