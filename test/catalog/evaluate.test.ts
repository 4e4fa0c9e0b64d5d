import { expect, test } from 'vitest';
import { isVisible, mayApprove, mayAsk } from '../../src/catalog/evaluate.ts';
import { changed, only, sample, sound } from './sample.ts';

const catalog = sound(sample);
const admin = only(catalog, 'prod/admin');
const engineer = { personId: 'per_1', groups: ['staff', 'engineers'] };
const approver = { personId: 'per_2', groups: ['prod-approvers'] };
const stranger = { personId: 'per_3', groups: ['Engineers', 'engineers ', 'engineer'] };

test('an allow names its rule and the group', () => {
  expect(mayAsk(admin, engineer)).toEqual({
    allowed: true,
    rule: 'prod/admin#ask.groups',
    reason: 'in group engineers',
  });
  expect(mayApprove(admin, approver)).toEqual({
    allowed: true,
    rule: 'prod/admin#approve.groups',
    reason: 'in group prod-approvers',
  });
});

test('a denial names its rule and the groups that would do', () => {
  expect(mayAsk(admin, approver)).toEqual({
    allowed: false,
    rule: 'prod/admin#ask.groups',
    reason: 'in none of the groups engineers',
  });
  expect(mayApprove(admin, engineer)).toMatchObject({ allowed: false, rule: 'prod/admin#approve.groups' });
});

test('groups are compared exactly', () => {
  expect(mayAsk(admin, stranger).allowed).toBe(false);
});

test('an empty list of groups means no one, whoever asks', () => {
  const open = { ...admin, ask: { groups: [] }, approve: { groups: [], count: 1 } };
  for (const subject of [
    engineer,
    approver,
    { personId: 'per_4', groups: [] },
    { personId: 'per_5', groups: [''] },
  ]) {
    expect([
      mayAsk(open, subject).allowed,
      mayApprove(open, subject).allowed,
      isVisible(open, subject),
    ]).toEqual([false, false, false]);
  }
});

test('no one at all is denied', () => {
  expect(mayAsk(admin, { personId: '', groups: ['engineers'] }).allowed).toBe(false);
});

test('those who may ask or approve can see it, others cannot', () => {
  expect([engineer, approver, stranger].map((subject) => isVisible(admin, subject))).toEqual([
    true,
    true,
    false,
  ]);
});

test('a rule sees only its own entitlement', () => {
  const source = changed('[engineers, prod-approvers]', '[engineers, prod-approvers, ops]').replace(
    '[engineers] }',
    '[ops] }',
  );
  const ids = (groups: string[]) =>
    [...sound(source).entitlements.values()]
      .filter((entitlement) => mayAsk(entitlement, { personId: 'per_1', groups }).allowed)
      .map(({ id }) => id);
  expect(ids(['ops'])).toEqual(['prod/admin']);
  expect(ids(['engineers'])).toEqual(['prod/console']);
  expect(ids(['engineers', 'ops'])).toEqual(['prod/admin', 'prod/console']);
  expect(ids(['prod-approvers'])).toEqual([]);
});
