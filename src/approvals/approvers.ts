import type { Who } from '../catalog/types.ts';
import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import type { OnCallNow } from './on-call.ts';

export interface PersonRef {
  readonly id: string;
  /** Null when the identity provider gave none, or it was erased. */
  readonly name: string | null;
}

/** People to look up: members of any of the groups, and OIDC subjects. */
export interface Wanted {
  readonly groups: readonly string[];
  readonly subjects: readonly string[];
}

export const mostApprovers = 20;

/**
 * Whom `who` means now, to be looked up. A schedule whose source is down means nobody.
 * @param manager OIDC subject of the manager of whose access it is; null when none is known
 */
export function wanted(
  { groups = [], people = [], manager: theirManager, onCall = [] }: Who,
  manager: string | null,
  now: OnCallNow,
): Wanted {
  const managers = theirManager === true && manager !== null ? [manager] : [];
  const called = onCall.flatMap((name) => {
    const schedule = now.get(name);
    return schedule?.kind === 'known' ? schedule.people : [];
  });
  return { groups, subjects: [...people, ...managers, ...called] };
}

/**
 * Active people who are wanted, in one query. Where nobody is wanted, there is nobody.
 * @param most so many for every element at the most; left out, two more than `mostApprovers`, so that those whom a request is
 * about can be left out
 * @returns one list for each element of `each`, in the same order
 */
export async function peopleFor(
  queries: Queries,
  each: readonly Wanted[],
  most = mostApprovers + 2,
): Promise<PersonRef[][]> {
  // Entitlements of a fleet want the same people: they are looked up once.
  const keys = each.map(({ groups, subjects }) => JSON.stringify({ groups, subjects }));
  const different = [...new Set(keys)];
  if (different.length === 0) return [];
  // The first of several groups are among the first of each.
  const { rows } = await queries.execute<{ place: number; people: [id: string, name: string | null][] }>(sql`
    SELECT wanted.place::int - 1 AS place, json_agg(json_build_array(person.id, d.name) ORDER BY person.id) AS people
    FROM jsonb_array_elements(${`[${different.join(',')}]`}::jsonb) WITH ORDINALITY AS wanted (one, place)
    CROSS JOIN LATERAL (
      SELECT id FROM (
        SELECT first.person_id AS id
        FROM jsonb_array_elements_text(wanted.one -> 'groups') AS asked (name)
        CROSS JOIN LATERAL (
          SELECT person_id FROM group_members WHERE group_name = asked.name ORDER BY person_id LIMIT ${most}
        ) AS first
        UNION
        SELECT p.id FROM people p
        WHERE p.deactivated_at IS NULL
          AND p.subject = ANY (ARRAY(SELECT jsonb_array_elements_text(wanted.one -> 'subjects')))
      ) AS either
      ORDER BY id
      LIMIT ${most}
    ) AS person
    LEFT JOIN personal_data d ON d.person_id = person.id
    GROUP BY wanted.place`);
  const found = new Map(
    rows.map(({ place, people }) => [different[place], people.map(([id, name]) => ({ id, name }))]),
  );
  return keys.map((key) => found.get(key) ?? []);
}
