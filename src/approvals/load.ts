import { asc, eq, inArray } from '../db/drizzle.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Queries } from '../db/pool.ts';
import { grants, people, personalData, requests, reviews } from '../db/schema.ts';
import { type PersonRef, peopleFor } from './approvers.ts';
import type { RequestContent } from './content.ts';
import { seenOf } from './preflight.ts';
import { isOpen } from './rights.ts';
import { needsOf, type RequestFacts } from './view.ts';

type Row = typeof requests.$inferSelect;

/** Gathers what views of these requests need: five queries, however many there are. Keeps their order. */
export async function loadFacts(
  queries: Queries,
  catalog: Catalog,
  rows: readonly Row[],
  now: Date,
): Promise<RequestFacts[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((row) => row.id);
  const open = rows.filter((row) => isOpen(row, now));
  const [names, reviewsOf, grantsOf, found, seen] = await Promise.all([
    namesOf(queries, [...new Set(rows.map((row) => row.requester))]),
    loadReviews(queries, ids),
    loadGrants(queries, ids),
    peopleFor(
      queries,
      open.map((row) => needsOf(row.content as RequestContent, catalog)),
    ),
    seenOf(queries, open.flatMap(idsOf)),
  ]);
  const approversOf = new Map(open.map((row, place) => [row.id, found[place] ?? []]));
  return rows.map((row) => ({
    ...factsOf(row),
    requester: { id: row.requester, name: names.get(row.requester) ?? null },
    reviews: reviewsOf.get(row.id) ?? [],
    grants: grantsOf.get(row.id) ?? [],
    approvers: approversOf.get(row.id) ?? [],
    seen,
  }));
}

/** What a view of a request needs that was made just now: nobody has answered it yet. */
export async function newFacts(
  queries: Queries,
  catalog: Catalog,
  row: Row,
  requester: PersonRef,
): Promise<RequestFacts> {
  const [[approvers = []], seen] = await Promise.all([
    peopleFor(queries, [needsOf(row.content as RequestContent, catalog)]),
    seenOf(queries, idsOf(row)),
  ]);
  return { ...factsOf(row), requester, reviews: [], grants: [], approvers, seen };
}

function idsOf(row: Row): string[] {
  return (row.content as RequestContent).entitlements.map(({ id }) => id);
}

function factsOf(row: Row): Omit<RequestFacts, 'requester' | 'reviews' | 'grants' | 'approvers' | 'seen'> {
  const { id, digest, catalogVersion, state, createdAt, expiresAt, decidedAt } = row;
  const content = row.content as RequestContent;
  return { id, content, digest, catalogVersion, state, createdAt, expiresAt, decidedAt };
}

async function namesOf(queries: Queries, ids: string[]): Promise<Map<string, PersonRef['name']>> {
  const rows = await queries
    .select({ id: personalData.personId, name: personalData.name })
    .from(personalData)
    .where(inArray(personalData.personId, ids));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

async function loadReviews(
  queries: Queries,
  ids: string[],
): Promise<Map<string, RequestFacts['reviews'][number][]>> {
  const rows = await queries
    .select({ review: reviews, name: personalData.name, groups: people.groups })
    .from(reviews)
    .innerJoin(people, eq(people.id, reviews.reviewer))
    .leftJoin(personalData, eq(personalData.personId, reviews.reviewer))
    .where(inArray(reviews.requestId, ids))
    .orderBy(asc(reviews.id));
  const byRequest = Map.groupBy(rows, ({ review }) => review.requestId);
  return new Map(
    [...byRequest].map(([id, group]) => [
      id,
      group.map(({ review, name, groups }) => ({
        review: {
          id: review.id,
          reviewer: { id: review.reviewer, name },
          decision: review.decision,
          comment: review.comment,
          via: review.via,
          createdAt: review.createdAt.toISOString(),
        },
        reviewerGroups: groups,
      })),
    ]),
  );
}

async function loadGrants(
  queries: Queries,
  ids: string[],
): Promise<Map<string, RequestFacts['grants'][number][]>> {
  const rows = await queries
    .select()
    .from(grants)
    .where(inArray(grants.requestId, ids))
    .orderBy(asc(grants.entitlement));
  const byRequest = Map.groupBy(rows, (row) => row.requestId);
  return new Map(
    [...byRequest].map(([id, group]) => [
      id,
      group.map((row) => ({
        id: row.id,
        entitlement: row.entitlement,
        state: row.state,
        startsAt: row.startsAt.toISOString(),
        endsAt: row.endsAt.toISOString(),
      })),
    ]),
  );
}
