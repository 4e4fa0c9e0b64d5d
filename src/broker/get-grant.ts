import type { Queries } from '../db/pool.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { BrokerDeps } from './deps.ts';
import { type Access, accessOf, type GrantView, grantId, selectGrants, toView } from './view.ts';

/** One grant. Throws Refusal not_found for one that does not exist, and alike for one that is not the caller's to see. */
export async function getGrant(
  deps: Pick<BrokerDeps, 'db' | 'clock' | 'endableBy'>,
  caller: Caller,
  input: { readonly grantId: string },
): Promise<GrantView> {
  return readView(deps.db, await accessOf(deps, deps.db, caller), input.grantId);
}

/** The same, within a transaction or without. */
export async function readView(queries: Queries, access: Access, id: string): Promise<GrantView> {
  const [found] = await selectGrants(queries, access, [grantId(id)], 1);
  if (found === undefined) throw notFound('grant');
  return toView(found);
}
