import type { Work } from '../audit/unit-of-work.ts';
import { asc, eq, inArray } from '../db/drizzle.ts';
import { eligibilityReviews, people } from '../db/schema.ts';
import type { ReviewRow } from './deps.ts';

/** A review's row, locked until the transaction ends: of answers and closing one comes after the other. */
export async function lockReview(work: Work, id: string): Promise<ReviewRow | undefined> {
  const [row] = await work.queries
    .select()
    .from(eligibilityReviews)
    .where(eq(eligibilityReviews.id, id))
    .for('update');
  return row;
}

/**
 * Waits for decisions that rest on the standing of these people, and keeps others from being made until the transaction ends.
 * Whoever is dropped is dropped after the one, and before the other.
 */
export async function lockStandings(work: Work, ids: readonly string[]): Promise<void> {
  await work.queries
    .select({ id: people.id })
    .from(people)
    .where(inArray(people.id, [...ids]))
    .orderBy(asc(people.id))
    .for('no key update');
}
