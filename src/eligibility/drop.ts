import type { Work } from '../audit/unit-of-work.ts';
import { and, eq, isNull } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import { eligibilityDrops } from '../db/schema.ts';
import type { ReviewRow } from './deps.ts';

/** From now on these people may not ask for it. Who was dropped before stays so, since then. Nothing that lives is cut. */
export async function drop(
  work: Work,
  { id: reviewId, entitlement }: Pick<ReviewRow, 'id' | 'entitlement'>,
  ids: readonly string[],
): Promise<void> {
  await work.queries
    .insert(eligibilityDrops)
    .values(
      ids.map((personId) => ({
        id: newId('eld', work.now),
        entitlement,
        personId,
        reviewId,
        since: work.now,
      })),
    )
    .onConflictDoNothing();
}

/** This person may ask for it again, where the rules let them. */
export async function keep(
  work: Work,
  { id: reviewId, entitlement }: Pick<ReviewRow, 'id' | 'entitlement'>,
  personId: string,
): Promise<void> {
  await work.queries
    .update(eligibilityDrops)
    .set({ endedAt: work.now, endedByReview: reviewId })
    .where(
      and(
        eq(eligibilityDrops.entitlement, entitlement),
        eq(eligibilityDrops.personId, personId),
        isNull(eligibilityDrops.endedAt),
      ),
    );
}
