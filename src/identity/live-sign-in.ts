import type { Work } from '../audit/unit-of-work.ts';
import { and, eq, gt, isNull } from '../db/drizzle.ts';
import { people, signIns } from '../db/schema.ts';
import type { Caller } from './caller.ts';
import { Refusal } from '../refusal.ts';

/**
 * A call may have been under way when its sign-in was ended. The sign-in and its person are held until the transaction ends.
 * @param since it must not be older than that
 * @throws Refusal unauthenticated
 */
export async function requireLiveSignIn(work: Work, caller: Caller, since?: Date): Promise<void> {
  const [live] = await work.queries
    .select({ createdAt: signIns.createdAt })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .where(
      and(
        eq(signIns.id, caller.signInId),
        eq(signIns.personId, caller.personId),
        isNull(signIns.revokedAt),
        gt(signIns.expiresAt, work.now),
        isNull(people.deactivatedAt),
      ),
    )
    .for('share');
  if (live === undefined || (since !== undefined && live.createdAt < since)) {
    throw new Refusal('unauthenticated', 'Your sign-in has ended. Sign in again.');
  }
}
