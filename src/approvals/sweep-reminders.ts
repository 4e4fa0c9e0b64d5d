import { and, asc, eq, gt, isNull, lte, or } from '../db/drizzle.ts';
import { requestReminders, requests } from '../db/schema.ts';
import type { ApprovalsDeps } from './deps.ts';
import { eachDue } from './each-due.ts';
import { remindRequest } from './remind-request.ts';
import { lookEvery } from './reminders.ts';

/**
 * Looks at every pending request of which something may be due: a reminder, or more people to ask. A new one is looked at after
 * a minute: most are answered by then. One that fails holds up no other.
 * @returns of how many somebody was told
 * @throws AggregateError, after the rest is done, with what went wrong
 */
export async function sweepReminders(
  deps: Pick<ApprovalsDeps, 'db' | 'transact' | 'clock' | 'catalog' | 'onCall' | 'notify'>,
): Promise<number> {
  const now = deps.clock();
  return eachDue(
    (after, most) =>
      deps.db
        .select({ id: requests.id })
        .from(requests)
        .leftJoin(requestReminders, eq(requestReminders.requestId, requests.id))
        .where(
          and(
            eq(requests.state, 'pending'),
            gt(requests.expiresAt, now),
            or(
              lte(requestReminders.nextLookAt, now),
              and(
                isNull(requestReminders.requestId),
                lte(requests.createdAt, new Date(now.getTime() - lookEvery)),
              ),
            ),
            gt(requests.id, after),
          ),
        )
        .orderBy(asc(requests.id))
        .limit(most),
    (id) => remindRequest(deps, { requestId: id }),
    'requests could not be called to mind',
  );
}
