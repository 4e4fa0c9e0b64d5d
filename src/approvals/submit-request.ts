import { asc, eq } from '../db/drizzle.ts';
import type { Catalog } from '../catalog/types.ts';
import type { JsonObject } from '../audit/leaf.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { requestEntitlements, requests, requestVersions } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { admit } from './admit.ts';
import { type Around, aroundOf, requireNotHeld } from './around.ts';
import { personRef, withColleague } from './colleague.ts';
import { type Ask, asksFor, entitlementIds, makeContent, type RequestContent } from './content.ts';
import { decide } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { requestDigest } from './digest.ts';
import { requireExtendable } from './extendable.ts';
import { findByKey } from './find-by-key.ts';
import { newFacts } from './load.ts';
import { holdPeople } from './lock.ts';
import type { OnCallNow } from './on-call.ts';
import { quorumReached, tally } from './quorum.ts';
import type { Viewer } from './rights.ts';
import { type AskedFacts, askedHow, routeOf } from './rule-facts.ts';
import { findRequests, roundOf, storedRequest } from './stored-request.ts';
import { checkedAsk, checkedKey, type SubmitInput } from './submission.ts';
import { tellSubmitted } from './tell.ts';
import { unansweredUntil } from './unanswered.ts';
import { type RequestView, toView } from './view.ts';
import { viewOf } from './view-of.ts';
import { viewerOf } from './viewer.ts';
import { requireVouched, vouchForTicket } from './vouch-for-ticket.ts';

