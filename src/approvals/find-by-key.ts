import { and, eq } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import type { RequestRow } from './lock.ts';

/** What the caller has asked for under an idempotency key. */
export async function findByKey(
  queries: Pick<Queries, 'select'>,
  caller: Caller,
  key: string,
): Promise<RequestRow | undefined> {
  const rows = await queries
    .select()
    .from(requests)
    .where(and(eq(requests.askedBy, caller.personId), eq(requests.idempotencyKey, key)));
  return rows[0];
}
