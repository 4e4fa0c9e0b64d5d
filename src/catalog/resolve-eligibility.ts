import { defaultReviewWithinSeconds, parseDays } from './days.ts';
import { subjects } from './resolve-approve.ts';
import type { CatalogFile, EntitlementEntry } from './schema.ts';
import type { EligibilityReviews, NamedPerson, Outside, OutsidePerson } from './types.ts';
import { parseUntil } from './until.ts';

/** Who rules may name, with sponsors as OIDC subjects and times in UTC. @throws Error on a file that was not checked */
export function resolvePeople(file: CatalogFile): ReadonlyMap<string, NamedPerson> {
  return new Map(
    Object.entries(file.people ?? {}).map(([name, { subject, eligibleUntil, sponsor }]) => {
      if (eligibleUntil === undefined || sponsor === undefined) return [name, { subject }];
      const until = parseUntil(eligibleUntil);
      const [by] = subjects([sponsor], file);
      if (until === null || by === undefined) throw new Error(`${name} was not checked`);
      return [name, { subject, eligibleUntil: until, sponsor: by }];
    }),
  );
}

/** Who is from outside; nothing where the file knows nobody from there. */
export function resolveOutside(
  file: CatalogFile,
  people: ReadonlyMap<string, NamedPerson>,
): { readonly outside?: Outside } {
  const named = new Map<string, OutsidePerson>();
  for (const [name, { subject, eligibleUntil, sponsor }] of people) {
    if (eligibleUntil === undefined || sponsor === undefined) continue;
    named.set(subject, { name, until: eligibleUntil, sponsor });
  }
  if (file.outside === undefined && named.size === 0) return {};
  return { outside: { groups: new Set((file.outside?.groups ?? []).toSorted()), people: named } };
}

/** Reviews of who may ask; nothing where there are none. @param account the name of its account in the file */
export function resolveReviews(
  entry: EntitlementEntry,
  account: string,
  file: CatalogFile,
): { readonly reviews?: EligibilityReviews } {
  if (entry.reviewEvery === undefined) return {};
  const everySeconds = seconds(entry.reviewEvery);
  const owners = entry.owners ?? file.accounts[account]?.owners;
  return {
    reviews: {
      everySeconds,
      withinSeconds:
        entry.reviewWithin === undefined
          ? Math.min(defaultReviewWithinSeconds, everySeconds / 2)
          : seconds(entry.reviewWithin),
      unusedAfterSeconds: entry.unusedAfter === undefined ? everySeconds : seconds(entry.unusedAfter),
      owners: {
        groups: [...new Set(owners?.groups ?? [])].toSorted(),
        people: subjects(owners?.people ?? [], file),
      },
    },
  };
}

function seconds(text: string): number {
  const value = parseDays(text);
  if (value === null) throw new Error('the number of days was not checked');
  return value;
}
