import { and, asc, eq, gt, lte } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import type { ApprovalsDeps } from './deps.ts';
import { eachDue } from './each-due.ts';
import { expireRequest } from './expire-request.ts';

/**
 * Expires every request that is due. One that cannot be expired holds up no other.
 * @returns how many expired
 * @throws AggregateError, after the rest is done, with what went wrong
 */
export async function sweepRequests(
  deps: Pick<ApprovalsDeps, 'db' | 'transact' | 'clock' | 'notify'>,
): Promise<number> {
  const due = deps.clock();
  return eachDue(
    (after, most) =>
      deps.db
        .select({ id: requests.id })
        .from(requests)
        .where(and(eq(requests.state, 'pending'), lte(requests.expiresAt, due), gt(requests.id, after)))
        .orderBy(asc(requests.id))
        .limit(most),
    (id) => expireRequest(deps, { requestId: id }),
    'due requests could not be expired',
  );
}
