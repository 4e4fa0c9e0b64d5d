import { systemContext } from '../audit/event.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { reviewRule } from '../catalog/evaluate.ts';
import type { Catalog, EligibilityReviews } from '../catalog/types.ts';
import { and, eq, sql } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import { eligibilityReviews, eligibilityRhythms } from '../db/schema.ts';
import { type EligibilityDeps, type Reviewed, reviewedIn, type ReviewRow } from './deps.ts';
import { ownersToTell } from './owners.ts';
import { list, whoIs } from './who-is.ts';

// PostgreSQL gathers the people itself, so many at a time that no statement takes long.
const gatheredAtOnce = 5_000;
const remindBeforeMs = 3 * 86_400_000;

/**
 * Opens the review of an entitlement that is due, with everybody who may ask for it by the rules in force, and tells its owners.
 * All of it is one transaction: a process that dies on the way leaves nothing, and of two that try one does it.
 * @returns whether it was opened now
 */
export async function openReview(
  deps: Pick<EligibilityDeps, 'transact' | 'catalog' | 'notify'>,
  { entitlement: id }: { readonly entitlement: string },
): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const catalog = deps.catalog();
    const entitlement = reviewedIn(catalog, id);
    if (entitlement === null) return false;
    const [rhythm] = await work.queries
      .select()
      .from(eligibilityRhythms)
      .where(eq(eligibilityRhythms.entitlement, id))
      .for('update');
    if (rhythm === undefined || !isDue(rhythm, entitlement.reviews, work.now)) return false;
    const [open] = await work.queries
      .select({ id: eligibilityReviews.id })
      .from(eligibilityReviews)
      .where(and(eq(eligibilityReviews.entitlement, id), eq(eligibilityReviews.state, 'open')));
    if (open !== undefined) return false;
    const review = newReview(entitlement, catalog, work.now);
    await work.queries.insert(eligibilityReviews).values(review);
    work.write(
      work.queries
        .update(eligibilityRhythms)
        .set({ openedAt: work.now })
        .where(eq(eligibilityRhythms.entitlement, id)),
    );
    const people = await gather(work, catalog, entitlement, review);
    const dueAt = review.dueAt.toISOString();
    work.audit({
      kind: 'eligibility.opened',
      outcome: 'success',
      entitlement: id,
      account: entitlement.account.id,
      rule: reviewRule(id),
      catalogVersion: catalog.version,
      details: { review: review.id, people, dueAt },
    });
    const owners =
      people === 0 ? [] : await ownersToTell(work.queries, { catalog, now: work.now }, entitlement);
    if (owners.length > 0) {
      const body = { review: review.id, entitlement: id, dueAt, unanswered: people };
      deps.notify(work, { kind: 'eligibility.due', people: owners, body });
    }
    return true;
  });
}

function isDue(
  { since, openedAt }: typeof eligibilityRhythms.$inferSelect,
  { everySeconds }: EligibilityReviews,
  now: Date,
): boolean {
  return now.getTime() >= (openedAt ?? since).getTime() + everySeconds * 1000;
}

function newReview({ id, reviews }: Reviewed, catalog: Catalog, now: Date): ReviewRow {
  const dueAt = new Date(now.getTime() + reviews.withinSeconds * 1000);
  const remindAt = new Date(dueAt.getTime() - remindBeforeMs);
  return {
    id: newId('elr', now),
    entitlement: id,
    catalogVersion: catalog.version,
    state: 'open',
    priorState: 'new',
    openedAt: now,
    dueAt,
    remindAt: remindAt > now ? remindAt : null,
    remindedAt: null,
    closedAt: null,
    closedBecause: null,
  };
}

/** Writes down who may ask and what they did with it. Returns how many they are. */
async function gather(
  work: Work,
  catalog: Catalog,
  { id, ask, reviews }: Reviewed,
  review: ReviewRow,
): Promise<number> {
  const mayAsk = await whoIs(work.queries, { catalog, now: work.now }, ask);
  const unusedBefore = new Date(work.now.getTime() - reviews.unusedAfterSeconds * 1000);
  let gathered = 0;
  for (let after = ''; ; ) {
    const { rows } = await work.queries.execute<{ made: number; last: string | null }>(sql`
      WITH made AS (
        INSERT INTO eligibility_items (review_id, person_id, by_group, uses, last_use_at, unused)
        SELECT ${review.id}, p.id,
          (SELECT name FROM unnest(${list(ask.groups)}) WITH ORDINALITY AS named (name, place)
            WHERE name = ANY (p.groups) ORDER BY place LIMIT 1),
          used.uses, used.last_use_at, coalesce(used.last_use_at < ${unusedBefore}, true)
        FROM people p CROSS JOIN LATERAL (
          -- A grant that began was used; its sessions say until when.
          SELECT count(*)::int AS uses, max(greatest(g.starts_at, (
            SELECT max(s.created_at) FROM sessions s WHERE s.grant_id = g.id AND s.state = 'issued'
          ))) AS last_use_at
          FROM grants g
          WHERE g.person_id = p.id AND g.entitlement = ${id} AND g.state IN ('active', 'ending', 'ended')
            AND coalesce(g.ending_since > g.starts_at, true)
        ) AS used
        WHERE p.id > ${after} AND ${mayAsk}
        ORDER BY p.id
        LIMIT ${gatheredAtOnce}
        RETURNING person_id
      )
      SELECT count(*)::int AS made, max(person_id) AS last FROM made`);
    const { made = 0, last = null } = rows[0] ?? {};
    gathered += made;
    if (last === null || made < gatheredAtOnce) return gathered;
    after = last;
  }
}
