import { expect, test } from 'vitest';
import { canSee, isOpen, isParty, reviewRight, type Viewer } from '../../src/approvals/rights.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import { catalogText } from './world.ts';

const parsed = parseCatalog(catalogText);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
const { catalog } = parsed;

function entitlement(id: string): Entitlement {
  const found = catalog.entitlements.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

const asked = (...ids: string[]) => ({
  requester: 'prs_a',
  askedBy: 'prs_z',
  manager: null,
  state: 'pending' as const,
  expiresAt: new Date('2026-11-23T00:00:00Z'),
  entitlements: ids.map(entitlement),
});
const viewer = (personId: string, groups: string[], over: Partial<Viewer> = {}): Viewer => ({
  personId,
  groups,
  subject: personId,
  onCall: [],
  principals: [],
  isAuditor: false,
  isOperator: false,
  ...over,
});

test('whoever may answer a part of a request sees it, and answers for that part', () => {
  const both = asked('prod/admin', 'secret/vault');
  const half = viewer('prs_b', ['approvers']);
  expect(canSee(both, catalog, half)).toBe(true);
  const right = reviewRight(both, catalog, half);
  expect(right).toMatchObject({ allowed: true, rule: 'prod/admin#approve.groups' });
  expect(right.entitlements.map(({ id }) => id)).toEqual(['prod/admin']);
  const neither = viewer('prs_c', ['others']);
  expect(canSee(both, catalog, neither)).toBe(false);
  expect(reviewRight(both, catalog, neither)).toMatchObject({
    allowed: false,
    rule: 'prod/admin#approve.groups',
  });
});

test('a right must hold by the rules in force and on the terms that were asked for', () => {
  const one = asked('prod/admin');
  const old = {
    ...one,
    entitlements: [{ ...entitlement('prod/admin'), approve: { groups: ['others'], count: 1 } }],
  };
  expect(reviewRight(old, catalog, viewer('prs_b', ['approvers'])).allowed).toBe(false);
  expect(reviewRight(old, catalog, viewer('prs_b', ['others'])).allowed).toBe(false);
  expect(reviewRight(old, catalog, viewer('prs_b', ['approvers', 'others'])).allowed).toBe(true);
});

test("it is about whose access it is and about who asked; nothing asked for is nobody's to answer", () => {
  const one = asked('prod/admin');
  expect(['prs_a', 'prs_z', 'prs_b'].map((id) => isParty(one, viewer(id, [])))).toEqual([true, true, false]);
  expect(['prs_a', 'prs_z'].every((id) => canSee(one, catalog, viewer(id, [])))).toBe(true);
  expect(canSee(one, catalog, viewer('', ['approvers'], { isAuditor: true }))).toBe(false);
  expect(reviewRight(asked(), catalog, viewer('prs_b', ['approvers'])).allowed).toBe(false);
});

test('after its time a request waits for nobody', () => {
  const one = asked('prod/admin');
  expect(isOpen(one, new Date('2026-11-22T00:00:00Z'))).toBe(true);
  expect(isOpen(one, one.expiresAt)).toBe(false);
  expect(isOpen({ ...one, state: 'approved' }, new Date('2026-11-22T00:00:00Z'))).toBe(false);
});
