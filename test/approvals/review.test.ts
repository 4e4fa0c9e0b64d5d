import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
afterEach(() => world.restore());
afterAll(() => world.stop());

describe('approving', () => {
  test('approves, records the review, and schedules one grant for each entitlement in the same commit', async () => {
    const asked = await world.ask(engineer, {
      entitlements: ['prod/chat', 'prod/admin'],
      durationSeconds: 1200,
    });
    const view = await reviewRequest(world.deps, callerOf(approver, world.now()), {
      id: asked.id ?? '',
      decision: 'approve',
      digest: asked.digest,
      comment: ' fine ',
    });
    const window = {
      state: 'scheduled',
      startsAt: '2026-11-22T09:00:00.000Z',
      endsAt: '2026-11-22T09:20:00.000Z',
    };
    expect(view).toMatchObject({
      state: 'approved',
      decidedAt: '2026-11-22T09:00:00.000Z',
      waitingFor: [],
      reviews: [
        { reviewer: { id: approver.id, name: 'Aron' }, decision: 'approve', comment: 'fine', via: 'cli' },
      ],
      grants: [
        { entitlement: 'prod/admin', ...window },
        { entitlement: 'prod/chat', ...window },
      ],
      mayReview: false,
      mayCancel: false,
    });
    expect(await world.kinds(asked.id)).toEqual([
      'grant.scheduled',
      'grant.scheduled',
      'request.approved',
      'request.submitted',
      'review.recorded',
    ]);
    const jobs = await world.root.query(
      `SELECT name, at FROM test_jobs WHERE payload ->> 'grantId' = $1 ORDER BY name`,
      [view.grants[0]?.id],
    );
    expect(jobs.rows).toEqual([
      { name: 'grant.activate', at: null },
      { name: 'grant.end', at: new Date(window.endsAt) },
    ]);
    const grant = await world.root.query('SELECT person_id, terms FROM grants WHERE id = $1', [
      view.grants[0]?.id,
    ]);
    expect(grant.rows[0]).toMatchObject({ person_id: engineer.id, terms: { id: 'prod/admin', terms: 1 } });
  });

  test('a later start moves the whole window', async () => {
    const asked = await world.ask(engineer, { startAt: '2026-11-23T08:00:00Z' });
    const view = await world.answer(approver, asked);
    expect(view.grants[0]).toMatchObject({
      startsAt: '2026-11-23T08:00:00.000Z',
      endsAt: '2026-11-23T08:15:00.000Z',
    });
  });

  test('one denial denies, and gives nothing', async () => {
    const asked = await world.ask(engineer);
    expect(await world.answer(approver, asked, 'deny')).toMatchObject({ state: 'denied', grants: [] });
    expect(await world.kinds(asked.id)).toEqual(['request.denied', 'request.submitted', 'review.recorded']);
    expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('a decided request keeps its decision', async () => {
    const asked = await world.ask(engineer);
    await world.answer(approver, asked, 'deny');
    const other = await world.person('Ada', ['approvers']);
    expect(await refusalOf(world.answer(other, asked))).toMatchObject({
      code: 'already_decided',
      extra: { state: 'denied' },
    });
    expect(await world.count("reviews WHERE decision = 'approve' AND request_id = $1", [asked.id])).toBe(0);
  });
});

describe('who may answer', () => {
  test('a person who approves nothing of it gets the same 404 as for a request that does not exist', async () => {
    const asked = await world.ask(engineer);
    const other = await world.person('Otto', ['engineers']);
    const weak = { assurance: { level: 'single-factor' as const, authenticatedAt: new Date(0) } };
    const hidden = await refusalOf(world.answer(other, asked, 'approve', weak));
    const missing = await refusalOf(
      world.answer(other, { ...asked, id: 'req_00000000000000000000000000' }, 'approve', weak),
    );
    expect([hidden.code, hidden.message, hidden.extra]).toEqual([
      missing.code,
      missing.message,
      missing.extra,
    ]);
    expect(hidden.code).toBe('not_found');
  });

  test('nobody approves their own, whatever group they are in or name and address they go by', async () => {
    const both = await world.person('Bo', ['engineers', 'approvers']);
    const asked = await world.ask(both);
    for (const over of [
      {},
      { name: 'BO@EXAMPLE.COM' },
      { via: 'slack' as const },
      { isOperator: true, isAuditor: true },
    ]) {
      expect(await refusalOf(world.answer(both, asked, 'approve', over))).toMatchObject({
        code: 'forbidden',
        extra: { rule: 'requester-never-approves' },
      });
    }
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('an auditor or operator who is no approver sees it and may not answer it', async () => {
    const operator = await world.person('Opal', ['others']);
    const asked = await world.ask(engineer);
    for (const over of [{ isOperator: true }, { isAuditor: true }]) {
      expect(await refusalOf(world.answer(operator, asked, 'approve', over))).toMatchObject({
        code: 'forbidden',
        extra: { rule: 'prod/admin#approve.groups' },
      });
    }
  });

  test('groups are those stored now, not those the caller brought along', async () => {
    const left = await world.person('Lena', ['approvers']);
    const joined = await world.person('June', []);
    const asked = await world.ask(engineer);
    await world.root.query("UPDATE people SET groups = '{}' WHERE id = $1", [left.id]);
    await world.root.query("UPDATE people SET groups = '{approvers}' WHERE id = $1", [joined.id]);
    expect((await refusalOf(world.answer(left, asked))).code).toBe('not_found');
    expect((await world.answer(joined, asked)).state).toBe('approved');
  });

  test('a person who was deactivated may not answer', async () => {
    const left = await world.person('Lars', ['approvers']);
    const asked = await world.ask(engineer);
    await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [left.id]);
    expect((await refusalOf(world.answer(left, asked))).code).toBe('forbidden');
  });

  test('too weak or too old a proof is told what it takes, after it is known that they may see it', async () => {
    const asked = await world.ask(engineer);
    const weak = { assurance: { level: 'single-factor' as const, authenticatedAt: world.now() } };
    for (const decision of ['approve', 'deny'] as const) {
      expect(await refusalOf(world.answer(approver, asked, decision, weak))).toMatchObject({
        code: 'insufficient_assurance',
        extra: { required: { level: 'multi-factor' } },
      });
    }
  });

  test('a request for several is approved part by part, by who may answer for each', async () => {
    const keeper = await world.person('Kit', ['engineers', 'vault-people']);
    const asked = await world.ask(keeper, { entitlements: ['prod/admin', 'secret/vault'] });
    const half = await world.answer(approver, asked);
    expect(half).toMatchObject({ state: 'pending', waitingFor: [{ entitlement: 'secret/vault' }] });
    expect((await refusalOf(world.answer(await world.person('Sia', ['approvers']), asked))).code).toBe(
      'not_possible',
    );
    const other = await world.person('Al', ['vault-approvers']);
    expect((await world.answer(other, asked)).grants).toHaveLength(2);
  });
});

describe('the answer is to the exact request', () => {
  test('another digest is refused with the right one', async () => {
    const asked = await world.ask(engineer);
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await refusalOf(world.answer(approver, { ...asked, digest }))).toMatchObject({
      code: 'digest_mismatch',
      extra: { digest: asked.digest, changed: [{ field: 'digest', before: digest, after: asked.digest }] },
    });
    expect(await world.count('reviews WHERE request_id = $1', [asked.id])).toBe(0);
  });

  test('the digest of an earlier try of the same person is explained field by field', async () => {
    const earlier = await world.ask(engineer, { durationSeconds: 600 });
    const asked = await world.ask(engineer, { reason: 'another' });
    const refusal = await refusalOf(world.answer(approver, { ...asked, digest: earlier.digest }));
    expect(refusal.extra['changed']).toEqual([
      { field: 'durationSeconds', before: 600, after: 900 },
      { field: 'reason', before: 'to mend it', after: 'another' },
    ]);
  });

  test('the digest of a request for something else tells nothing about that', async () => {
    const keeper = await world.person('Kay', ['engineers', 'vault-people']);
    const secret = await world.ask(keeper, { entitlements: ['secret/vault'], reason: 'hush' });
    const asked = await world.ask(keeper);
    const refusal = await refusalOf(world.answer(approver, { ...asked, digest: secret.digest }));
    expect(JSON.stringify(refusal.extra)).not.toMatch(/hush|vault/);
  });

  test('when the rule changed since, it can no longer be approved, and still be denied', async () => {
    const asked = await world.ask(engineer);
    await world.change(
      'maxDuration: 1h\n    assurance: { ask: single',
      'maxDuration: 2h\n    assurance: { ask: single',
    );
    expect(await refusalOf(world.answer(approver, asked))).toMatchObject({
      code: 'digest_mismatch',
      extra: {
        changed: [{ field: 'entitlements[prod/admin].maxDurationSeconds', before: 3600, after: 7200 }],
      },
    });
    expect((await world.answer(approver, asked, 'deny')).state).toBe('denied');
  });

  test('what left the catalog can only be denied, by those who approved it before', async () => {
    const asked = await world.ask(engineer, { entitlements: ['prod/chat'] });
    await world.change('prod/chat:', 'prod/other:');
    expect(await refusalOf(world.answer(approver, asked))).toMatchObject({
      code: 'digest_mismatch',
      extra: { changed: [{ field: 'entitlements[prod/chat]', before: 'prod/chat', after: null }] },
    });
    const other = await world.person('Ole', ['others']);
    expect((await refusalOf(world.answer(other, asked, 'deny'))).code).toBe('not_found');
    expect((await world.answer(approver, asked, 'deny')).state).toBe('denied');
  });

  test('after the approvers changed, the old ones see nothing and the new ones cannot answer what bound the old', async () => {
    const asked = await world.ask(engineer);
    const newcomer = await world.person('Nia', ['others']);
    const both = await world.person('Bea', ['others', 'approvers']);
    await world.change(
      'ask: { groups: [engineers] }\n    approve: { groups: [approvers] }',
      'ask: { groups: [engineers] }\n    approve: { groups: [others] }',
    );
    expect((await refusalOf(world.answer(approver, asked))).code).toBe('not_found');
    expect((await refusalOf(world.answer(newcomer, asked, 'deny'))).code).toBe('forbidden');
    expect((await refusalOf(world.answer(both, asked))).code).toBe('digest_mismatch');
    expect((await world.answer(both, asked, 'deny')).state).toBe('denied');
  });

  test('an unrelated edit of the catalog voids nothing', async () => {
    const asked = await world.ask(engineer);
    await world.change('description: Small things', 'description: Smaller things');
    expect((await world.answer(approver, asked)).state).toBe('approved');
  });

  test.each([
    ['is no longer active', 'UPDATE people SET deactivated_at = now() WHERE id = $1'],
    ['may not ask any more', "UPDATE people SET groups = '{}' WHERE id = $1"],
  ])('a request whose requester %s can only be denied', async (_name, sql) => {
    const leaver = await world.person('Lou', ['engineers']);
    const asked = await world.ask(leaver);
    await world.root.query(sql, [leaver.id]);
    expect((await refusalOf(world.answer(approver, asked))).code).toBe('not_possible');
    expect((await world.answer(approver, asked, 'deny')).state).toBe('denied');
  });

  test('a comment that does not show as written is refused', async () => {
    const asked = await world.ask(engineer);
    const input = {
      id: asked.id ?? '',
      decision: 'approve',
      digest: asked.digest,
      comment: 'a\u202eb',
    } as const;
    const call = reviewRequest(world.deps, callerOf(approver, world.now()), input);
    expect((await refusalOf(call)).code).toBe('invalid_input');
  });
});
