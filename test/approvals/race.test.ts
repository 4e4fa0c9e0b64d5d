import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelRequest } from '../../src/approvals/cancel-request.ts';
import { expireRequest } from '../../src/approvals/expire-request.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { callerOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approvers: TestPerson[];
beforeAll(async () => {
  world = await startWorld({ poolSize: 10 });
  engineer = await world.person('Erin', ['engineers']);
  approvers = [];
  for (let i = 0; i < 8; i++) approvers.push(await world.person(`A${i}`, ['approvers']));
});
afterAll(() => world.stop());

async function outcome(id: string | null) {
  const kinds = await world.kinds(id);
  return {
    decisions: kinds.filter((kind) => /^request\.(approved|denied|cancelled|expired)$/.test(kind)),
    reviews: kinds.filter((kind) => kind === 'review.recorded').length,
    rows: await world.count('reviews WHERE request_id = $1', [id]),
    grants: await world.count('grants WHERE request_id = $1', [id]),
  };
}

test('eight people approve one request at once: one decision, one review, one set of grants, 20 times over', async () => {
  for (let round = 0; round < 20; round++) {
    const asked = await world.ask(engineer, { entitlements: ['prod/admin', 'prod/chat'] });
    const results = await Promise.allSettled(approvers.map((person) => world.answer(person, asked)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already_decided' });
    }
    expect(await outcome(asked.id)).toEqual({
      decisions: ['request.approved'],
      reviews: 1,
      rows: 1,
      grants: 2,
    });
  }
});

test('approvals, denials, a cancellation and the expiry at once leave exactly one decision', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 12; round++) {
    const asked = await world.ask(engineer);
    const id = asked.id ?? '';
    const answers = approvers.map((person, index) =>
      reviewRequest(world.deps, callerOf(person, world.now()), {
        id,
        decision: index % 2 === round % 2 ? 'approve' : 'deny',
        digest: asked.digest,
      }),
    );
    await Promise.allSettled([
      ...answers.slice(round % 8),
      cancelRequest(world.deps, callerOf(engineer, world.now()), { id }),
      expireRequest(world.deps, { requestId: id }),
      ...answers.slice(0, round % 8),
    ]);
    const result = await outcome(id);
    expect(result.decisions).toHaveLength(1);
    const [decision = ''] = result.decisions;
    seen.add(decision);
    const reviewed = decision === 'request.approved' || decision === 'request.denied' ? 1 : 0;
    expect(result).toMatchObject({
      reviews: reviewed,
      rows: reviewed,
      grants: decision === 'request.approved' ? 1 : 0,
    });
  }
  expect(seen.size).toBeGreaterThan(0);
});

test('one person who clicks eight times has answered once', async () => {
  const asked = await world.ask(engineer);
  const [person] = approvers;
  if (person === undefined) throw new Error('no approver');
  const results = await Promise.allSettled(approvers.map(() => world.answer(person, asked)));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect((await outcome(asked.id)).rows).toBe(1);
});
