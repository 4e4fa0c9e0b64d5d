import { systemContext } from '../audit/event.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { breakGlassNow, everyFollowUpWho } from '../catalog/break-glass.ts';
import { and, asc, eq, gt, lte, or } from '../db/drizzle.ts';
import { followUps, requests } from '../db/schema.ts';
import type { BreakGlassDeps } from './break-glass-deps.ts';
import { eachDue } from './each-due.ts';
import { followUpRule } from './follow-up-rights.ts';
import { type StoredFollowUp, usedOf } from './follow-up-view.ts';
import type { FollowUpRow } from './follow-ups-owed.ts';
import { peopleTold } from './people-told.ts';
import { findRequests } from './stored-request.ts';

const againAfterMs = 86_400_000;

/**
 * Marks every follow-up overdue that is due, and tells the people who may look at it and the operators; again every day for as long
 * as nobody has. One that cannot be marked holds up no other.
 * @returns how many became overdue
 * @throws AggregateError, after the rest is done, with what went wrong
 */
export async function sweepFollowUps(deps: BreakGlassDeps): Promise<number> {
  const now = deps.clock();
  return eachDue(
    (after, most) =>
      deps.db
        .select({ id: followUps.id })
        .from(followUps)
        .where(
          and(
            gt(followUps.id, after),
            or(
              and(eq(followUps.state, 'owed'), lte(followUps.dueAt, now)),
              and(
                eq(followUps.state, 'overdue'),
                lte(followUps.toldAt, new Date(now.getTime() - againAfterMs)),
              ),
            ),
          ),
        )
        .orderBy(asc(followUps.id))
        .limit(most),
    (id) => remind(deps, id),
    'overdue follow-ups could not be told of',
  );
}

/** Safe to run at any moment and any number of times. Returns whether it became overdue now. */
async function remind(deps: BreakGlassDeps, id: string): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const [row] = await work.queries.select().from(followUps).where(eq(followUps.id, id)).for('update');
    const now = work.now;
    const becomes = row?.state === 'owed' && row.dueAt <= now;
    const again =
      row?.state === 'overdue' &&
      (row.toldAt === null || now.getTime() - row.toldAt.getTime() >= againAfterMs);
    if (row === undefined || !(becomes || again)) return false;
    const [request] = await findRequests(work.queries, eq(requests.id, row.requestId));
    if (request === undefined) throw new Error(`follow-up ${id} is about nothing`);
    if (becomes) markOverdue(work, { row, request });
    else work.write(work.queries.update(followUps).set({ toldAt: now }).where(eq(followUps.id, id)));
    await tell(deps, work, { row, request });
    return becomes;
  });
}

function markOverdue(work: Work, { row, request }: StoredFollowUp): void {
  const change = { state: 'overdue', overdueAt: work.now, toldAt: work.now } as const;
  work.write(work.queries.update(followUps).set(change).where(eq(followUps.id, row.id)));
  work.audit({
    kind: 'followup.overdue',
    outcome: 'failure',
    subject: row.owedBy,
    entitlement: row.entitlement,
    account: usedOf({ row, request }).terms.account.id,
    request: row.requestId,
    rule: followUpRule(row.entitlement),
    catalogVersion: request.row.catalogVersion,
    details: { followUp: row.id, dueAt: row.dueAt.toISOString() },
  });
}

async function tell(
  { catalog, onCall, notify, operatorsGroup }: BreakGlassDeps,
  work: Work,
  stored: { readonly row: FollowUpRow; readonly request: StoredFollowUp['request'] },
): Promise<void> {
  const { id, requestId, entitlement, owedBy, createdAt, dueAt } = stored.row;
  const { terms, manager } = usedOf(stored);
  const breakGlass = breakGlassNow(terms, catalog());
  const whos = breakGlass === undefined ? [] : everyFollowUpWho(breakGlass);
  const people = await peopleTold(
    work.queries,
    { whos, manager, groups: [operatorsGroup], except: owedBy },
    onCall(),
  );
  notify(work, {
    kind: 'follow-up.overdue',
    request: requestId,
    people,
    body: {
      followUp: id,
      entitlement,
      person: owedBy,
      usedAt: createdAt.toISOString(),
      dueAt: dueAt.toISOString(),
    },
  });
}
