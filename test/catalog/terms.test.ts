import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalDigest,
  entitlementFromTerms,
  entitlementTerms,
  InvalidTermsError,
} from '../../src/catalog/terms.ts';
import { assuranceLevels, type Entitlement } from '../../src/catalog/types.ts';
import { changed, only, sample, sound } from './sample.ts';

const digestOf = (entitlement: Entitlement) => canonicalDigest(entitlementTerms(entitlement));
const admin = only(sound(sample), 'prod/admin');
const console_ = only(sound(sample), 'prod/console');

const demand = fc.record({
  level: fc.constantFrom(...assuranceLevels),
  maxAgeSeconds: fc.option(fc.integer({ min: 60, max: 2_592_000 })),
});
const groups = fc
  .uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 })
  .map((names) => names.sort());
const entitlements: fc.Arbitrary<Entitlement> = fc.record({
  id: fc.constantFrom('prod/admin', 'a/b/c-1'),
  description: fc.string({ minLength: 1 }),
  account: fc.record({ id: fc.constant('111122223333'), name: fc.string({ minLength: 1 }) }),
  target: fc.constantFrom(admin.target, console_.target),
  ask: fc.record({ groups }),
  approve: fc.record({ groups, count: fc.integer({ min: 1, max: 10 }) }),
  maxDurationSeconds: fc.integer({ min: 60, max: 43_200 }),
  sessionSeconds: fc.integer({ min: 900, max: 3600 }),
  requestExpiresSeconds: fc.integer({ min: 60, max: 604_800 }),
  assurance: fc.record({ ask: demand, approve: demand, issue: demand }),
  ticketPattern: fc.constantFrom(null, '^(?:OPS-[0-9]+)$'),
  allowOnward: fc.boolean(),
  allowIamWrite: fc.boolean(),
});

test('stored terms read back as the same entitlement', () => {
  fc.assert(
    fc.property(entitlements, (entitlement) => {
      const stored: unknown = JSON.parse(JSON.stringify(entitlementTerms(entitlement)));
      expect(entitlementFromTerms(stored)).toEqual(entitlement);
    }),
  );
});

test('the digest does not depend on the order of groups or keys', () => {
  const source = changed('groups: [prod-approvers]', 'groups: [prod-approvers, engineers]');
  const other = changed('groups: [prod-approvers]', 'groups: [engineers, prod-approvers]');
  expect(digestOf(only(sound(source), 'prod/admin'))).toBe(digestOf(only(sound(other), 'prod/admin')));
  const turned = Object.fromEntries(Object.entries(entitlementTerms(admin)).reverse());
  expect(digestOf(entitlementFromTerms(turned))).toBe(digestOf(admin));
});

test('an unrelated edit changes nothing, an edit of the entitlement does', () => {
  const digestIn = (source: string) => digestOf(only(sound(source), 'prod/admin'));
  expect(digestIn(changed('maxDuration: 8h', 'maxDuration: 4h'))).toBe(digestOf(admin));
  for (const [from, to] of [
    ['maxDuration: 1h', 'maxDuration: 2h'],
    ['daypass-admin', 'daypass-other'],
    ['OPS-', 'INC-'],
    ['groups: [prod-approvers]', 'groups: [engineers]'],
    ['111122223333', '111122223334'],
    ['    ticket:', '    allowOnward: true\n    ticket:'],
  ] as const) {
    expect(digestIn(changed(from, to)), to).not.toBe(digestOf(admin));
  }
});

describe('terms that were tampered with are refused', () => {
  const terms = entitlementTerms(admin);
  test.each<[string, unknown]>([
    ['nothing', null],
    ['an entitlement without its version', { ...terms, terms: undefined }],
    ['a later version', { ...terms, terms: 2 }],
    ['an unknown field', { ...terms, extra: 1 }],
    ['no askers', { ...terms, ask: { groups: [] } }],
    ['no approvers', { ...terms, approve: { groups: [], count: 1 } }],
    ['no approval', { ...terms, approve: { ...terms.approve, count: 0 } }],
    ['a day', { ...terms, maxDurationSeconds: 86_400 }],
    ['another account', { ...terms, account: { ...terms.account, id: '444455556666' } }],
    [
      'a role of another account',
      { ...terms, target: { ...terms.target, roleArn: 'arn:aws:iam::444455556666:role/x' } },
    ],
    ['a catastrophic pattern', { ...terms, ticketPattern: '^(?:(a+)+)$' }],
    ['a pattern without anchors', { ...terms, ticketPattern: 'OPS' }],
  ])('%s', (_name, value) => {
    expect(() => entitlementFromTerms(value)).toThrow(InvalidTermsError);
  });
});
