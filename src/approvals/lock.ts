import type { Work } from '../audit/unit-of-work.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { asc, eq, inArray, type SQLWrapper } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, requests } from '../db/schema.ts';
import { standingsOf, type StandingNow } from './standing.ts';

export type RequestRow = typeof requests.$inferSelect;

/** The request's row, locked until the transaction ends: whoever comes second decides on what the first one left. */
export async function lockRequest(queries: Queries, id: string): Promise<RequestRow | undefined> {
  const rows = await queries.select().from(requests).where(eq(requests.id, id)).for('update');
  return rows[0];
}

/** A person as stored now. */
export interface StoredPerson extends Subject, StandingNow {
  readonly subject: string;
  /** OIDC subject of their manager; null when none is known. */
  readonly manager: string | null;
  readonly active: boolean;
}

/**
 * People as stored now, with their standing. Their rows are held against change until the transaction ends: a deactivation, a
 * change of groups, or a review that drops them is either seen here or comes after the decision.
 */
export async function holdPeople(
  work: Pick<Work, 'queries' | 'now'>,
  catalog: Catalog,
  ids: readonly string[] | SQLWrapper,
): Promise<Map<string, StoredPerson>> {
  const rows = await selectPeople(work.queries, ids).for('share');
  // Asked for the time only once they are held.
  const world = { catalog, now: () => work.now };
  return byId(rows, await standingsOf(work.queries, world, rows.map(judgedOf), true));
}

/** The same people, free to change: for a look before a decision, never for one. */
export async function readPeople(
  queries: Queries,
  moment: { readonly catalog: Catalog; readonly now: Date },
  ids: readonly string[],
): Promise<Map<string, StoredPerson>> {
  const rows = await selectPeople(queries, ids);
  const world = { catalog: moment.catalog, now: () => moment.now };
  return byId(rows, await standingsOf(queries, world, rows.map(judgedOf)));
}

function selectPeople(queries: Queries, ids: readonly string[] | SQLWrapper) {
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

type PersonRow = Awaited<ReturnType<typeof selectPeople>>[number];

function judgedOf({ id, groups, subject }: PersonRow) {
  return { personId: id, groups, subject };
}

function byId(rows: readonly PersonRow[], standings: readonly StandingNow[]): Map<string, StoredPerson> {
  return new Map(
    rows.map((row, place) => [
      row.id,
      {
        ...judgedOf(row),
        manager: row.manager,
        active: row.deactivatedAt === null,
        outside: false,
        ...standings[place],
      },
    ]),
  );
}
