import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { getRequest } from '../../src/approvals/get-request.ts';
import { withdrawReview } from '../../src/approvals/withdraw-review.ts';
import { listRequests } from '../../src/approvals/list-requests.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let erin: TestPerson;
let lead: TestPerson;
let second: TestPerson;
let security: TestPerson;
let director: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(steppedCatalog);
  lead = await world.person('Lea', ['leads']);
  second = await world.person('Lou', ['leads', 'security']);
  security = await world.person('Sia', ['security']);
  director = await world.person('Dee', ['directors']);
  erin = await world.person('Erin', ['engineers'], { manager: lead });
});
afterAll(() => world.stop());

const toReview = async (person: TestPerson) =>
  (await listRequests(world.deps, callerOf(person, world.now()), { toReview: true })).items.map(
    ({ id }) => id,
  );

describe('steps', () => {
  test('are taken in order: whose turn it is sees it among theirs, the others do not, and cannot approve yet', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'] });
    expect(asked.waitingFor).toMatchObject([
      { step: 'lead', rule: 'prod/admin#approve.steps.lead', needed: 1 },
    ]);
    expect([await toReview(lead), await toReview(security)]).toEqual([[asked.id], []]);
    expect(await refusalOf(world.answer(security, asked))).toMatchObject({
      code: 'not_possible',
      extra: { turn: 'prod/admin: lead' },
    });
    const half = await world.answer(lead, asked);
    expect(half).toMatchObject({ state: 'pending', waitingFor: [{ step: 'security' }], mayReview: false });
    expect(await toReview(security)).toEqual([asked.id]);
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved' });
  });

  test('one person counts once across them, whatever groups they are in', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'] });
    await world.answer(second, asked);
    expect((await refusalOf(world.answer(second, asked))).code).toBe('already_decided');
    expect((await refusalOf(world.answer(lead, asked))).code).toBe('not_possible');
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved' });
  });

  test('two of a step are two different people, and at the same moment just as much', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/two'] });
    const outcomes = await Promise.allSettled([world.answer(lead, asked), world.answer(second, asked)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(1);
    expect(
      await world.count("audit_events WHERE request = $1 AND kind = 'request.approved'", [asked.id]),
    ).toBe(1);
  });

  test('whoever may answer a later step can deny before its turn', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'] });
    expect(await world.answer(security, asked, 'deny')).toMatchObject({ state: 'denied' });
  });

  test('together with something else nobody is ahead of their turn: an answer counts where it was its turn, and nowhere later', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin', 'prod/secured'] });
    const first = await world.answer(security, asked);
    expect(first.waitingFor).toMatchObject([{ entitlement: 'prod/admin', step: 'lead' }]);
    const then = await world.answer(lead, asked);
    expect(then).toMatchObject({
      state: 'pending',
      waitingFor: [{ entitlement: 'prod/admin', step: 'security' }],
    });
    expect((await refusalOf(world.answer(security, asked))).code).toBe('already_decided');
    await withdrawReview(world.deps, callerOf(security, world.now()), { id: asked.id ?? '' });
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved', grants: [{}, {}] });
  });

  test('an escalation lets in more people once it is due, and says so before', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'] });
    world.move(3_600);
    const half = await world.answer(lead, asked);
    const due = new Date(world.now().getTime() + 1_800_000).toISOString();
    expect(half.waitingFor).toMatchObject([{ escalates: { at: due, whom: 'directors' } }]);
    world.move(1_799);
    expect((await refusalOf(world.answer(director, asked))).code).toBe('not_possible');
    world.move(1);
    const seen = await getRequest(world.deps, callerOf(director, world.now()), asked.id ?? '');
    expect(seen).toMatchObject({
      mayReview: true,
      waitingFor: [{ whom: 'directors, security', escalates: null }],
    });
    expect(await world.answer(director, asked)).toMatchObject({ state: 'approved' });
  });

  test('an approver who has left reopens the step they had answered', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/admin'] });
    const leaver = await world.person('Liv', ['leads']);
    await world.answer(leaver, asked);
    await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [leaver.id]);
    expect((await refusalOf(world.answer(security, asked))).code).toBe('not_possible');
    await world.answer(lead, asked);
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved' });
  });
});

