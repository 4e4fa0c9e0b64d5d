import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';

export interface PersonRef {
  readonly id: string;
  /** Null when the identity provider gave none, or it was erased. */
  readonly name: string | null;
}

/** Group lists that a person must all satisfy: one group of each. */
export type Needs = readonly (readonly string[])[];

export const mostApprovers = 20;

/**
 * Active people who satisfy each of the given needs, in one query: for every element at most one more than
 * `mostApprovers`, so that a requester can be left out. Needs without a list, or with an empty list, have nobody.
 * @returns one list for each element of `needs`, in the same order
 */
export async function peopleFor(queries: Queries, needs: readonly Needs[]): Promise<PersonRef[][]> {
  const found: PersonRef[][] = needs.map(() => []);
  if (needs.length === 0) return found;
  const { rows } = await queries.execute<{ place: number; id: string; name: string | null }>(sql`
    SELECT wanted.place::int - 1 AS place, person.id, person.name
    FROM jsonb_array_elements(${JSON.stringify(needs)}::jsonb) WITH ORDINALITY AS wanted (needs, place)
    CROSS JOIN LATERAL (
      SELECT p.id, d.name
      FROM people p LEFT JOIN personal_data d ON d.person_id = p.id
      WHERE p.deactivated_at IS NULL
        AND jsonb_array_length(wanted.needs) > 0
        AND NOT EXISTS (
          SELECT FROM jsonb_array_elements(wanted.needs) AS need
          WHERE NOT (p.groups && ARRAY(SELECT jsonb_array_elements_text(need)))
        )
      ORDER BY p.id
      LIMIT ${mostApprovers + 1}
    ) AS person
    ORDER BY wanted.place, person.id`);
  for (const { place, id, name } of rows) found[place]?.push({ id, name });
  return found;
}
