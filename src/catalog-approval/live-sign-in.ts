import type { Work } from '../audit/unit-of-work.ts';
import { and, eq, gt, isNull } from '../db/drizzle.ts';
import { people, signIns } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';

/** A call may have been under way when its sign-in was ended. Throws Refusal unauthenticated. */
export async function requireLiveSignIn(work: Work, caller: Caller): Promise<void> {
  const live = await work.queries
    .select({ id: signIns.id })
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
  if (live.length === 0) throw new Refusal('unauthenticated', 'Your sign-in has ended. Sign in again.');
}
