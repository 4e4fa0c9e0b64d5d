import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { changedSince, whatChanged } from '../../src/approvals/changes.ts';
import { makeContent, type RequestContent } from '../../src/approvals/content.ts';
import { requestDigest } from '../../src/approvals/digest.ts';
import { mayBecome, requestStates, requestTransitions } from '../../src/approvals/states.ts';
import type { Entitlement } from '../../src/catalog/types.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const entitlement = (id: string): Entitlement => {
  const found = world.deps.catalog().entitlements.get(id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
};
const content = (over: Partial<RequestContent> = {}): RequestContent => ({
  ...makeContent('prs_a', { durationSeconds: 900, reason: 'why', ticket: null, startAt: null }, [
    entitlement('prod/admin'),
  ]),
  ...over,
});

describe('states', () => {
  test('the table in code and the table in Postgres are the same', async () => {
    const { rows } = await world.root.query('SELECT from_state, to_state FROM request_transitions');
    const stored = rows.map(
      (row: { from_state: string; to_state: string }) => `${row.from_state} ${row.to_state}`,
    );
    expect(stored.toSorted()).toEqual(requestTransitions.map((pair) => pair.join(' ')).toSorted());
  });

  test('nothing leaves a decided state', () => {
    for (const from of requestStates.filter((state) => state !== 'pending')) {
      for (const to of requestStates) expect(mayBecome(from, to)).toBe(false);
    }
  });
});

describe('digest', () => {
  test('every part of the content changes it', () => {
    const base = requestDigest(content());
    const others = [
      content({ who: 'prs_b' }),
      content({ askedBy: 'prs_b' }),
      content({ skipped: { 'prod/admin': ['security'] } }),
      content({ byRule: { 'prod/admin': 'prod/admin#rules.short' } }),
      content({ durationSeconds: 901 }),
      content({ reason: 'why ' }),
      content({ ticket: 'OPS-1' }),
      content({ startAt: '2026-11-23T00:00:00.000Z' }),
      content({ extends: { grant: 'grt_1', from: '2026-11-23T00:00:00.000Z' } }),
      content({ extends: { grant: 'grt_2', from: '2026-11-23T00:00:00.000Z' } }),
      content({ extends: { grant: 'grt_1', from: '2026-11-23T00:01:00.000Z' } }),
      content({ entitlements: [] }),
      ...['description', 'allowOnward', 'maxDurationSeconds', 'sessionSeconds'].map((key) =>
        content({
          entitlements: content().entitlements.map((terms) => ({
            ...terms,
            [key]: key === 'allowOnward' ? true : key === 'description' ? 'other' : 1234,
          })),
        }),
      ),
    ];
    const digests = others.map(requestDigest);
    expect(new Set([base, ...digests]).size).toBe(others.length + 1);
    expect(base).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('the order in which entitlements were named does not change it, nor an edit elsewhere in the catalog', async () => {
    const ask = { durationSeconds: 60, reason: 'r', ticket: null, startAt: null };
    const two = [entitlement('prod/chat'), entitlement('prod/admin')];
    const before = requestDigest(makeContent('prs_a', ask, two));
    expect(requestDigest(makeContent('prs_a', ask, two.toReversed()))).toBe(before);
    const version = world.deps.catalog().version;
    await world.change('description: Hidden', 'description: Hidden well');
    expect(world.deps.catalog().version).not.toBe(version);
    const again = [entitlement('prod/chat'), entitlement('prod/admin')];
    expect(requestDigest(makeContent('prs_a', ask, again))).toBe(before);
    await world.restore();
  });
});

describe('what changed', () => {
  test('is empty exactly when the digests are equal', () => {
    const variant = fc.record({
      who: fc.constantFrom('prs_a', 'prs_b'),
      durationSeconds: fc.constantFrom(60, 61),
      reason: fc.constantFrom('x', 'y'),
      ticket: fc.constantFrom(null, 'OPS-1'),
      startAt: fc.constantFrom(null, '2026-11-23T00:00:00.000Z'),
      entitlements: fc
        .subarray(['prod/admin', 'prod/chat'])
        .map((ids) => ids.map((id) => content().entitlements.map((terms) => ({ ...terms, id }))).flat()),
    });
    fc.assert(
      fc.property(variant, variant, (a, b) => {
        const same = requestDigest(content(a)) === requestDigest(content(b));
        expect(whatChanged(content(a), content(b)).length === 0).toBe(same);
      }),
    );
  });

  test('names the field by its path, and never tells an external id', () => {
    const before = content();
    const after = content({
      durationSeconds: 60,
      entitlements: before.entitlements.map((terms) => ({
        ...terms,
        approve: { ...terms.approve, groups: ['others'] },
        target:
          terms.target.kind === 'role' ? { ...terms.target, externalId: 'told-to-nobody' } : terms.target,
      })),
    });
    expect(whatChanged(before, after)).toEqual([
      { field: 'durationSeconds', before: 900, after: 60 },
      { field: 'entitlements[prod/admin].approve.groups', before: ['approvers'], after: ['others'] },
      { field: 'entitlements[prod/admin].target.externalId', before: null, after: null },
    ]);
  });

  test('an entitlement that left the catalog is a change', () => {
    const catalog = world.deps.catalog();
    const without = { ...catalog, entitlements: new Map([...catalog.entitlements].slice(1)) };
    expect(changedSince(content(), catalog)).toEqual([]);
    expect(changedSince(content(), without)).toEqual([
      { field: 'entitlements[prod/admin]', before: 'prod/admin', after: null },
    ]);
  });
});
