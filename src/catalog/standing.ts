import type { Barred, Catalog, OutsidePerson, Subject } from './types.ts';

/** May somebody be asked for, given or approve anything at all? What rules say of one entitlement comes after it. */
export type Standing =
  | { readonly eligible: true }
  | { readonly eligible: false; readonly rule: string; readonly reason: string };

/** What the catalog says of somebody from outside; null where it says nothing of them. */
export function outsidePerson(
  { outside }: Pick<Catalog, 'outside'>,
  { subject }: Pick<Subject, 'subject'>,
): OutsidePerson | null {
  if (outside === undefined || subject === undefined) return null;
  return outside.people.get(subject) ?? null;
}

/** Is this person from outside: in one of the groups that are, or named with a sponsor? */
export function isFromOutside(
  catalog: Pick<Catalog, 'outside'>,
  person: Pick<Subject, 'subject' | 'groups'>,
): boolean {
  const { outside } = catalog;
  if (outside === undefined) return false;
  return outsidePerson(catalog, person) !== null || person.groups.some((name) => outside.groups.has(name));
}

/**
 * The standing of a person: whoever is from outside is eligible only while the catalog names them, until their time is over, and
 * while their sponsor is there.
 * @param sponsorActive whether the sponsor whom the catalog names is an active person who is not from outside
 * @returns where not eligible, the rule of the catalog, and words that follow "you are"
 */
export function standingOf(
  catalog: Pick<Catalog, 'outside'>,
  person: Pick<Subject, 'subject' | 'groups'>,
  now: Date,
  sponsorActive: boolean,
): Standing {
  if (!isFromOutside(catalog, person)) return { eligible: true };
  const named = outsidePerson(catalog, person);
  if (named === null) {
    return {
      eligible: false,
      rule: 'outside.groups',
      reason: 'from outside, and nobody answers for you: an operator has to name you with a sponsor',
    };
  }
  const rule = `people.${named.name}`;
  if (now >= new Date(named.until)) {
    return {
      eligible: false,
      rule: `${rule}.eligibleUntil`,
      reason: `from outside, and were eligible until ${named.until} only`,
    };
  }
  if (!sponsorActive) {
    return {
      eligible: false,
      rule: `${rule}.sponsor`,
      reason: 'from outside, and your sponsor is not there any more',
    };
  }
  return { eligible: true };
}

/** Why this person is eligible for nothing; null where they are not barred. */
export function barredBy(standing: Standing): Barred | null {
  return standing.eligible ? null : { rule: standing.rule, reason: standing.reason };
}
