import { mayAsk } from '../catalog/evaluate.ts';
import type { Catalog, Entitlement, Subject } from '../catalog/types.ts';

/** Why an entitlement was not found, for the log alone: which rule hid it, or nothing but the catalog when there is none. */
export function unseen(
  catalog: Catalog,
  subject: Subject,
  entitlement: Entitlement | undefined,
): Readonly<Record<string, string>> {
  const catalogVersion = catalog.version;
  if (entitlement === undefined) return { catalogVersion };
  const { rule } = mayAsk(entitlement, subject);
  return { rule, entitlement: entitlement.id, account: entitlement.account.id, catalogVersion };
}
