import { subjects } from './resolve-approve.ts';
import type { CatalogFile } from './schema.ts';
import type { Account, Owners } from './types.ts';

type AccountEntry = CatalogFile['accounts'][string];

/** What an entitlement says of its account: tags and organizational unit only where the file has some. */
export function resolveAccount(key: string, { id, name, tags, ou }: AccountEntry): Account {
  return {
    id,
    name: (name ?? key).trim().replace(/\s+/g, ' '),
    ...(tags === undefined ? {} : { tags: Object.fromEntries(Object.entries(tags).toSorted(byKey)) }),
    ...(ou === undefined ? {} : { ou }),
  };
}

/**
 * Owners by account id, for the accounts that have some: names of groups, and people by their OIDC subjects, each once, sorted.
 * @throws Error on a file that was not checked
 */
export function resolveOwners(file: CatalogFile): ReadonlyMap<string, Owners> {
  const owned = Object.values(file.accounts).flatMap(({ id, owners }): [string, Owners][] => {
    if (owners === undefined) return [];
    const groups = [...new Set(owners.groups ?? [])].toSorted();
    const people = subjects(owners.people ?? [], file);
    return [[id, { groups, people }]];
  });
  return new Map(owned);
}

function byKey([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return a < b ? -1 : 1;
}
