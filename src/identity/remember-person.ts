import { and, eq, isNull } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { people, personalData } from '../db/schema.ts';
import type { PersonClaims } from './person-claims.ts';

/** Keyed on issuer and subject, never on an email address: addresses are given to others (OpenID Connect Core 5.7). */
export async function findPersonId(
  queries: Queries,
  { issuer, subject }: Pick<PersonClaims, 'issuer' | 'subject'>,
): Promise<string | null> {
  const rows = await queries
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.issuer, issuer), eq(people.subject, subject)));
  return rows[0]?.id ?? null;
}

/**
 * Writes what the identity provider says about a person, new (then as `id`) or known. Returns the id they have, whether they
 * may act, and the groups they had before (none for somebody new); of somebody deactivated nothing is changed. The row stays
 * locked until the transaction ends.
 */
export async function rememberPerson(
  queries: Queries,
  id: string,
  claims: PersonClaims,
  now: Date,
): Promise<{ id: string; active: boolean; groupsBefore: readonly string[] }> {
  const { manager } = claims;
  const groups = [...claims.groups];
  const [before] = await queries
    .select({ groups: people.groups })
    .from(people)
    .where(and(eq(people.issuer, claims.issuer), eq(people.subject, claims.subject)))
    .for('update');
  const groupsBefore = before?.groups ?? [];
  const rows = await queries
    .insert(people)
    .values({
      id,
      issuer: claims.issuer,
      subject: claims.subject,
      groups,
      manager,
      createdAt: now,
      lastSignedInAt: now,
    })
    .onConflictDoUpdate({
      target: [people.issuer, people.subject],
      set: { groups, manager, lastSignedInAt: now },
      setWhere: isNull(people.deactivatedAt),
    })
    .returning({ id: people.id });
  const written = rows[0];
  if (written === undefined) {
    return { id: (await findPersonId(queries, claims)) ?? id, active: false, groupsBefore };
  }
  const { name, email } = claims;
  await queries
    .insert(personalData)
    .values({ personId: written.id, name, email })
    .onConflictDoUpdate({ target: personalData.personId, set: { name, email } });
  return { id: written.id, active: true, groupsBefore };
}
