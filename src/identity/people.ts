import { and, arrayOverlaps, asc, eq, isNull } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, personalData } from '../db/schema.ts';

export interface Person {
  readonly id: string;
  /** Display name as the identity provider gave it; null when it gave none or it was erased. */
  readonly name: string | null;
  /** As of the last sign-in. */
  readonly groups: readonly string[];
  /** False once access to Daypass was ended. */
  readonly active: boolean;
}

const columns = {
  id: people.id,
  name: personalData.name,
  groups: people.groups,
  deactivatedAt: people.deactivatedAt,
};
const mostPeople = 50;

/** The person with this id, active or not; null when there is none. */
export async function findPerson(queries: Queries, id: string): Promise<Person | null> {
  const rows = await queries
    .select(columns)
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(eq(people.id, id));
  return rows.map(toPerson)[0] ?? null;
}

/** People who belong to any of these groups and may act; at most 50, first come first. No groups means nobody. */
export async function activePeopleInGroups(queries: Queries, groups: readonly string[]): Promise<Person[]> {
  if (groups.length === 0) return [];
  const rows = await queries
    .select(columns)
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(and(isNull(people.deactivatedAt), arrayOverlaps(people.groups, [...groups])))
    .orderBy(asc(people.id))
    .limit(mostPeople);
  return rows.map(toPerson);
}

function toPerson(row: {
  id: string;
  name: string | null;
  groups: string[];
  deactivatedAt: Date | null;
}): Person {
  return { id: row.id, name: row.name, groups: row.groups, active: row.deactivatedAt === null };
}
