import { parseCatalog } from '../../src/catalog/load.ts';
import type { Catalog, Entitlement } from '../../src/catalog/types.ts';

/** A sound catalog; tests change one place of it. Its line numbers are part of the tests. */
export const sample = `version: 1
groups: [engineers, prod-approvers]
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Admin
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [prod-approvers], count: 1 }
    maxDuration: 1h
    ticket: "OPS-[0-9]+"
  prod/console:
    description: Console
    permissionSet: { account: prod, arn: "arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-a1b2c3d4e5f6a7b8" }
    ask: { groups: [engineers] }
    approve: { groups: [prod-approvers] }
    maxDuration: 8h
`;

/** The sample with one piece of text replaced; the piece must be there. */
export function changed(from: string, to: string): string {
  if (!sample.includes(from)) throw new Error(`the sample has no ${from}`);
  return sample.replace(from, () => to);
}

export function sound(source: string): Catalog {
  const result = parseCatalog(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}

export function only(catalog: Catalog, id: string): Entitlement {
  const entitlement = catalog.entitlements.get(id);
  if (entitlement === undefined) throw new Error(`no ${id}`);
  return entitlement;
}
