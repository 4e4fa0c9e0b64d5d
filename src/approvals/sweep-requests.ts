import { and, asc, eq, gt, lte } from '../db/drizzle.ts';
import { requests } from '../db/schema.ts';
import type { ApprovalsDeps } from './deps.ts';
import { expireRequest } from './expire-request.ts';

const batch = 200;

/**
 * Expires every request that is due. One that cannot be expired holds up no other.
 * @returns how many expired
 * @throws AggregateError, after the rest is done, with what went wrong
 */
export async function sweepRequests(
  deps: Pick<ApprovalsDeps, 'db' | 'transact' | 'clock' | 'notify'>,
): Promise<number> {
  const due = deps.clock();
  const errors: unknown[] = [];
  let expired = 0;
  for (let after = ''; ; ) {
    const rows = await deps.db
      .select({ id: requests.id })
      .from(requests)
      .where(and(eq(requests.state, 'pending'), lte(requests.expiresAt, due), gt(requests.id, after)))
      .orderBy(asc(requests.id))
      .limit(batch);
    for (const { id } of rows) {
      try {
        if (await expireRequest(deps, { requestId: id })) expired += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) break;
    after = last.id;
  }
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} due requests could not be expired`);
  return expired;
}
