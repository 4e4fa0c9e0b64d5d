import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { getRequest } from '../../src/approvals/get-request.ts';
import { systemContext } from '../../src/audit/event.ts';
import { targetDigest } from '../../src/catalog/target-digest.ts';
import { sql } from '../../src/db/drizzle.ts';
import { preflight, preflightAccounts } from '../../src/db/schema.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let asker: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  asker = await world.person('Erin', ['engineers']);
  approver = await world.person('Abe', ['approvers']);
});
afterEach(async () => {
  await world.root.query('TRUNCATE preflight');
  await world.restore();
});
afterAll(() => world.stop());

const day = 86_400;
const missing = {
  check: 'role',
  level: 'error',
  stops: true,
  summary: 'The role does not exist.',
  message: 'For operators.',
};
const others = {
  check: 'trust-others',
  level: 'error',
  stops: false,
  summary: 'Somebody else can.',
  message: 'mallory can.',
};

/** As the one that looks writes it down: so many seconds ago. */
async function seen(
  findings: unknown,
  { secondsAgo = 0, id = 'prod/admin', target }: { secondsAgo?: number; id?: string; target?: string } = {},
) {
  const entitlement = world.deps.catalog().entitlements.get(id);
  if (entitlement === undefined) throw new Error(`no ${id}`);
  const checkedAt = new Date(world.now().getTime() - secondsAgo * 1000);
  await world.deps.transact(systemContext, async (work) => {
    await work.queries
      .insert(preflightAccounts)
      .values({ accountId: entitlement.account.id, nextLookAt: checkedAt })
      .onConflictDoNothing();
    const row = {
      findings,
      verdict: 'error' as const,
      checkedAt,
      target: target ?? targetDigest(entitlement),
    };
    await work.queries
      .insert(preflight)
      .values({ entitlement: id, accountId: entitlement.account.id, ...row })
      .onConflictDoUpdate({
        target: preflight.entitlement,
        set: { ...row, findings: sql`excluded.findings` },
      });
    work.audit({ kind: 'preflight.changed', outcome: 'failure', entitlement: id });
  });
}

const approve = (request: { readonly id: string | null; readonly digest: string }) =>
  world.answer(approver, request);

describe('what cannot be given is not approved', () => {
  test('while it was seen so; it can be denied, and approved once it is mended', async () => {
    await seen([missing]);
    const request = await world.ask(asker);
    const refusal = await refusalOf(approve(request));
    expect(refusal).toMatchObject({
      code: 'not_possible',
      extra: { entitlement: 'prod/admin', check: 'role' },
    });
    expect(refusal.message).toContain('The role does not exist.');
    expect(refusal.message).toContain('daypass doctor --entitlement prod/admin');
    expect(await world.count('reviews WHERE request_id = $1', [request.id])).toBe(0);
    expect(await world.answer(approver, await world.ask(asker), 'deny')).toMatchObject({ state: 'denied' });
    await seen([{ ...missing, level: 'ok', stops: false }]);
    expect(await approve(request)).toMatchObject({ state: 'approved' });
  });

  test('also when only one of several things cannot', async () => {
    await seen([missing], { id: 'prod/chat' });
    const request = await world.ask(asker, { entitlements: ['prod/admin', 'prod/chat'] });
    expect((await refusalOf(approve(request))).extra).toMatchObject({ entitlement: 'prod/chat' });
  });

  test('decided on what is committed when the request is locked, not on what was read before', async () => {
    const request = await world.ask(asker);
    await world.root.query('BEGIN');
    await world.root.query('SELECT FROM requests WHERE id = $1 FOR UPDATE', [request.id]);
    const answer = refusalOf(approve(request));
    // It waits for the lock; what is seen meanwhile counts.
    await expect
      .poll(() =>
        world.count(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`),
      )
      .toBe(1);
    await seen([missing]);
    await world.root.query('COMMIT');
    expect((await answer).code).toBe('not_possible');
  });
});

describe('what says nothing of it blocks nothing', () => {
  test.each<[string, unknown, Parameters<typeof seen>[1]]>([
    ['nothing was seen wrong', [], {}],
    ['it was seen a day ago', [missing], { secondsAgo: day }],
    ['another target was seen', [missing], { target: `sha256:${'0'.repeat(64)}` }],
    ['it could not be looked at', [{ ...missing, level: 'unknown' }], {}],
    ['what is wrong keeps nobody from having it', [others], {}],
    ['the row cannot be read', [{ stops: true }, 'x', null], {}],
  ])('%s', async (_why, findings, options) => {
    await seen(findings, options);
    expect(await approve(await world.ask(asker))).toMatchObject({ state: 'approved' });
  });

  test('nothing was looked at', async () => {
    expect(await approve(await world.ask(asker))).toMatchObject({ state: 'approved' });
  });

  test('just under a day it still counts', async () => {
    await seen([missing], { secondsAgo: day - 1 });
    expect((await refusalOf(approve(await world.ask(asker)))).code).toBe('not_possible');
  });
});

describe('whoever asks or approves sees what speaks against it', () => {
  const warnings = [
    {
      entitlement: 'prod/admin',
      check: 'role',
      level: 'error',
      stops: true,
      message: 'The role does not exist.',
    },
    {
      entitlement: 'prod/admin',
      check: 'trust-others',
      level: 'error',
      stops: false,
      message: 'Somebody else can.',
    },
  ];
  const view = async (person: TestPerson, id: string | null) =>
    getRequest(world.deps, callerOf(person, world.now()), id ?? '');

  test('when asking, in a dry run too, and in the request; without what is for operators', async () => {
    await seen([missing, others, { ...others, level: 'info' }, { ...others, level: 'unknown' }]);
    expect((await world.ask(asker, { dryRun: true })).warnings).toEqual(warnings);
    const made = await world.ask(asker);
    expect(made.warnings).toEqual(warnings);
    expect((await view(approver, made.id)).warnings).toEqual(warnings);
    expect(JSON.stringify(await view(approver, made.id))).not.toContain('mallory');
  });

  test('not any more once it is decided, or stale', async () => {
    await seen([others]);
    const [decided, open] = [await world.ask(asker), await world.ask(asker)];
    await approve(decided);
    expect((await view(approver, decided.id)).warnings).toEqual([]);
    expect((await view(approver, open.id)).warnings).toEqual(warnings.slice(1));
    await seen([others], { secondsAgo: day });
    expect((await view(approver, open.id)).warnings).toEqual([]);
  });
});
