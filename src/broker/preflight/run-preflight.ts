import { notFound } from '../../refusal.ts';
import type { PreflightDeps } from './deps.ts';
import { offersOf } from './offers.ts';
import type { Preflight } from './preflight.ts';

/** What the edge works with. */
export type PreflightService = Pick<PreflightDeps, 'db' | 'catalog' | 'clock'> & {
  readonly preflight: Preflight;
};

/** What POST waits for at most, in milliseconds: less than a call may take. */
const patienceMs = 9_000;

/**
 * Looks now, at everything or at the account of one entitlement, whichever replica comes first. Waits a few seconds for it.
 * Throws Refusal not_found for an entitlement that the catalog has not.
 */
export async function runPreflight(
  deps: PreflightService,
  { entitlement }: { readonly entitlement?: string | undefined },
): Promise<{ readonly startedAt: string; readonly finished: boolean }> {
  const catalog = deps.catalog();
  const startedAt = deps.clock().toISOString();
  const accounts: string[] = [];
  if (entitlement === undefined) accounts.push(...offersOf(catalog).keys());
  else {
    const one = catalog.entitlements.get(entitlement);
    if (one === undefined) throw notFound('entitlement');
    accounts.push(one.target.accountId);
  }
  return { startedAt, finished: await deps.preflight.lookNow(accounts, patienceMs) };
}
