import { and, asc, eq, gt, isNull, lte, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { delegations, people } from '../db/schema.ts';
import type { StoredPerson } from './lock.ts';
import type { Principal } from './principal.ts';

/** Who has handed this person their right for now, with their groups as stored now: none who is deactivated. */
export async function principalsOf(queries: Queries, personId: string, now: Date): Promise<Principal[]> {
  const rows = await queries
    .select({
      delegation: delegations.id,
      handed: delegations.entitlements,
      personId: people.id,
      groups: people.groups,
      subject: people.subject,
    })
    .from(delegations)
    .innerJoin(people, eq(people.id, delegations.principal))
    .where(and(openTo(personId, now), lte(delegations.startsAt, now), isNull(people.deactivatedAt)))
    .orderBy(asc(delegations.id));
  return rows.map((row) => ({ ...row, onCall: [] }));
}

/** A delegation that is held. */
export type HeldDelegation = Pick<
  typeof delegations.$inferSelect,
  'id' | 'principal' | 'entitlements' | 'startsAt' | 'endsAt'
>;

/**
 * The delegations to this person that were not ended, held until the transaction ends: an ending is either seen here or comes
 * after the decision.
 * @param since those whose period was over by then are left out; a time from before the locks will do
 */
export async function holdDelegations(
  queries: Queries,
  personId: string,
  since: Date,
): Promise<HeldDelegation[]> {
  return queries
    .select({
      id: delegations.id,
      principal: delegations.principal,
      entitlements: delegations.entitlements,
      startsAt: delegations.startsAt,
      endsAt: delegations.endsAt,
    })
    .from(delegations)
    .where(openTo(personId, since))
    .orderBy(asc(delegations.id))
    .for('share');
}

/** Those whose delegations `holdDelegations` finds, to be held with everybody else: a query of ids. */
export function principalIds(personId: string, since: Date) {
  return sql`SELECT ${delegations.principal} FROM ${delegations} WHERE ${openTo(personId, since)}`;
}

/** The same as principalsOf of what is held. */
export function heldPrincipals(
  held: readonly HeldDelegation[],
  known: ReadonlyMap<string, StoredPerson>,
  now: Date,
): Principal[] {
  return held.flatMap(({ id, principal, entitlements, startsAt, endsAt }) => {
    const person = known.get(principal);
    if (person?.active !== true || startsAt > now || endsAt <= now) return [];
    const { personId, groups, subject, barred } = person;
    const standing = barred === undefined ? {} : { barred };
    return [{ personId, groups, subject, ...standing, onCall: [], delegation: id, handed: entitlements }];
  });
}

function openTo(personId: string, since: Date) {
  return and(eq(delegations.delegate, personId), isNull(delegations.endedAt), gt(delegations.endsAt, since));
}
