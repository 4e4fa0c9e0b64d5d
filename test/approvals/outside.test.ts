import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askToExtend } from '../../src/approvals/ask-to-extend.ts';
import { createDelegation } from '../../src/approvals/create-delegation.ts';
import { getOffer } from '../../src/approvals/get-offer.ts';
import { getRequest } from '../../src/approvals/get-request.ts';
import { listOffers } from '../../src/approvals/list-offers.ts';
import { listRequests } from '../../src/approvals/list-requests.ts';
import { objectionTo } from '../../src/approvals/still-approved.ts';
import { systemContext } from '../../src/audit/event.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let sponsor: TestPerson;
/** From outside, named with a sponsor until the end of 2026-12-31. */
let bob: TestPerson;
/** From outside, and nobody answers for them. */
let stray: TestPerson;
/** From outside, and an approver. */
let outer: TestPerson;
let engineer: TestPerson;
let approver: TestPerson;

const until = '2027-01-01T00:00:00.000Z';
const year = 365 * 86_400;

beforeAll(async () => {
  world = await startWorld();
  sponsor = await world.person('Alice', ['leads']);
  bob = await world.person('Bob', ['engineers', 'contractors']);
  stray = await world.person('Stray', ['engineers', 'approvers', 'contractors']);
  outer = await world.person('Outer', ['approvers']);
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
beforeEach(async () => {
  await world.root.query('UPDATE people SET deactivated_at = NULL, groups = $2 WHERE id = $1', [
    sponsor.id,
    sponsor.groups,
  ]);
  await world.use(catalog());
});
afterAll(() => world.stop());

const catalog = (eligibleUntil = '2026-12-31') => `version: 1
groups: [engineers, approvers, contractors, leads]
people:
  alice: { subject: ${sponsor.subject} }
  bob: { subject: ${bob.subject}, eligibleUntil: "${eligibleUntil}", sponsor: alice }
  outer: { subject: ${outer.subject}, eligibleUntil: "${eligibleUntil}", sponsor: alice }
outside: { groups: [contractors] }
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers], delegates: { groups: [leads] } }
    maxDuration: 1h
  prod/inside:
    description: Not for people from outside
    role: { account: prod, name: daypass-inside }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    rules: { inside: { deny: requester.outside, because: Not for people from outside } }
`;

const over = () => world.use(catalog('2026-11-01'));
const leave = (person: TestPerson) =>
  world.root.query('UPDATE people SET deactivated_at = $2 WHERE id = $1', [person.id, world.now()]);
const as = (person: TestPerson) => callerOf(person, world.now());
const objection = (asked: { readonly id: string | null }) =>
  world.deps.transact(systemContext, (work) =>
    objectionTo(world.deps, work, { requestId: asked.id ?? '', entitlement: 'prod/admin' }),
  );
async function granted(reviewer = approver) {
  const asked = await world.ask(bob);
  const { grants } = await world.answer(reviewer, asked);
  return { ...asked, grant: grants[0]?.id ?? '' };
}

describe('while somebody answers for them', () => {
  test('they ask, approve and are given like everybody, and the request says who answers for them and until when', async () => {
    const asked = await world.ask(bob);
    const outside = { sponsor: { id: sponsor.id, name: 'Alice' }, until };
    expect(asked.outside).toEqual(outside);
    expect((await getRequest(world.deps, as(approver), asked.id ?? '')).outside).toEqual(outside);
    expect(await world.answer(outer, asked)).toMatchObject({ state: 'approved', outside });
    expect(await objection(asked)).toBeNull();
    expect((await world.ask(engineer)).outside).toBeNull();
  });

  test('conditions know that they are from outside', async () => {
    const refusal = await refusalOf(world.ask(bob, { entitlements: ['prod/inside'] }));
    expect(refusal).toMatchObject({ code: 'forbidden', extra: { rule: 'prod/inside#rules.inside' } });
    expect(await world.ask(engineer, { entitlements: ['prod/inside'] })).toMatchObject({ state: 'pending' });
  });
});

const ways: readonly (readonly [string, string, () => Promise<unknown>])[] = [
  ['their time is over', 'people.bob.eligibleUntil', over],
  ['their sponsor has left', 'people.bob.sponsor', () => leave(sponsor)],
  [
    'their sponsor is from outside by now',
    'people.bob.sponsor',
    () => world.root.query(`UPDATE people SET groups = '{contractors}' WHERE id = $1`, [sponsor.id]),
  ],
];

describe.each(ways)('once %s', (_name, rule, happen) => {
  test('they ask for nothing, and are told why; whether it exists makes no difference', async () => {
    await happen();
    for (const id of ['prod/admin', 'prod/nothing']) {
      const refusal = await refusalOf(world.ask(bob, { entitlements: [id] }));
      expect(refusal).toMatchObject({ code: 'forbidden', extra: { rule } });
      expect(await refusalOf(getOffer(world.deps, as(bob), id))).toMatchObject({ message: refusal.message });
    }
    expect(await listOffers(world.deps, as(bob))).toEqual([]);
  });

  test('nobody asks for them, either', async () => {
    await happen();
    expect((await refusalOf(world.ask(engineer, { for: bob.id }))).code).toBe('invalid_input');
  });

  test('what they asked for before is not approved any more, and can be denied', async () => {
    const asked = await world.ask(bob);
    await happen();
    expect(await refusalOf(world.answer(approver, asked))).toMatchObject({
      code: 'not_possible',
      extra: { rule },
    });
    expect(await world.answer(approver, asked, 'deny')).toMatchObject({ state: 'denied' });
  });

  test('what was approved before is not given to them any more', async () => {
    const asked = await granted();
    expect(await objection(asked)).toBeNull();
    await happen();
    expect(await objection(asked)).toContain(rule);
  });

  test('they answer nothing, see nothing of what others ask, and what they approved counts no more', async () => {
    const waiting = await world.ask(engineer);
    const approved = await world.ask(engineer);
    await world.answer(outer, approved);
    expect(await objection(approved)).toBeNull();
    await happen();
    for (const id of [waiting.id, `req_${'0'.repeat(26)}`]) {
      const refusal = await refusalOf(world.answer(outer, { ...waiting, id }));
      expect(refusal.code).toBe('forbidden');
      expect(refusal.extra['rule']).toBe(rule.replace('bob', 'outer'));
    }
    expect((await listRequests(world.deps, as(outer))).items).toEqual([]);
    expect((await refusalOf(getRequest(world.deps, as(outer), waiting.id ?? ''))).code).toBe('not_found');
    expect(await objection(approved)).toContain('no longer entitled');
  });

  test('nobody answers by the right that they handed over, and what was answered by it counts no more', async () => {
    const deputy = await world.person('Dee', ['leads']);
    await createDelegation(world.deps, as(outer), {
      delegate: deputy.id,
      endsAt: new Date(world.now().getTime() + 86_400_000).toISOString(),
      because: 'away',
    });
    const [approved, waiting] = [await world.ask(engineer), await world.ask(engineer)];
    expect(await world.answer(deputy, approved)).toMatchObject({ state: 'approved' });
    await happen();
    expect(await objection(approved)).toContain('no longer entitled');
    expect((await refusalOf(world.answer(deputy, waiting))).code).toBe('not_found');
    const again = createDelegation(world.deps, as(outer), {
      delegate: deputy.id,
      endsAt: new Date(world.now().getTime() + 86_400_000).toISOString(),
      because: 'away',
    });
    expect((await refusalOf(again)).code).toBe('forbidden');
  });

  test('their live grant is not cut, and cannot be extended', async () => {
    const { grant } = await granted();
    const asked = await askToExtend(world.deps, as(bob), {
      grantId: grant,
      durationSeconds: 600,
      reason: 'more',
    });
    await happen();
    const more = askToExtend(world.deps, as(bob), { grantId: grant, durationSeconds: 600, reason: 'more' });
    expect(await refusalOf(more)).toMatchObject({ code: 'forbidden', extra: { rule } });
    expect((await refusalOf(world.answer(approver, asked))).code).toBe('not_possible');
    expect(await world.count(`grants WHERE id = $1 AND ended_because IS NULL`, [grant])).toBe(1);
  });
});

test('their day is meant to its end', async () => {
  const now = world.now().getTime();
  world.move((Date.parse(until) - now) / 1000 - 1);
  expect(await world.ask(bob)).toMatchObject({ state: 'pending' });
  world.move(1);
  expect((await refusalOf(world.ask(bob))).extra['rule']).toBe('people.bob.eligibleUntil');
  world.move((now - Date.parse(until)) / 1000);
});

test('whoever is from outside and is not named asks for nothing and approves nothing, whatever else they are in', async () => {
  expect(await refusalOf(world.ask(stray))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'outside.groups' },
  });
  const asked = await world.ask(engineer);
  expect((await refusalOf(world.answer(stray, asked))).extra['rule']).toBe('outside.groups');
  expect((await listRequests(world.deps, as(stray))).items).toEqual([]);
});

test('a sponsor whom Daypass has never seen answers for nobody', async () => {
  await world.use(catalog().replace(sponsor.subject, 'never-seen'));
  expect((await refusalOf(world.ask(bob))).extra['rule']).toBe('people.bob.sponsor');
});

test('to those who are not from outside nothing is different, long after', async () => {
  world.move(year);
  expect(await world.ask(engineer)).toMatchObject({ state: 'pending' });
  world.move(-year);
});
