import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalogFile } from '../../src/catalog/load.ts';
import { testCases } from '../../src/test-catalog.ts';

const folder = join(import.meta.dirname, '../../examples/catalog');
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
const cases = files.filter((name) => name.endsWith('.cases.yaml'));
const catalogs = files.filter((name) => !name.endsWith('.cases.yaml'));

// What rules can do: each has a case in the examples that shows it.
const features = [
  'account-ou',
  'account-owner',
  'account-tags',
  'all',
  'approve-rule',
  'assurance',
  'break-glass',
  'bundle',
  'conditional-step',
  'count',
  'date',
  'day-of-week',
  'delegates',
  'denial',
  'deny-rule',
  'deny-wins',
  'distinct-people',
  'duration',
  'eligibility-review',
  'eligible-until',
  'escalation',
  'expiry',
  'fleet',
  'for-a-colleague',
  'groups',
  'guardrail',
  'hidden',
  'manager',
  'max-duration',
  'named-people',
  'narrowing',
  'network',
  'on-call',
  'on-call-down',
  'own-entitlement-only',
  'reason',
  'requester-groups',
  'requester-never-approves',
  'requester-outside',
  'rule-set',
  'sponsor',
  'start-later',
  'steps-in-order',
  'ticket',
  'time-of-day',
  'unknown-never-lets-in',
];

test.each(catalogs)('%s loads without a warning, and has cases', async (name) => {
  const loaded = await loadCatalogFile(join(folder, name));
  expect(loaded.ok ? loaded.warnings : loaded.problems).toEqual([]);
  expect(cases).toContain(name.replace('.yaml', '.cases.yaml'));
});

test.each(cases)('every case of %s comes out as expected', async (name) => {
  const tested = await testCases(join(folder, name), null);
  expect(tested.kind, tested.text).toBe('passed');
});

test('every feature of rules is shown by a case, and no case shows what is none', async () => {
  const tested = await Promise.all(cases.map((name) => testCases(join(folder, name), null)));
  const shown = new Set(tested.flatMap((each) => each.cases.flatMap(({ shows }) => shows)));
  expect([...shown].toSorted()).toEqual(features);
});
