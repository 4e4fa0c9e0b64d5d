import { eligibleOutsiders } from '../approvals/standing.ts';
import type { Catalog } from '../catalog/types.ts';
import { type SQL, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';

// The same in SQL as mayAsk and standingOf say of one person: a test holds them together.

/** Groups and OIDC subjects. */
export interface Named {
  readonly groups: readonly string[];
  readonly people?: readonly string[];
}

/**
 * A condition on the table people, named `p`: active, meant by a rule, and eligible at all.
 * @param world what those from outside are judged by
 */
export async function whoIs(
  queries: Queries,
  world: { readonly catalog: Catalog; readonly now: Date },
  { groups, people = [] }: Named,
): Promise<SQL> {
  const meant = sql`p.deactivated_at IS NULL AND (p.groups && ${list(groups)} OR p.subject = ANY (${list(people)}))`;
  const { outside } = world.catalog;
  if (outside === undefined) return meant;
  const eligible = await eligibleOutsiders(queries, world);
  return sql`${meant} AND (
    p.subject = ANY (${list(eligible)})
    OR NOT (p.groups && ${list([...outside.groups])} OR p.subject = ANY (${list([...outside.people.keys()])}))
  )`;
}

export function list(values: readonly string[]): SQL {
  return sql`${sql.param([...values])}::text[]`;
}
