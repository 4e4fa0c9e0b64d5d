import { and, eq, isNull, lte, notInArray, or, sql } from '../db/drizzle.ts';
import { eligibilityReviews, eligibilityRhythms } from '../db/schema.ts';
import { closeReview } from './close-review.ts';
import { type EligibilityDeps, isReviewed, type Reviewed } from './deps.ts';
import { openReview } from './open-review.ts';
import { remindOwners } from './remind-owners.ts';
import { list } from './who-is.ts';

/**
 * Closes reviews whose time is over, reminds owners, and opens reviews that are due. What cannot be done holds up nothing else.
 * @throws AggregateError, after the rest is done, with what went wrong
 */
export async function sweepEligibility(deps: EligibilityDeps): Promise<void> {
  const now = deps.clock();
  const reviewed = [...deps.catalog().entitlements.values()].filter(isReviewed);
  const errors: unknown[] = [];
  const each = async (ids: readonly string[], run: (id: string) => Promise<unknown>) => {
    for (const id of ids) await run(id).catch((error: unknown) => errors.push(error));
  };
  await each(await toClose(deps, reviewed, now), (review) => closeReview(deps, { review }));
  await each(await toRemind(deps, now), (review) => remindOwners(deps, { review }));
  await each(await toOpen(deps, reviewed, now), (entitlement) => openReview(deps, { entitlement }));
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} reviews of who may ask went wrong`);
}

async function toClose({ db }: EligibilityDeps, reviewed: readonly Reviewed[], now: Date): Promise<string[]> {
  const ids = reviewed.map(({ id }) => id);
  const rows = await db
    .select({ id: eligibilityReviews.id })
    .from(eligibilityReviews)
    .where(
      and(
        eq(eligibilityReviews.state, 'open'),
        or(lte(eligibilityReviews.dueAt, now), notInArray(eligibilityReviews.entitlement, ids)),
      ),
    )
    .orderBy(eligibilityReviews.id);
  return rows.map(({ id }) => id);
}

async function toRemind({ db }: EligibilityDeps, now: Date): Promise<string[]> {
  const rows = await db
    .select({ id: eligibilityReviews.id })
    .from(eligibilityReviews)
    .where(
      and(
        eq(eligibilityReviews.state, 'open'),
        lte(eligibilityReviews.remindAt, now),
        isNull(eligibilityReviews.remindedAt),
      ),
    )
    .orderBy(eligibilityReviews.id);
  return rows.map(({ id }) => id);
}

/** Entitlements whose review is due. The rhythm of those that are seen for the first time begins now. */
async function toOpen({ db }: EligibilityDeps, reviewed: readonly Reviewed[], now: Date): Promise<string[]> {
  if (reviewed.length === 0) return [];
  const every = sql`${sql.param(reviewed.map(({ reviews }) => reviews.everySeconds))}::int[]`;
  const { rows } = await db.execute<{ id: string; known: boolean }>(sql`
    SELECT each.id, rhythm.since IS NOT NULL AS known
    FROM unnest(${list(reviewed.map(({ id }) => id))}, ${every}) AS each (id, seconds)
    LEFT JOIN eligibility_rhythms rhythm ON rhythm.entitlement = each.id
    WHERE rhythm.since IS NULL
      OR coalesce(rhythm.opened_at, rhythm.since) + each.seconds * interval '1 second' <= ${now}
    ORDER BY each.id`);
  const fresh = rows.filter(({ known }) => !known).map(({ id }) => ({ entitlement: id, since: now }));
  if (fresh.length > 0) await db.insert(eligibilityRhythms).values(fresh).onConflictDoNothing();
  return rows.filter(({ known }) => known).map(({ id }) => id);
}
