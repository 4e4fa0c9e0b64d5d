import { isFromOutside, outsidePerson } from '../catalog/standing.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { eq, inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, personalData } from '../db/schema.ts';
import type { PersonRef } from './approvers.ts';

/** That somebody is from outside, as callers see it. */
export interface Sponsorship {
  /** Who answers for them; null: nobody, or nobody who has signed in before. */
  readonly sponsor: PersonRef | null;
  /** The first moment at which they are not eligible any more, ISO 8601 in UTC; null: the catalog does not name them. */
  readonly until: string | null;
}

/** Of these people those who are from outside, with who answers for them: one query where somebody is, none where nobody is. */
export async function sponsorshipsOf(
  queries: Queries,
  catalog: Catalog,
  persons: readonly Pick<Subject, 'personId' | 'subject' | 'groups'>[],
): Promise<ReadonlyMap<string, Sponsorship>> {
  const outside = persons.filter((person) => isFromOutside(catalog, person));
  if (outside.length === 0) return new Map();
  const subjects = outside.flatMap((person) => outsidePerson(catalog, person)?.sponsor ?? []);
  const rows = await queries
    .select({ id: people.id, subject: people.subject, name: personalData.name })
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(inArray(people.subject, [...new Set(subjects)]));
  const bySubject = new Map(rows.map(({ id, subject, name }) => [subject, { id, name }]));
  return new Map(
    outside.map((person) => {
      const named = outsidePerson(catalog, person);
      const sponsor = named === null ? null : (bySubject.get(named.sponsor) ?? null);
      return [person.personId, { sponsor, until: named?.until ?? null }];
    }),
  );
}
