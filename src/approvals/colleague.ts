import { and, eq, isNull } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, personalData } from '../db/schema.ts';
import type { PersonRef } from './approvers.ts';
import type { Ask } from './content.ts';

/** Stands for somebody who is not known: no id of a person. */
const nobody = '';

/**
 * Puts an id in the place of the email address that an ask names its person by. An address of nobody, of several, or of somebody
 * who left, is nobody's. It is compared exactly: addresses that only look alike are those of others.
 */
export async function withColleague(queries: Pick<Queries, 'select'>, ask: Ask): Promise<Ask> {
  if (ask.for === null || !ask.for.includes('@')) return ask;
  const found = await queries
    .select({ id: people.id })
    .from(personalData)
    .innerJoin(people, eq(people.id, personalData.personId))
    .where(and(eq(personalData.email, ask.for), isNull(people.deactivatedAt)))
    .limit(2);
  const [first] = found;
  return { ...ask, for: first === undefined || found.length > 1 ? nobody : first.id };
}

/** A person and their name, to be shown. */
export async function personRef(queries: Pick<Queries, 'select'>, id: string): Promise<PersonRef> {
  const [row] = await queries
    .select({ name: personalData.name })
    .from(personalData)
    .where(eq(personalData.personId, id));
  return { id, name: row?.name ?? null };
}
