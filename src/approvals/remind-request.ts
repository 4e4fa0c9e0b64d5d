import { systemContext } from '../audit/event.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { whoText } from '../catalog/steps.ts';
import { eq } from '../db/drizzle.ts';
import { requestEscalations, requestReminders, requests } from '../db/schema.ts';
import { peopleFor, wanted } from './approvers.ts';
import type { ApprovalsDeps } from './deps.ts';
import { loadFacts } from './load.ts';
import { tally } from './quorum.ts';
import { type Escalating, escalating, isTooLate, lookEvery, mayEscalate, nextReminder } from './reminders.ts';
import { isOpen } from './rights.ts';
import { askedOf, findRequests, roundOf } from './stored-request.ts';
import type { RequestFacts } from './view.ts';
import type { Moment } from './waiting.ts';

/**
 * Calls a pending request to mind, and asks more people where a step has waited for so long, as far as either is due. Safe to
 * run at any moment, any number of times and by several at once: one that somebody else holds is left to them.
 * @returns whether anybody was told anything
 */
export async function remindRequest(
  deps: Pick<ApprovalsDeps, 'transact' | 'catalog' | 'onCall' | 'notify'>,
  { requestId }: { readonly requestId: string },
): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const [locked] = await work.queries
      .select({ id: requests.id })
      .from(requests)
      .where(eq(requests.id, requestId))
      .for('update', { skipLocked: true });
    if (locked === undefined) return false;
    const [[request], [kept], told] = await Promise.all([
      findRequests(work.queries, eq(requests.id, requestId)),
      work.queries.select().from(requestReminders).where(eq(requestReminders.requestId, requestId)),
      work.queries.select().from(requestEscalations).where(eq(requestEscalations.requestId, requestId)),
    ]);
    const { now } = work;
    if (request === undefined || !isOpen(askedOf(request), now)) return false;
    if (kept !== undefined && kept.nextLookAt > now) return false;
    const moment = { catalog: deps.catalog(), now, onCall: deps.onCall() };
    const [facts] = await loadFacts(work.queries, [request], moment);
    if (facts === undefined) return false;

    const tallies = tally(roundOf(request), facts.approvals);
    const known = new Set(told.map(({ entitlement, step }) => `${entitlement} ${step}`));
    const isKnown = (entitlement: string, step: string) => known.has(`${entitlement} ${step}`);
    const steps = escalating(tallies).filter(({ entitlement, step }) => !isKnown(entitlement, step.name));
    const due = steps.filter(({ dueAt }) => dueAt <= now);
    await escalate(deps, work, facts, due, moment);
    for (const { entitlement, step } of due) known.add(`${entitlement} ${step.name}`);

    const { row } = request;
    let reminded = kept?.reminded ?? 0;
    let next = kept === undefined ? nextReminder(row, 0, row.createdAt) : kept.nextReminderAt;
    const remindNow = next !== null && next <= now;
    if (remindNow) {
      if (!isTooLate(row, now) && remind(deps, work, facts, reminded + 1)) reminded += 1;
      next = nextReminder(row, reminded, now);
    }
    const looks = [
      ...(next === null ? [] : [next.getTime()]),
      ...steps.filter(({ dueAt }) => dueAt > now).map(({ dueAt }) => dueAt.getTime()),
      ...(mayEscalate(tallies, isKnown) ? [now.getTime() + lookEvery] : []),
      row.expiresAt.getTime(),
    ];
    const state = { reminded, nextReminderAt: next, nextLookAt: new Date(Math.min(...looks)) };
    work.write(
      work.queries
        .insert(requestReminders)
        .values({ requestId, ...state })
        .onConflictDoUpdate({ target: requestReminders.requestId, set: state }),
    );
    return due.length > 0 || reminded !== (kept?.reminded ?? 0);
  });
}

/** Tells those whose answer is missing: who was asked back, or who could answer now. False when there is nobody to tell. */
function remind(
  { notify }: Pick<ApprovalsDeps, 'notify'>,
  work: Work,
  { request: { row }, question, waiting }: RequestFacts,
  times: number,
): boolean {
  const waitingFor = waiting?.waitingFor ?? [];
  const asked = question !== null;
  const people = asked
    ? [row.requester, row.askedBy]
    : waitingFor.flatMap((step) => step.people.map(({ id }) => id));
  const told = [...new Set(people)];
  if (told.length === 0) return false;
  const steps = waitingFor.map(({ entitlement, step }) => `${entitlement}: ${step}`);
  const facts = { times, waitsFor: asked ? 'answer to a question' : 'approval', steps };
  work.audit({
    kind: 'request.reminded',
    outcome: 'success',
    subject: row.requester,
    request: row.id,
    catalogVersion: row.catalogVersion,
    details: { ...facts, people: told.length },
  });
  notify(work, {
    kind: 'request.reminder',
    request: row.id,
    people: told,
    body: { ...facts, expiresAt: row.expiresAt.toISOString() },
  });
  return true;
}

/** Tells those whom each of these steps asks from now on besides. */
async function escalate(
  { notify }: Pick<ApprovalsDeps, 'notify'>,
  work: Work,
  { request, reviews }: RequestFacts,
  due: readonly Escalating[],
  { onCall }: Moment,
): Promise<void> {
  const whos = due.map(({ step }) => step.escalate?.who ?? {});
  const found = await peopleFor(
    work.queries,
    whos.map((who) => wanted(who, request.manager, onCall)),
  );
  const { row, content } = request;
  const answered = reviews
    .filter(({ withdrawnAt }) => withdrawnAt === null)
    .flatMap(({ reviewer, onBehalfOf }) => [reviewer.id, ...(onBehalfOf === null ? [] : [onBehalfOf.id])]);
  const out = new Set([row.requester, row.askedBy, ...answered]);
  for (const [place, { entitlement, step, rule, since }] of due.entries()) {
    const people = (found[place] ?? []).map(({ id }) => id).filter((id) => !out.has(id));
    const facts = { step: step.name, whom: whoText(whos[place] ?? {}), since: since?.toISOString() ?? null };
    const account = content.entitlements.find(({ id }) => id === entitlement)?.account.id;
    work.write(
      work.queries
        .insert(requestEscalations)
        .values({ requestId: row.id, entitlement, step: step.name, escalatedAt: work.now }),
    );
    work.audit({
      kind: 'request.escalated',
      outcome: 'success',
      subject: row.requester,
      request: row.id,
      entitlement,
      ...(account === undefined ? {} : { account }),
      rule,
      catalogVersion: row.catalogVersion,
      details: { ...facts, people: people.length },
    });
    // Nobody known is still an escalation: the record says that nobody was there.
    if (people.length === 0) continue;
    const body = { ...facts, entitlement, expiresAt: row.expiresAt.toISOString() };
    notify(work, { kind: 'request.escalated', request: row.id, people, body });
  }
}
