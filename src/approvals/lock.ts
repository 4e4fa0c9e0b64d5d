import type { Subject } from '../catalog/types.ts';
import { asc, eq, inArray, type SQLWrapper } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, requests } from '../db/schema.ts';

export type RequestRow = typeof requests.$inferSelect;

/** The request's row, locked until the transaction ends: whoever comes second decides on what the first one left. */
export async function lockRequest(queries: Queries, id: string): Promise<RequestRow | undefined> {
  const rows = await queries.select().from(requests).where(eq(requests.id, id)).for('update');
  return rows[0];
}

/** A person as stored now. */
export interface StoredPerson extends Subject {
  readonly subject: string;
  /** OIDC subject of their manager; null when none is known. */
  readonly manager: string | null;
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
  return byId(await selectPeople(queries, ids).for('share'));
}

/** The same people, free to change: for a look before a decision, never for one. */
export async function readPeople(
  queries: Pick<Queries, 'select'>,
  ids: readonly string[],
): Promise<Map<string, StoredPerson>> {
  return byId(await selectPeople(queries, ids));
}

function selectPeople(queries: Pick<Queries, 'select'>, ids: readonly string[] | SQLWrapper) {
  return queries
    .select({
      id: people.id,
      groups: people.groups,
      subject: people.subject,
      manager: people.manager,
      deactivatedAt: people.deactivatedAt,
    })
    .from(people)
    .where(inArray(people.id, ids))
    .orderBy(asc(people.id));
}

function byId(rows: Awaited<ReturnType<typeof selectPeople>>): Map<string, StoredPerson> {
  return new Map(
    rows.map(({ id, groups, subject, manager, deactivatedAt }) => [
      id,
      { personId: id, groups, subject, manager, active: deactivatedAt === null },
    ]),
  );
}
