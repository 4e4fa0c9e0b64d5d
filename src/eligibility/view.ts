import type { PersonRef } from '../approvals/approvers.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { alias, and, asc, count, eq, gt, inArray, isNull, type SQL, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { eligibilityItems, personalData } from '../db/schema.ts';
import type { ReviewRow } from './deps.ts';
import { isOwner } from './owners.ts';

/** A review of who may ask, as callers see it. Times are ISO 8601 in UTC. */
export interface EligibilityReviewView {
  readonly id: string;
  readonly entitlement: string;
  readonly state: ReviewRow['state'];
  readonly openedAt: string;
  /** Whoever was not answered for by then may not ask any more. */
  readonly dueAt: string;
  readonly closedAt: string | null;
  /** `withdrawn`: the catalog does not review it any more. */
  readonly closedBecause: ReviewRow['closedBecause'];
  /** The catalog by which people may ask. */
  readonly catalogVersion: string;
  readonly counts: {
    readonly people: number;
    readonly kept: number;
    readonly dropped: number;
    readonly lapsed: number;
    readonly unanswered: number;
    readonly unused: number;
  };
  /** Whether the caller is an owner. */
  readonly mayAnswer: boolean;
}

/** One person in a review. */
export interface EligibilityItemView {
  readonly person: PersonRef;
  /** The group by which they may ask; null: they are named. */
  readonly group: string | null;
  /** How many grants they had. */
  readonly uses: number;
  readonly lastUseAt: string | null;
  /** They have not used it for as long as the catalog says under unusedAfter, or never. */
  readonly unused: boolean;
  readonly decision: 'keep' | 'drop' | 'lapsed' | null;
  readonly decidedBy: PersonRef | null;
  readonly decidedAt: string | null;
  readonly comment: string | null;
}

/** Views of these reviews, with what was said so far: one query for all. */
export async function reviewViews(
  queries: Queries,
  rows: readonly ReviewRow[],
  catalog: Catalog,
  viewer: Subject,
): Promise<EligibilityReviewView[]> {
  if (rows.length === 0) return [];
  const { decision, unused, reviewId } = eligibilityItems;
  const of = (what: SQL) => sql<number>`count(*) FILTER (WHERE ${what})`.mapWith(Number);
  const counted = await queries
    .select({
      reviewId,
      people: count(),
      kept: of(sql`${decision} = 'keep'`),
      dropped: of(sql`${decision} = 'drop'`),
      lapsed: of(sql`${decision} = 'lapsed'`),
      unanswered: of(sql`${decision} IS NULL`),
      unused: of(sql`${unused}`),
    })
    .from(eligibilityItems)
    .where(
      inArray(
        reviewId,
        rows.map(({ id }) => id),
      ),
    )
    .groupBy(reviewId);
  const nobody = { people: 0, kept: 0, dropped: 0, lapsed: 0, unanswered: 0, unused: 0 };
  const countsOf = new Map(counted.map(({ reviewId: id, ...counts }) => [id, counts]));
  return rows.map((row) => ({
    id: row.id,
    entitlement: row.entitlement,
    state: row.state,
    openedAt: row.openedAt.toISOString(),
    dueAt: row.dueAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    closedBecause: row.closedBecause,
    catalogVersion: row.catalogVersion,
    counts: countsOf.get(row.id) ?? nobody,
    mayAnswer: isOwner(catalog, row.entitlement, viewer),
  }));
}

/** Which people of a review. */
export interface ItemFilter {
  /** Only those whom nobody has answered for. */
  readonly unanswered?: boolean | undefined;
  /** Only those who have not used it for long. */
  readonly unused?: boolean | undefined;
  readonly person?: string;
  /** Only those after this one. */
  readonly after?: string | null;
}

/** People of a review by their ids. @param most how many at the most */
export async function itemViews(
  queries: Queries,
  review: string,
  filter: ItemFilter,
  most: number,
): Promise<EligibilityItemView[]> {
  const { reviewId, personId, decision, unused, decidedBy } = eligibilityItems;
  const decider = alias(personalData, 'decider');
  const { after = null, person } = filter;
  const rows = await queries
    .select({ item: eligibilityItems, name: personalData.name, deciderName: decider.name })
    .from(eligibilityItems)
    .leftJoin(personalData, eq(personalData.personId, personId))
    .leftJoin(decider, eq(decider.personId, decidedBy))
    .where(
      and(
        eq(reviewId, review),
        person === undefined ? undefined : eq(personId, person),
        filter.unanswered === true ? isNull(decision) : undefined,
        filter.unused === true ? eq(unused, true) : undefined,
        after === null ? undefined : gt(personId, after),
      ),
    )
    .orderBy(asc(personId))
    .limit(most);
  return rows.map(({ item, name, deciderName }) => ({
    person: { id: item.personId, name },
    group: item.byGroup,
    uses: item.uses,
    lastUseAt: item.lastUseAt?.toISOString() ?? null,
    unused: item.unused,
    decision: item.decision,
    decidedBy: item.decidedBy === null ? null : { id: item.decidedBy, name: deciderName },
    decidedAt: item.decidedAt?.toISOString() ?? null,
    comment: item.comment,
  }));
}
