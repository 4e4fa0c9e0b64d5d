import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatDays, parseDays } from '../../src/catalog/days.ts';
import { isVisible, mayApprove, mayAsk } from '../../src/catalog/evaluate.ts';
import { loadCatalogFile, parseCatalog } from '../../src/catalog/load.ts';
import { isFromOutside, standingOf } from '../../src/catalog/standing.ts';
import { entitlementTerms } from '../../src/catalog/terms.ts';
import type { Catalog, Entitlement } from '../../src/catalog/types.ts';
import { parseUntil } from '../../src/catalog/until.ts';

const text = `version: 1
groups: [engineers, contractors, approvers, leads]
people:
  alice: { subject: sub-alice }
  bob: { subject: sub-bob, eligibleUntil: 2026-12-31, sponsor: alice }
outside: { groups: [contractors] }
accounts:
  prod: { id: "111122223333" }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers, contractors] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    reviewEvery: 90d
    owners: { groups: [leads], people: [alice] }
`;

function read(source: string): Catalog {
  const result = parseCatalog(source);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.catalog;
}
const admin = (catalog: Catalog): Entitlement => {
  const found = catalog.entitlements.get('prod/admin');
  if (found === undefined) throw new Error('no prod/admin');
  return found;
};

test('a catalog is resolved to subjects, times in UTC and whole seconds', () => {
  const catalog = read(text);
  expect(catalog.people.get('bob')).toEqual({
    subject: 'sub-bob',
    eligibleUntil: '2027-01-01T00:00:00.000Z',
    sponsor: 'sub-alice',
  });
  expect(admin(catalog).reviews).toEqual({
    everySeconds: 90 * 86_400,
    withinSeconds: 14 * 86_400,
    unusedAfterSeconds: 90 * 86_400,
    owners: { groups: ['leads'], people: ['sub-alice'] },
  });
  const weekly = read(text.replace('90d', '7d'));
  expect(admin(weekly).reviews?.withinSeconds).toBe(3.5 * 86_400);
});

test('the owners of the account answer where the entitlement names none', () => {
  const source = text
    .replace('    owners: { groups: [leads], people: [alice] }\n', '')
    .replace('prod: { id: "111122223333" }', 'prod: { id: "111122223333", owners: { groups: [approvers] } }');
  expect(admin(read(source)).reviews?.owners).toEqual({ groups: ['approvers'], people: [] });
});

test.each([
  ['2026-12-31', '2026-12-30'],
  ['sponsor: alice', 'sponsor: carol'],
  ['outside: { groups: [contractors] }', 'outside: { groups: [approvers] }'],
  ['reviewEvery: 90d', 'reviewEvery: 91d'],
  ['groups: [leads], people', 'people'],
])('the version covers it: %s to %s', (from, to) => {
  const more = text.replace('  bob:', '  carol: { subject: sub-carol }\n  bob:');
  expect(read(more.replace(from, to)).version).not.toBe(read(more).version);
});

test('an approval does not bind to it: a review that is planned voids no request', () => {
  const without = text.replace(/ {4}reviewEvery: 90d\n.*\n/, '');
  expect(entitlementTerms(admin(read(text)))).toEqual(entitlementTerms(admin(read(without))));
});