/** The request as submitted, with what the caller should know besides. */
export interface SubmittedView extends Omit<RequestView, 'id'>, Around {
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
 * not_possible while a ticket cannot be validated; idempotency_mismatch when the key was used with another body; conflict, with
 * `overlaps` and `pendingSame`, where it is held already and was not to be asked for then.
 */
export async function submitRequest(
  deps: ApprovalsDeps,
  caller: Caller,
  input: SubmitInput,
): Promise<SubmittedView> {
  const written = checkedAsk(input);
  const key = input.dryRun === true ? null : checkedKey(input.idempotencyKey);
  const vouched = await vouchForTicket(deps, caller, written, key);
  return deps.transact(caller.context, async (work) => {
    const catalog = deps.catalog();
    const onCall = deps.onCall();
    const ask = await withColleague(work.queries, written);
    const [earlier, people] = await Promise.all([
      key === null ? undefined : findByKey(work.queries, caller, key),
      holdPeople(work, catalog, ask.for === null ? [caller.personId] : [caller.personId, ask.for]),
    ]);
    const viewer = await viewerOf(work.queries, { catalog, now: work.now, onCall }, caller);
    if (earlier !== undefined) return replay(work, caller, catalog, viewer, onCall, earlier, ask);
    const admitted = admit(catalog, caller, viewer, ask, people, work.now);
    const { entitlements, bundles, requester } = admitted;
    requireVouched(ask, admitted, vouched);
    const extended = ask.extends === null ? null : await requireExtendable(work, caller, ask, entitlements);

    const asked = askedHow(caller, work.now);
    const facts: AskedFacts = {
      requester,
      moment: { catalog, now: work.now, onCall },
      ask: { ...ask, extends: extended },
      asked,
    };
    const content = makeContent(requester.personId, ask, entitlements, {
      askedBy: caller.personId,
      bundles,
      extended,
      ...routeOf(entitlements, facts, catalog.version),
    });
    const row = toRow(content, asked, catalog, key, work.now);
    const request = storedRequest(row, people);
    const askedBy = { id: caller.personId, name: caller.name };
    const named = ask.for === null ? askedBy : await personRef(work.queries, requester.personId);
    const [inserted, seen, around] = await Promise.all([
      input.dryRun === true ? true : insert(work, row),
      newFacts(work.queries, request, { requester: named, askedBy, person: requester }, facts.moment),
      aroundOf(work.queries, caller, request, work.now),
    ]);
    const made = { ...toView(seen, catalog, viewer, work.now), ...around, replayed: false };
    if (input.dryRun === true) return { ...made, id: null };
    if (!inserted) {
      // The same key came in at the same moment, and the other one was first.
      const winner = key === null ? undefined : await findByKey(work.queries, caller, key);
      if (winner === undefined) throw new Error(`request ${row.id} was neither inserted nor there before`);
      return replay(work, caller, catalog, viewer, onCall, winner, ask);
    }
    if (input.unlessHeld === true) requireNotHeld(around);
    record(work, row);
    tellSubmitted(deps, work, row, made);
    if (!quorumReached(tally(roundOf(request), []))) return made;
    // Rules approve all of it: nobody is asked.
    const rule = Object.values(content.byRule ?? {}).join(', ');
    const after = await decide(deps, work, row, content, 'rule', rule);
    return { ...made, ...(await viewOf(work, { ...request, row: after }, catalog, viewer, onCall)) };
  });
}

/** The request that came before, as it is now. Throws Refusal idempotency_mismatch when it is another one. */
export async function replay(
  work: Work,
  caller: Caller,
  catalog: Catalog,
  viewer: Viewer,
  onCall: OnCallNow,
  row: Row,
  ask: Ask,
): Promise<SubmittedView> {
  if (!asksFor(firstContent(row, await versionsOf(work, row)), ask)) {
    throw new Refusal(
      'idempotency_mismatch',
      'This idempotency key was used for a different request: use a new key.',
    );
  }
  const [request] = await findRequests(work.queries, eq(requests.id, row.id));
  if (request === undefined) throw new Error(`request ${row.id} is gone`);
  const around = await aroundOf(work.queries, caller, request, work.now);
  return { ...(await viewOf(work, request, catalog, viewer, onCall)), ...around, replayed: true };
}

/** What it asked for before anybody took anything away. */
async function versionsOf(work: Work, row: Row): Promise<readonly unknown[]> {
  const rows = await work.queries
    .select({ content: requestVersions.content })
    .from(requestVersions)
    .where(eq(requestVersions.requestId, row.id))
    .orderBy(asc(requestVersions.narrowedAt))
    .limit(1);
  return rows.map(({ content }) => content);
}

function firstContent(row: Row, versions: readonly unknown[]): RequestContent {
  return (versions[0] ?? row.content) as RequestContent;
}

/** The row of a request that nobody has answered yet. */
export function toRow(
  content: RequestContent,
  asked: AskedFacts['asked'],
  catalog: Catalog,
  key: string | null,
  now: Date,
): Row {
  return {
    id: newId('req', now),
    requester: content.who,
    askedBy: content.askedBy ?? content.who,
    ...asked,
    basis: null,
    content,
    digest: requestDigest(content),
    catalogVersion: catalog.version,
    state: 'pending',
    priorState: 'new',
    idempotencyKey: key,
    createdAt: now,
    expiresAt: unansweredUntil(content, now),
    decidedAt: null,
  };
}

/** False when there is one with its key. */
export async function insert(work: Work, row: Row): Promise<boolean> {
  const inserted = await work.queries
    .insert(requests)
    .values(row)
    .onConflictDoNothing({ target: [requests.askedBy, requests.idempotencyKey] })
    .returning({ id: requests.id });
  return inserted.length > 0;
}

/** Writes what goes with a new request. @param part of the rules that let it be asked for */
export function record(work: Work, row: Row, part = 'ask.groups'): void {
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
    rule: ids.map((id) => `${id}#${part}`).join(', '),
    catalogVersion: row.catalogVersion,
    details: {
      digest: row.digest,
      entitlements: ids,
      ...choicesIn(content),
      ...(content.askedBy === undefined ? {} : { askedBy: content.askedBy }),
      ...(content.byRule === undefined ? {} : { byRule: { ...content.byRule } }),
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
