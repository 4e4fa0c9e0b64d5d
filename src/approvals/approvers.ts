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
  const found: PersonRef[][] = each.map(() => []);
  if (each.length === 0) return found;
  const { rows } = await queries.execute<{ place: number; id: string; name: string | null }>(sql`
    SELECT wanted.place::int - 1 AS place, person.id, person.name
    FROM jsonb_array_elements(${JSON.stringify(each)}::jsonb) WITH ORDINALITY AS wanted (one, place)
    CROSS JOIN LATERAL (
      SELECT p.id, d.name
      FROM people p LEFT JOIN personal_data d ON d.person_id = p.id
      WHERE p.deactivated_at IS NULL AND (
        p.groups && ARRAY(SELECT jsonb_array_elements_text(wanted.one -> 'groups'))
        OR p.subject = ANY (ARRAY(SELECT jsonb_array_elements_text(wanted.one -> 'subjects')))
      )
      ORDER BY p.id
      LIMIT ${most}
    ) AS person
    ORDER BY wanted.place, person.id`);
  for (const { place, id, name } of rows) found[place]?.push({ id, name });
  return found;
}
