import { answerers, askers, type Meant } from '../catalog/diff/rights.ts';
import type { Entitlement } from '../catalog/types.ts';
import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';

/** How many active people get a right that they do not have, and how many lose one. Managers and schedules are not counted. */
export interface PeopleChanged {
  readonly peopleGained: number;
  readonly peopleLost: number;
}

/**
 * Counts for entitlements before and after, in one query.
 * @param pairs of each the one before and the one after; undefined: there is none
 * @returns of each the askers and then the answerers, in the same order
 */
export async function countChanged(
  queries: Queries,
  pairs: readonly (Entitlement | undefined)[],
): Promise<PeopleChanged[]> {
  const questions: { readonly before: Meant; readonly after: Meant }[] = [];
  for (let place = 0; place < pairs.length; place += 2) {
    const [before, after] = [pairs[place], pairs[place + 1]];
    questions.push({ before: askers(before), after: askers(after) });
    questions.push({ before: answerers(before), after: answerers(after) });
  }
  // Entitlements of a fleet ask the same: each question is put once.
  const keys = questions.map((question) => JSON.stringify(question));
  const different = [...new Set(keys)];
  if (different.length === 0) return [];
  const { rows } = await queries.execute<{ place: number; gained: number; lost: number }>(sql`
    SELECT asked.place::int - 1 AS place, counted.gained::int AS gained, counted.lost::int AS lost
    FROM jsonb_array_elements(${`[${different.join(',')}]`}::jsonb) WITH ORDINALITY AS asked (one, place)
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE now AND NOT was) AS gained, count(*) FILTER (WHERE was AND NOT now) AS lost
      FROM (
        SELECT ${isMeant('before')} AS was, ${isMeant('after')} AS now
        FROM people p
        WHERE p.deactivated_at IS NULL AND (${isMeant('before')} OR ${isMeant('after')})
      ) AS either
    ) AS counted`);
  const found = new Map(
    rows.map(({ place, gained, lost }) => [different[place], { peopleGained: gained, peopleLost: lost }]),
  );
  return keys.map((key) => found.get(key) ?? { peopleGained: 0, peopleLost: 0 });
}

function isMeant(when: 'before' | 'after') {
  const list = (key: string) =>
    sql.raw(`ARRAY(SELECT jsonb_array_elements_text(asked.one -> '${when}' -> '${key}'))`);
  return sql`(p.groups && ${list('groups')} OR p.subject = ANY (${list('people')}))`;
}