test.each([
  [', sponsor: alice', '', "'eligibleUntil' takes 'sponsor' beside it"],
  ['eligibleUntil: 2026-12-31, ', '', "'sponsor' takes 'eligibleUntil' beside it"],
  ['2026-12-31', '2026-02-30', 'there is no day or time such as "2026-02-30"'],
  ['2026-12-31', 'soon', 'must be a day'],
  ['sponsor: alice', 'sponsor: bob', 'nobody answers for themselves'],
  ['sponsor: alice', 'sponsor: alic', 'nobody is named "alic": add it under people (did you mean'],
  [
    '{ subject: sub-alice }',
    '{ subject: sub-alice, eligibleUntil: 2026-12-31, sponsor: bob }',
    'is from outside, too',
  ],
  ['outside: { groups: [contractors] }', 'outside: { groups: [strangers] }', 'no group is named "strangers"'],
  ['outside: { groups: [contractors] }', 'outside: { groups: [] }', 'is an empty list'],
  ['reviewEvery: 90d', 'reviewEvery: 6d', "'reviewEvery' must be 7d to 400d"],
  ['reviewEvery: 90d', 'reviewEvery: 401d', "'reviewEvery' must be 7d to 400d"],
  ['reviewEvery: 90d', 'reviewEvery: 90h', 'must be a number of days such as 90d'],
  ['reviewEvery: 90d', 'reviewEvery: 7d\n    reviewWithin: 7d', "must be shorter than 'reviewEvery'"],
  ['    reviewEvery: 90d\n', '', "'owners' has no effect without 'reviewEvery'"],
  ['    owners: { groups: [leads], people: [alice] }\n', '', 'nobody would answer the reviews'],
  ['people: [alice] }', 'people: [alicia] }', 'nobody is named "alicia"'],
  ['{ groups: [leads], people: [alice] }', '{}', 'is empty'],
])('%s, written %s, is refused: %s', (from, to, message) => {
  expect(text).toContain(from);
  const result = parseCatalog(text.replace(from, to));
  const problems = result.ok ? [] : result.problems.map((problem) => problem.message);
  const plain = (one: string) => one.replace(/["']/g, '');
  expect(problems.map(plain).join('\n')).toContain(plain(message));
});

test('the example loads without a warning', async () => {
  const result = await loadCatalogFile(join(import.meta.dirname, '../../examples/catalog/eligibility.yaml'));
  expect(result.ok ? result.warnings : result.problems).toEqual([]);
});

describe('times', () => {
  test.each([
    ['2026-12-31', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29', '2028-03-01T00:00:00.000Z'],
    ['2026-12-31T18:00:00Z', '2026-12-31T18:00:00.000Z'],
    ['2026-12-31T18:00:00+01:00', '2026-12-31T17:00:00.000Z'],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['2026-12-31T25:00:00Z', null],
    ['2026-12-31T18:00:00', null],
    ['31.12.2026', null],
  ])('%s is until %s', (written, until) => {
    expect(parseUntil(written)).toBe(until);
  });

  test.each([
    ['1d', 86_400],
    ['90d', 7_776_000],
    ['0d', null],
    ['1h', null],
    ['1.5d', null],
    ['-1d', null],
  ])('%s are %s seconds', (written, seconds) => {
    expect(parseDays(written)).toBe(seconds);
    if (seconds !== null) expect(formatDays(seconds)).toBe(written);
  });
});

describe('standing', () => {
  const catalog = read(text);
  const bob = { personId: 'prs_b', subject: 'sub-bob', groups: ['contractors'] };
  const before = new Date('2026-12-31T23:59:59.999Z');
  const after = new Date('2027-01-01T00:00:00Z');
  const judged = (person: { subject: string; groups: string[] }, now: Date, sponsor: boolean) => {
    const standing = standingOf(catalog, person, now, sponsor);
    return standing.eligible ? 'eligible' : standing.rule;
  };

  test('who is not from outside is eligible, whatever the time', () => {
    expect(judged({ subject: 'sub-x', groups: ['engineers'] }, after, false)).toBe('eligible');
    expect(judged({ subject: 'sub-alice', groups: [] }, after, false)).toBe('eligible');
    expect(isFromOutside(catalog, { subject: 'sub-x', groups: ['engineers'] })).toBe(false);
  });

  test('who is from outside is eligible until the end of their day, and while the sponsor is there', () => {
    expect(judged(bob, before, true)).toBe('eligible');
    expect(judged(bob, after, true)).toBe('people.bob.eligibleUntil');
    expect(judged(bob, before, false)).toBe('people.bob.sponsor');
    // By name alone, too: a group that the identity provider has taken away changes nothing.
    expect(judged({ ...bob, groups: ['engineers'] }, after, true)).toBe('people.bob.eligibleUntil');
  });

  test('who is from outside and not named is eligible for nothing', () => {
    expect(judged({ subject: 'sub-x', groups: ['engineers', 'contractors'] }, before, true)).toBe(
      'outside.groups',
    );
    // Nobody is named by a sponsor's entry alone.
    expect(judged({ subject: 'sub-alice', groups: ['contractors'] }, before, true)).toBe('outside.groups');
  });

  test('who is barred asks for nothing, approves nothing, and sees nothing, by whichever rule', () => {
    const barred = { rule: 'people.bob.sponsor', reason: 'from outside' };
    const engineer = { personId: 'prs_1', subject: 's', groups: ['engineers', 'approvers'], barred };
    expect(mayAsk(admin(catalog), engineer)).toEqual({ allowed: false, ...barred });
    expect(mayApprove(admin(catalog), engineer)).toEqual({ allowed: false, ...barred });
    expect(isVisible(admin(catalog), engineer)).toBe(false);
  });

  test('who was dropped may not ask, by the name of the review, and still sees it', () => {
    const dropped = new Map([['prod/admin', { review: 'elr_1', since: '2026-01-01T00:00:00.000Z' }]]);
    const engineer = { personId: 'prs_1', subject: 's', groups: ['engineers'], dropped };
    const decision = mayAsk(admin(catalog), engineer);
    expect(decision).toMatchObject({ allowed: false, rule: 'prod/admin#reviewEvery' });
    expect(decision.reason).toContain('elr_1');
    expect(isVisible(admin(catalog), engineer)).toBe(true);
    expect(mayAsk({ ...admin(catalog), id: 'prod/other' }, engineer).allowed).toBe(true);
    // Whom the rules do not let ask is not told of a review.
    const stranger = { ...engineer, groups: [] };
    expect(mayAsk(admin(catalog), stranger).rule).toBe('prod/admin#ask.groups');
    expect(isVisible(admin(catalog), stranger)).toBe(false);
  });
});
