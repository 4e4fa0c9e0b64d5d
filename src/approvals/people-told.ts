import type { Who } from '../catalog/types.ts';
import { sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { wanted } from './approvers.ts';
import type { OnCallNow } from './on-call.ts';

/** Whom something is told to. */
export interface Audience {
  readonly whos: readonly Who[];
  /** OIDC subject of the manager of whoever did it; null when none is known. */
  readonly manager: string | null;
  /** Members of these groups besides. */
  readonly groups: readonly string[];
  /** Whoever did it needs not to be told. */
  readonly except: string;
}

/** The ids of all active people of an audience: unlike a list of people for people to read, this one has no limit. */
export async function peopleTold(
  queries: Queries,
  { whos, manager, groups, except }: Audience,
  onCall: OnCallNow,
): Promise<string[]> {
  const each = whos.map((who) => wanted(who, manager, onCall));
  const allGroups = [...groups, ...each.flatMap((one) => one.groups)];
  const subjects = each.flatMap((one) => one.subjects);
  const { rows } = await queries.execute<{ id: string }>(sql`
    SELECT p.id FROM people p
    WHERE p.deactivated_at IS NULL AND p.id <> ${except} AND (
      p.groups && ${sql.param(allGroups)}::text[] OR p.subject = ANY (${sql.param(subjects)}::text[])
    )
    ORDER BY p.id`);
  return rows.map(({ id }) => id);
}
