import { lt } from '../db/drizzle.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import { authorizationCodes, signInAttempts } from '../db/schema.ts';

// Used codes are kept for a day: a second use of one is a sign of theft and must still be recognised.
const keepCodesMs = 86_400_000;

/** Removes sign-ins that were begun and never finished, and authorization codes long past. */
export async function sweepSignIns(deps: { readonly db: Database; readonly clock: Clock }): Promise<void> {
  const now = deps.clock();
  await deps.db.delete(signInAttempts).where(lt(signInAttempts.expiresAt, now));
  await deps.db
    .delete(authorizationCodes)
    .where(lt(authorizationCodes.expiresAt, new Date(now.getTime() - keepCodesMs)));
}
