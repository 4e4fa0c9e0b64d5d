import type { Catalog } from '../catalog/types.ts';
import { eq, or, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, personalData } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { readPeople, type StoredPerson } from './lock.ts';

/** A person, with their name as the identity provider gave it. */
export interface FoundPerson extends StoredPerson {
  readonly name: string | null;
}

/**
 * The person that somebody names, with their standing at a time: by id, by OIDC subject, by a name under `people` of the catalog,
 * or as they are called. Only operators and auditors find others.
 * @param named null: the caller
 * Throws Refusal: not_found, the same for others and for nobody; invalid_input when several people are called that.
 */
export async function findPerson(
  queries: Queries,
  moment: { readonly catalog: Catalog; readonly now: Date },
  caller: Caller,
  named: string | null,
): Promise<FoundPerson> {
  const isSelf = named === null || named === caller.personId || named === caller.subject;
  if (!isSelf && !caller.isOperator && !caller.isAuditor) throw notFound('person');
  const name = isSelf ? caller.personId : named;
  const subject = moment.catalog.people.get(name)?.subject ?? name;
  const exact = await load(queries, or(eq(people.id, name), eq(people.subject, subject)));
  const found =
    exact.length > 0 ? exact : await load(queries, sql`lower(${personalData.name}) = lower(${name})`);
  const [first, ...others] = found;
  if (first === undefined) throw notFound('person');
  if (others.length > 0) {
    throw new Refusal('invalid_input', 'Several people are called that: give the id of one of them.', {
      people: found.map(({ id }) => id),
    });
  }
  const person = (await readPeople(queries, moment, [first.id])).get(first.id);
  if (person === undefined) throw notFound('person');
  return { ...person, name: first.name };
}

function load(queries: Queries, where: ReturnType<typeof or>) {
  return queries
    .select({ id: people.id, name: personalData.name })
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(where)
    .limit(10);
}
