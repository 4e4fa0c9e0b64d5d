import { meant } from '../catalog/steps.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { type Reviewed, reviewedIn } from './deps.ts';
import { whoIs } from './who-is.ts';

/** The most owners who are told of one review. */
const mostTold = 100;

/** Does this person say who may ask for the entitlement? Nobody does where the catalog in force does not review it. */
export function isOwner(catalog: Catalog, entitlement: string, person: Subject): boolean {
  const reviewed = reviewedIn(catalog, entitlement);
  return reviewed !== null && meant(reviewed.reviews.owners, person, null) !== null;
}

/** The ids of owners to tell, at most 100. */
export async function ownersToTell(
  queries: Queries,
  world: { readonly catalog: Catalog; readonly now: Date },
  { reviews }: Reviewed,
): Promise<string[]> {
  const owners = await whoIs(queries, world, reviews.owners);
  const { rows } = await queries.execute<{ id: string }>(
    sql`SELECT p.id FROM people p WHERE ${owners} ORDER BY p.id LIMIT ${mostTold}`,
  );
  return rows.map(({ id }) => id);
}
