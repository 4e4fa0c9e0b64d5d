import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entitlementIds, type RequestContent } from '../../src/approvals/content.ts';
import { narrowed, type Narrowing } from '../../src/approvals/narrow.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { Refusal } from '../../src/refusal.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let erin: TestPerson;
let lead: TestPerson;
let security: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(steppedCatalog);
  erin = await world.person('Erin', ['engineers']);
  lead = await world.person('Lea', ['leads']);
  security = await world.person('Sia', ['security']);
});
afterAll(() => world.stop());

const narrow = (person: TestPerson, asked: { id: string | null; digest: string }, by: Narrowing) =>
  reviewRequest(world.deps, callerOf(person, world.now()), {
    id: asked.id ?? '',
    decision: 'approve',
    digest: asked.digest,
    narrow: by,
  });

const both = () => world.ask(erin, { entitlements: ['prod/admin', 'prod/owned'], durationSeconds: 3_600 });

describe('narrowing', () => {
  test('gives less time, and earlier approvals hold for it', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'], durationSeconds: 3_600 });
    await world.answer(lead, asked);
    const done = await narrow(security, asked, { durationSeconds: 600 });
    expect(done).toMatchObject({ state: 'approved', durationSeconds: 600 });
    expect(done.digest).not.toBe(asked.digest);
    const [grant] = done.grants;
    expect(Date.parse(grant?.endsAt ?? '') - Date.parse(grant?.startsAt ?? '')).toBe(600_000);
    expect(await world.kinds(asked.id)).toEqual(
      expect.arrayContaining(['request.narrowed', 'review.carried']),
    );
  });

  test('gives fewer entitlements; what was taken away is never granted', async () => {
    const asked = await both();
    const after = await narrow(lead, asked, { entitlements: ['prod/owned'] });
    expect(after).toMatchObject({ state: 'approved', grants: [{ entitlement: 'prod/owned' }] });
    expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(1);
  });

  test('an approval of the wider request that comes after it counts', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'], durationSeconds: 3_600 });
    const less = await narrow(lead, asked, { durationSeconds: 600 });
    expect(less.state).toBe('pending');
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved', durationSeconds: 600 });
  });

  test('an approval of something narrower than what is asked is none', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'], durationSeconds: 600 });
    const wider = await world.ask(erin, { entitlements: ['prod/admin'], durationSeconds: 3_600 });
    const refusal = await refusalOf(world.answer(lead, { ...wider, digest: asked.digest }));
    expect(refusal).toMatchObject({
      code: 'digest_mismatch',
      extra: { changed: [{ field: 'durationSeconds', before: 600, after: 3_600 }] },
    });
  });

  test.each<[string, Narrowing, string]>([
    ['more time', { durationSeconds: 3_601 }, 'from 60 to 3600'],
    ['less than a minute', { durationSeconds: 59 }, 'from 60 to 3600'],
    ['nothing taken away', { durationSeconds: 3_600 }, 'takes nothing away'],
    ['nothing left', { entitlements: [] }, 'keeps nothing'],
    ['something else', { entitlements: ['prod/two'] }, 'prod/two, which is not asked for'],
  ])('%s is refused, and nothing changes', async (_, by, message) => {
    const asked = await both();
    const refusal = await refusalOf(narrow(lead, asked, by));
    expect([refusal.code, refusal.message]).toEqual(['invalid_input', expect.stringContaining(message)]);
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
    expect(await world.count('request_versions WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('goes with an approval only', async () => {
    const asked = await both();
    const denied = reviewRequest(world.deps, callerOf(lead, world.now()), {
      id: asked.id ?? '',
      decision: 'deny',
      digest: asked.digest,
      narrow: { durationSeconds: 600 },
    });
    expect((await refusalOf(denied)).code).toBe('invalid_input');
  });

  test('a repeated key still means the request as it was asked', async () => {
    const input = { entitlements: ['prod/admin'], durationSeconds: 3_600, idempotencyKey: 'once' };
    const asked = await world.ask(erin, input);
    await narrow(lead, asked, { durationSeconds: 600 });
    expect(await world.ask(erin, input)).toMatchObject({
      id: asked.id,
      replayed: true,
      durationSeconds: 600,
    });
    expect((await refusalOf(world.ask(erin, { ...input, durationSeconds: 600 }))).code).toBe(
      'idempotency_mismatch',
    );
  });

  test('two who narrow at once: what is left is less than either, and one grant at most', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/two'], durationSeconds: 3_600 });
    const other = await world.person('Lou', ['leads']);
    await Promise.allSettled([
      narrow(lead, asked, { durationSeconds: 1_200 }),
      narrow(other, asked, { durationSeconds: 600 }),
    ]);
    const { rows } = await world.root.query<{ seconds: number }>(
      "SELECT (content ->> 'durationSeconds')::int AS seconds FROM requests WHERE id = $1",
      [asked.id],
    );
    expect(rows[0]?.seconds).toBe(600);
  });
});

test('whatever is taken away, what is left is asked for word for word and never more', async () => {
  const asked = await both();
  const { rows } = await world.root.query<{ content: RequestContent }>(
    'SELECT content FROM requests WHERE id = $1',
    [asked.id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('no request');
  const { content } = row;
  const by = fc.record(
    {
      durationSeconds: fc.integer({ min: 0, max: 5_000 }),
      entitlements: fc.subarray(['prod/admin', 'prod/owned', 'prod/two']),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(by, (narrowing) => {
      let left: RequestContent;
      try {
        left = narrowed(content, narrowing);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
        return;
      }
      const { entitlements, durationSeconds, ...rest } = left;
      const { entitlements: all, durationSeconds: before, ...asBefore } = content;
      expect(rest).toEqual(asBefore);
      expect(durationSeconds).toBeLessThanOrEqual(before);
      expect(entitlements.every((terms) => all.includes(terms))).toBe(true);
      expect(entitlementIds(left).length + durationSeconds).toBeLessThan(
        entitlementIds(content).length + before,
      );
    }),
  );
});
