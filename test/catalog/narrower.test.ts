import { expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { narrowerForms } from '../../src/catalog/narrower.ts';
import type { Entitlement } from '../../src/catalog/types.ts';

const parsed = parseCatalog(`version: 1
groups: [engineers, approvers]
accounts:
  prod: { id: "111122223333", name: Production }
  test: { id: "222233334444", name: Test }
entitlements:
  prod/admin:
    description: Everything
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
  prod/storage:
    description: Storage
    role: { account: prod, name: daypass-storage }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    actions: ["s3:*"]
    choices:
      read:
        description: Reads
        actions: ["s3:Get*"]
        resources: ["*"]
      bucket:
        description: Reads one bucket
        parameters: { bucket: { type: s3-bucket, description: Which } }
        actions: ["s3:Get*"]
        resources: ["arn:aws:s3:::{bucket}/*"]
  prod/queues:
    description: Queues
    role: { account: prod, name: daypass-queues }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    actions: ["sqs:*"]
  test/storage:
    description: Elsewhere
    role: { account: test, name: daypass-storage }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    actions: ["s3:Get*"]
`);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const all = [...parsed.catalog.entitlements.values()];
const named = (id: string): Entitlement => {
  const found = all.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const forms = (id: string, choice: string | null = null) => {
  const entitlement = named(id);
  const picked = entitlement.choices?.find(({ name }) => name === choice);
  const asked = picked === undefined ? null : { ...picked, parameters: {} };
  return narrowerForms({ entitlement, choice: asked }, all).map(({ entitlement: less, choice: part }) =>
    part === null ? less.id : `${less.id}:${part.name}`,
  );
};

test('less is what lets strictly less through in the same account, the narrowest first', () => {
  expect(forms('prod/storage')).toEqual(['prod/storage:bucket', 'prod/storage:read']);
  expect(forms('prod/storage', 'read')).toEqual(['prod/storage:bucket']);
  expect(forms('prod/queues')).toEqual([]);
});

test('beside what may allow everything, whatever is said to allow something is less', () => {
  expect(forms('prod/admin')).toEqual([
    'prod/storage:bucket',
    'prod/storage:read',
    'prod/queues',
    'prod/storage',
  ]);
});
