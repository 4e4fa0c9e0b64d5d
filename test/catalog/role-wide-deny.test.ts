import { expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { entitlementFromTerms, entitlementTerms } from '../../src/catalog/terms.ts';

function catalog(first: string, second: string): string {
  const entry = (id: string, role: string, extra: string) => `
  ${id}:
    description: Something
    role: { account: prod, name: ${role} }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
${extra}`;
  return `version: 1
groups: [engineers, approvers]
accounts:
  prod: { id: "111122223333" }
entitlements:${entry('prod/admin', 'daypass-admin', first)}${entry('prod/fix', 'Daypass-Admin', second)}`;
}

const declared = '    roleWideDeny: true\n';

test('entitlements of one role agree about denying the role as a whole, since it would hit the people of both', () => {
  const result = parseCatalog(catalog(declared, ''));
  expect(result.ok).toBe(false);
  if (result.ok) return;
  expect(result.problems.map(({ message }) => message)).toEqual([
    "'prod/fix' and 'prod/admin' lend the same role: write roleWideDeny: true for both, or for neither",
  ]);
  expect(parseCatalog(catalog('', '')).ok).toBe(true);
});

test('what is declared is part of the terms that approvals bind to, and is read back from them', () => {
  const result = parseCatalog(catalog(declared, declared));
  if (!result.ok) throw new Error('sound');
  const entitlement = result.catalog.entitlements.get('prod/admin');
  if (entitlement === undefined) throw new Error('there');
  expect(entitlementTerms(entitlement)).toMatchObject({ roleWideDeny: true });
  expect(entitlementFromTerms(entitlementTerms(entitlement)).roleWideDeny).toBe(true);
  const { roleWideDeny: _, ...without } = entitlement;
  expect(entitlementTerms(without)).not.toHaveProperty('roleWideDeny');
});
