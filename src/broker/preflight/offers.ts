import type { Catalog, Entitlement } from '../../catalog/types.ts';
import type { AccountOffer } from './look-account.ts';

/** What a catalog has in each account, by account id. */
export function offersOf(catalog: Catalog): ReadonlyMap<string, AccountOffer> {
  const byAccount = Map.groupBy<string, Entitlement>(
    catalog.entitlements.values(),
    (one) => one.target.accountId,
  );
  return new Map(
    [...byAccount].map(([accountId, entitlements]) => [
      accountId,
      { accountId, alias: catalog.aliases?.get(accountId), entitlements },
    ]),
  );
}
