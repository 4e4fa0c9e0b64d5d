import { asc, eq, inArray, type SQLWrapper } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, requests } from '../db/schema.ts';

/** The request's row, locked until the transaction ends: whoever comes second decides on what the first one left. */
export async function lockRequest(
  queries: Queries,
  id: string,
): Promise<typeof requests.$inferSelect | undefined> {
  const rows = await queries.select().from(requests).where(eq(requests.id, id)).for('update');
  return rows[0];
}

export interface StoredPerson {
  readonly personId: string;
  readonly groups: readonly string[];
  readonly active: boolean;
}

/**
 * People as stored now. Their rows are held against change until the transaction ends: a deactivation or a change of groups
 * is either seen here or comes after the decision.
 */
export async function holdPeople(
  queries: Queries,
  ids: readonly string[] | SQLWrapper,
): Promise<Map<string, StoredPerson>> {
  const rows = await queries
    .select({ id: people.id, groups: people.groups, deactivatedAt: people.deactivatedAt })
    .from(people)
    .where(inArray(people.id, ids))
    .orderBy(asc(people.id))
    .for('share');
  return new Map(
    rows.map(({ id, groups, deactivatedAt }) => [
      id,
      { personId: id, groups, active: deactivatedAt === null },
    ]),
  );
}
