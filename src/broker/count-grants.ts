import { asc, inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { grants, personalData } from '../db/schema.ts';
import { type GrantPattern, matching } from './grant-pattern.ts';

/** How many grants there are, whose, and for what. */
export interface GrantCount {
  readonly grants: number;
  readonly people: number;
  readonly byEntitlement: readonly { readonly entitlement: string; readonly grants: number }[];
  /** The people with the most of them first, up to 100. */
  readonly byPerson: readonly {
    readonly person: { readonly id: string; readonly name: string | null };
    readonly grants: number;
  }[];
}

interface Found {
  readonly id: string;
  readonly entitlement: string;
  readonly personId: string;
}

const mostPeople = 100;

/** The grants of a pattern that can be ended, in the order of their ids; locked one after the other in it, if wanted. */
export async function matchingGrants(
  queries: Queries,
  pattern: GrantPattern,
  options: { readonly lock?: boolean } = {},
): Promise<Found[]> {
  const found = queries
    .select({ id: grants.id, entitlement: grants.entitlement, personId: grants.personId })
    .from(grants)
    .where(matching(pattern))
    .orderBy(asc(grants.id));
  return options.lock === true ? found.for('update') : found;
}

export async function countGrants(queries: Queries, rows: readonly Found[]): Promise<GrantCount> {
  const people = tally(rows.map((row) => row.personId));
  const most = people.slice(0, mostPeople);
  const names = await namesOf(
    queries,
    most.map(([id]) => id),
  );
  return {
    grants: rows.length,
    people: people.length,
    byEntitlement: tally(rows.map((row) => row.entitlement)).map(([entitlement, count]) => ({
      entitlement,
      grants: count,
    })),
    byPerson: most.map(([id, count]) => ({ person: { id, name: names.get(id) ?? null }, grants: count })),
  };
}

/** How often each of them occurs: the most frequent first. */
function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, most], [b, least]) => least - most || (a < b ? -1 : 1));
}

async function namesOf(
  queries: Queries,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  if (ids.length === 0) return new Map();
  const found = await queries
    .select({ id: personalData.personId, name: personalData.name })
    .from(personalData)
    .where(inArray(personalData.personId, [...ids]));
  return new Map(found.map(({ id, name }) => [id, name]));
}