describe('who', () => {
  test('the owners of the account approve', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/owned'] });
    expect((await refusalOf(world.answer(security, asked))).code).toBe('not_found');
    expect(await world.answer(lead, asked)).toMatchObject({ state: 'approved' });
  });

  test('the manager of whose access it is approves, sees it among theirs, and nobody else does', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/managed'] });
    expect(asked.waitingFor).toMatchObject([{ whom: 'the manager', people: [{ id: lead.id }] }]);
    expect(await toReview(lead)).toContain(asked.id);
    expect((await refusalOf(world.answer(second, asked))).code).toBe('not_found');
    expect(await world.answer(lead, asked)).toMatchObject({ state: 'approved' });
  });

  test('without a manager in the directory nobody is asked', async () => {
    const alone = await world.person('Al', ['engineers']);
    const asked = await world.ask(alone, { entitlements: ['prod/managed'] });
    expect(asked.waitingFor).toMatchObject([{ people: [] }]);
    expect((await refusalOf(world.answer(lead, asked))).code).toBe('not_found');
  });

  test('whoever is on call approves; nobody does while the source is down, or after the shift', async () => {
    const known = (...people: TestPerson[]) =>
      world.call(
        new Map([
          [
            'primary',
            { kind: 'known', people: people.map(({ subject }) => subject), until: null, unmapped: [] },
          ],
        ]),
      );
    const asked = await world.ask(erin, { entitlements: ['prod/called'] });
    world.call(new Map([['primary', { kind: 'down', because: 'It has not answered.' }]]));
    expect((await refusalOf(world.answer(security, asked))).code).toBe('not_found');
    known(security);
    expect(await toReview(security)).toContain(asked.id);
    known(second);
    expect((await refusalOf(world.answer(security, asked))).code).toBe('not_found');
    known(security);
    expect(await world.answer(security, asked)).toMatchObject({ state: 'approved' });
    world.call(new Map());
  });
});

describe('rules', () => {
  const ask = (durationSeconds: number, reason = 'to mend it') =>
    world.ask(erin, { entitlements: ['prod/ruled'], durationSeconds, reason });

  test('one that approves asks nobody, and the record names it', async () => {
    const asked = await ask(600);
    expect(asked).toMatchObject({ state: 'approved', waitingFor: [], reviews: [], grants: [{}] });
    expect(
      await world.count(
        "audit_events WHERE request = $1 AND kind = 'request.approved' AND leaf::jsonb ->> 'rule' = 'prod/ruled#rules.short'",
        [asked.id],
      ),
    ).toBe(1);
  });

  test('one that denies refuses, with its reason, and wins over one that approves', async () => {
    const refusal = await refusalOf(ask(300, 'in the freeze'));
    expect(refusal).toMatchObject({ code: 'forbidden', extra: { rule: 'prod/ruled#rules.frozen' } });
    expect(refusal.message).toContain('Nothing changes now');
    expect((await refusalOf(ask(7_201))).extra['rule']).toBe('prod/ruled#rules.long');
  });

  test('a step with a condition is asked for only where it held when it was asked', async () => {
    const short = await ask(900);
    expect(await world.answer(lead, short)).toMatchObject({ state: 'approved' });
    const longer = await ask(3_600);
    expect(await world.answer(lead, longer)).toMatchObject({
      state: 'pending',
      waitingFor: [{ step: 'security' }],
    });
  });

  test('with others in one request, what a rule approves waits for nobody, and the rest for its people', async () => {
    const asked = await world.ask(erin, { entitlements: ['prod/ruled', 'prod/owned'], durationSeconds: 600 });
    expect(asked).toMatchObject({ state: 'pending', waitingFor: [{ entitlement: 'prod/owned' }] });
    expect((await world.answer(lead, asked)).grants).toHaveLength(2);
  });

  test('a dry run of what a rule would approve makes nothing', async () => {
    const before = await world.count('requests');
    expect(
      await world.ask(erin, { entitlements: ['prod/ruled'], durationSeconds: 600, dryRun: true }),
    ).toMatchObject({
      id: null,
      waitingFor: [],
    });
    expect(await world.count('requests')).toBe(before);
  });
});
