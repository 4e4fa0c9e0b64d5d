import { expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';

const text = (account: string) => `version: 1
groups: [engineers, approvers]
accounts:
  prod: ${account}
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
`;

function read(account: string) {
  const result = parseCatalog(text(account));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.catalog;
}

test('an account may say its alias, which is part of the version and not of the terms that approvals bind to', () => {
  const [without, named] = [
    read('{ id: "111122223333" }'),
    read('{ id: "111122223333", alias: example-prod }'),
  ];
  expect(without.aliases).toBeUndefined();
  expect(named.aliases).toEqual(new Map([['111122223333', 'example-prod']]));
  expect(named.version).not.toBe(without.version);
  expect(named.entitlements).toEqual(without.entitlements);
});

test.each(['ab', 'Upper', '-x-y', 'x-y-', 'a--b', 'a_b', 'x'.repeat(64)])('%s is no alias', (alias) => {
  const result = parseCatalog(text(`{ id: "111122223333", alias: ${alias} }`));
  expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual(['/accounts/prod/alias']);
});
