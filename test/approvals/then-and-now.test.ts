import { afterAll, beforeAll, expect, test } from 'vitest';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { handOver } from '../../src/hand-over.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

// What is judged as things were when it was said, and what again as they are: at each answer, and when access is made.

const catalog = steppedCatalog
  .replace(
    'approve: { onCall: [primary] }',
    'approve: { steps: [{ name: called, onCall: [primary] }, { name: lead, groups: [leads] }] }',
  )
  .replace(
    '      frozen: {',
    `      barred: { deny: '"deputies" in requester.groups', because: Deputies do not ask }\n      trusted: { approve: '"security" in requester.groups && durationSeconds == 700', because: They may }\n      frozen: {`,
  );

let world: World;
let broker: BrokerDeps;
let erin: TestPerson;
let lead: TestPerson;
let called: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(catalog);
  erin = await world.person('Erin', ['engineers']);
  lead = await world.person('Lea', ['leads']);
  called = await world.person('Cal', []);
  const { db, transact, clock } = world.deps;
  const nothing = () => Promise.reject(new Error('nothing is made outside'));
  broker = {
    db,
    transact,
    clock,
    targets: {
      role: { assumeRole: nothing, takeAway: nothing },
      'permission-set': { activate: nothing, takeAway: nothing, removeOrphans: nothing, compare: nothing },
    },
    ...handOver(world.deps).broker,
  };
});
afterAll(() => world.stop());

const call = (...people: TestPerson[]) =>
  world.call(
    new Map([
      ['primary', { kind: 'known', people: people.map(({ subject }) => subject), until: null, unmapped: [] }],
    ]),
  );

const later = () => new Date(world.now().getTime() + 600_000).toISOString();

/** The only grant of a request, once its time has come and its job has run. */
async function activated(id: string | null): Promise<{ state: string; failure: string | null } | undefined> {
  const found = () =>
    world.root.query<{ id: string; state: string; failure: string | null }>(
      'SELECT id, state, failure FROM grants WHERE request_id = $1',
      [id],
    );
  world.move(600);
  await activateGrant(broker, { grantId: (await found()).rows[0]?.id ?? '' });
  return (await found()).rows[0];
}

test('whoever was on call as they answered has answered, after their shift too: for the next answer, and for the start', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/called'], startAt: later() });
  call(called);
  await world.answer(called, asked);
  call(lead);
  expect(await world.answer(lead, asked)).toMatchObject({ state: 'approved' });
  call();
  expect(await activated(asked.id)).toMatchObject({ state: 'active' });
});

test('whoever comes on call after they answered has not answered as such', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/called'] });
  call();
  expect((await refusalOf(world.answer(lead, asked))).code).toBe('not_possible');
  call(lead);
  expect(await world.answer(lead, asked)).toMatchObject({ state: 'pending', waitingFor: [{ step: 'lead' }] });
});

test('a rule that denies by the time of the answer denies, though it did not when it was asked', async () => {
  const asker = await world.person('Ed', ['engineers']);
  const asked = await world.ask(asker, { entitlements: ['prod/ruled'] });
  await world.root.query("UPDATE people SET groups = '{engineers,deputies}' WHERE id = $1", [asker.id]);
  expect(await refusalOf(world.answer(lead, asked))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/ruled#rules.barred' },
  });
  expect(await world.answer(lead, asked, 'deny')).toMatchObject({ state: 'denied' });
});

test.each([
  ['a rule denies it', 'asker', "groups = '{engineers,deputies}'", /barred/],
  ['who approved it is in none of the groups any more', 'lead', "groups = '{}'", /no longer entitled/],
  ['who approved it has left', 'lead', 'deactivated_at = now()', /no longer entitled/],
  [
    'the person it is for may not ask for it any more',
    'asker',
    "groups = '{leads}'",
    /no longer eligible .*ask\.groups/,
  ],
  ['the person it is for has left', 'asker', 'deactivated_at = now()', /no longer active/],
] as const)('no access is made where by its start %s', async (_, whose, change, failure) => {
  const asker = await world.person('Ed', ['engineers']);
  const approver = await world.person('Al', ['leads']);
  const asked = await world.ask(asker, { entitlements: ['prod/ruled'], startAt: later() });
  await world.answer(approver, asked);
  const { id } = whose === 'asker' ? asker : approver;
  await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [id]);
  expect(await activated(asked.id)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(failure),
  });
});

test('what a rule approved alone is not given once no rule approves it: not at the start, and not with what people approve beside it', async () => {
  const asker = await world.person('Tru', ['engineers', 'security']);
  const trusted = { entitlements: ['prod/ruled'], durationSeconds: 700 };
  const alone = await world.ask(asker, { ...trusted, startAt: later() });
  const beside = await world.ask(asker, { ...trusted, entitlements: ['prod/ruled', 'prod/owned'] });
  expect([alone.state, beside.state]).toEqual(['approved', 'pending']);
  await world.root.query("UPDATE people SET groups = '{engineers}' WHERE id = $1", [asker.id]);
  expect(await refusalOf(world.answer(lead, beside))).toMatchObject({
    code: 'not_possible',
    extra: { rule: 'prod/ruled#rules.trusted' },
  });
  expect(await activated(alone.id)).toMatchObject({
    state: 'failed',
    failure: expect.stringMatching(/trusted/),
  });
});

test('who may ask is judged by the groups as stored, not by those that the call came with', async () => {
  const asker = await world.person('Sta', ['engineers']);
  await world.root.query("UPDATE people SET groups = '{}' WHERE id = $1", [asker.id]);
  expect(
    (await refusalOf(world.ask(asker, { entitlements: ['prod/ruled'], durationSeconds: 600 }))).code,
  ).toBe('not_found');
});

test('who asked for a colleague never answers it, nor does the colleague, whatever groups they are in', async () => {
  const both = ['engineers', 'leads'];
  const [asker, colleague] = [await world.person('Ash', both), await world.person('Cleo', both)];
  const asked = await world.ask(asker, { entitlements: ['prod/two'], for: colleague.id });
  for (const person of [asker, colleague]) {
    for (const decision of ['approve', 'deny'] as const) {
      const answer = reviewRequest(world.deps, callerOf(person, world.now()), {
        id: asked.id ?? '',
        digest: asked.digest,
        decision,
      });
      expect(await refusalOf(answer)).toMatchObject({
        code: 'forbidden',
        extra: { rule: 'requester-never-approves' },
      });
    }
  }
});
