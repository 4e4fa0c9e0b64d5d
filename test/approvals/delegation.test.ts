import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getOffer } from '../../src/approvals/get-offer.ts';
import { getRequest } from '../../src/approvals/get-request.ts';
import { listRequests } from '../../src/approvals/list-requests.ts';
import { objectionTo } from '../../src/approvals/still-approved.ts';
import { withdrawReview } from '../../src/approvals/withdraw-review.ts';
import { delegatingCatalog, end, hand } from './delegating.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let owner: TestPerson;
let deputy: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(delegatingCatalog);
});
beforeEach(async () => {
  engineer = await world.person('Erin', ['engineers']);
  owner = await world.person('Olga', ['approvers']);
  deputy = await world.person('Dee', ['deputies']);
});
afterAll(() => world.stop());

const as = (person: TestPerson) => callerOf(person, world.now());
const ask = (...entitlements: string[]) => world.ask(engineer, { entitlements });
const see = (person: TestPerson, { id }: { id: string | null }) =>
  getRequest(world.deps, as(person), id ?? '');
const ends = async (call: Promise<unknown>) => (await refusalOf(call)).code;

/** What speaks against the grant of a request now. */
async function objection(asked: { id: string | null }, entitlement: string): Promise<string | null> {
  return world.deps.transact(as(engineer).context, (work) =>
    objectionTo(world.deps, work, { requestId: asked.id ?? '', entitlement }),
  );
}

describe('a right that was handed over', () => {
  test('lets the delegate see, find and answer what its owner may answer, in both names, for as long as it lasts', async () => {
    const asked = await ask('prod/admin');
    expect(await ends(see(deputy, asked))).toBe('not_found');
    const { id } = await hand(world, owner, deputy);
    expect((await see(deputy, asked)).mayReview).toBe(true);
    const waiting = await listRequests(world.deps, as(deputy), { toReview: true });
    expect(waiting.items.map((item) => item.id)).toContain(asked.id);
    expect(await getOffer(world.deps, as(deputy), 'prod/admin')).toMatchObject({ mayApprove: true });

    const answered = await world.answer(deputy, asked);
    expect(answered).toMatchObject({
      state: 'approved',
      reviews: [{ reviewer: { id: deputy.id }, onBehalfOf: { id: owner.id, name: 'Olga' } }],
    });
    const events = await world.root.query(
      `SELECT leaf::jsonb -> 'details' AS details FROM audit_events WHERE request = $1 AND kind = 'review.recorded'`,
      [asked.id],
    );
    expect(events.rows).toMatchObject([{ details: { onBehalfOf: owner.id, delegation: id } }]);

    const next = await ask('prod/admin');
    await end(world, owner, id);
    expect(await ends(see(deputy, next))).toBe('not_found');
    expect(await ends(world.answer(deputy, next))).toBe('not_found');
    expect((await listRequests(world.deps, as(deputy))).items).toEqual([]);
    expect(await getOffer(world.deps, as(deputy), 'prod/admin')).toMatchObject({ mayApprove: false });
  });

  test('is none where the step lets it be handed to nobody', async () => {
    await hand(world, owner, deputy);
    expect(await ends(see(deputy, await ask('prod/closed')))).toBe('not_found');
    const secure = await ask('prod/secure');
    expect((await world.answer(deputy, secure)).state).toBe('pending');
  });

  test('counts from its start, and no longer at its end', async () => {
    const at = (seconds: number) => new Date(world.now().getTime() + seconds * 1000).toISOString();
    const asked = await ask('prod/admin');
    await hand(world, owner, deputy, { startsAt: at(60), endsAt: at(120) });
    expect(await ends(world.answer(deputy, asked))).toBe('not_found');
    world.move(60);
    expect((await see(deputy, asked)).mayReview).toBe(true);
    world.move(60);
    expect(await ends(world.answer(deputy, asked))).toBe('not_found');
  });

  test('is the right of its owner as it is then: without their group, or deactivated, there is nothing to answer by', async () => {
    for (const change of [`groups = '{}'`, 'deactivated_at = now()']) {
      const [from, to] = [await world.person('Olaf', ['approvers']), await world.person('Dan', ['deputies'])];
      await hand(world, from, to);
      const asked = await ask('prod/admin');
      await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [from.id]);
      expect(await ends(see(to, asked)), change).toBe('not_found');
      expect(await ends(world.answer(to, asked)), change).toBe('not_found');
    }
  });

  test('can deny, and what was answered by it can be taken back', async () => {
    await hand(world, owner, deputy);
    const first = await ask('prod/two');
    await world.answer(deputy, first);
    const back = await withdrawReview(world.deps, as(deputy), { id: first.id ?? '' });
    expect(back).toMatchObject({ mayReview: true, reviews: [{ withdrawnAt: expect.any(String) as string }] });
    expect((await world.answer(deputy, first, 'deny')).state).toBe('denied');
  });

  test('goes with a manager, too', async () => {
    const boss = await world.person('Bo', []);
    const member = await world.person('Mia', ['engineers'], { manager: boss });
    await hand(world, boss, deputy);
    const theirs = await world.ask(member, { entitlements: ['prod/led'] });
    expect((await listRequests(world.deps, as(deputy), { toReview: true })).items).toHaveLength(1);
    expect((await world.answer(deputy, theirs)).state).toBe('approved');
    expect(await ends(see(deputy, await ask('prod/led')))).toBe('not_found');
  });

  test('is not handed on: a delegate has none of their own to hand over, and hands over no more than their own', async () => {
    await hand(world, owner, deputy);
    const other = await world.person('Ora', ['deputies']);
    expect(await ends(hand(world, deputy, other))).toBe('forbidden');
    const both = await world.person('Bea', ['security', 'deputies']);
    await hand(world, owner, both);
    await world.use(
      delegatingCatalog.replace(
        'groups: [security] }]',
        'groups: [security], delegates: { groups: [deputies] } }]',
      ),
    );
    await hand(world, both, other);
    await world.use(delegatingCatalog);
    const asked = await ask('prod/admin');
    expect((await see(both, asked)).mayReview).toBe(true);
    expect(await ends(see(other, asked))).toBe('not_found');
  });
});

describe('patterns', () => {
  test('hand over the right for what they mean, and for nothing beside it in the same request', async () => {
    await hand(world, owner, deputy, { entitlements: ['prod/*'] });
    expect(await ends(see(deputy, await ask('stage/admin')))).toBe('not_found');
    const both = await ask('prod/admin', 'stage/admin');
    const answered = await world.answer(deputy, both);
    expect(answered.state).toBe('pending');
    expect(answered.waitingFor.map(({ entitlement }) => entitlement)).toEqual(['stage/admin']);
    const another = await world.person('Abe', ['approvers']);
    expect((await world.answer(another, both)).state).toBe('approved');
    expect(await objection(both, 'stage/admin')).toBeNull();
  });

  test('of two delegations the one that goes further is used', async () => {
    const wide = await world.person('Wim', ['approvers']);
    await hand(world, owner, deputy, { entitlements: ['prod/admin'] });
    await hand(world, wide, deputy, { entitlements: ['*/admin'] });
    const answered = await world.answer(deputy, await ask('prod/admin', 'stage/admin'));
    expect(answered).toMatchObject({ state: 'approved', reviews: [{ onBehalfOf: { id: wide.id } }] });
  });
});

describe('different people', () => {
  test('who asks cannot have it answered by their own right in the hands of somebody else', async () => {
    await hand(world, owner, deputy);
    const own = await world.ask(owner, { entitlements: ['prod/admin'] });
    expect(await ends(see(deputy, own))).toBe('not_found');
    expect(await ends(world.answer(deputy, own))).toBe('not_found');
    expect(await ends(world.answer(deputy, own, 'deny'))).toBe('not_found');
    // Asked for by them, for somebody else: the same.
    const theirs = await world.ask(owner, { entitlements: ['prod/admin'], for: engineer.id });
    expect(await ends(world.answer(deputy, theirs))).toBe('not_found');

    const another = await world.person('Abe', ['approvers']);
    await hand(world, another, deputy);
    expect(await world.answer(deputy, own)).toMatchObject({
      state: 'approved',
      reviews: [{ onBehalfOf: { id: another.id } }],
    });
  });

  test('nobody answers what they asked for by a right that was handed to them', async () => {
    await hand(world, owner, deputy);
    const own = await world.ask(deputy, { entitlements: ['prod/admin'] });
    expect(await ends(world.answer(deputy, own))).toBe('forbidden');
    const theirs = await world.ask(deputy, { entitlements: ['prod/admin'], for: engineer.id });
    expect(await ends(world.answer(deputy, theirs))).toBe('forbidden');
    expect((await world.answer(owner, theirs)).state).toBe('approved');
  });

  test('two who hand their rights to each other are two people, never more', async () => {
    const [a, b] = [
      await world.person('Ann', ['approvers', 'deputies']),
      await world.person('Ben', ['approvers', 'deputies']),
    ];
    await hand(world, a, b);
    await hand(world, b, a);
    const asked = await ask('prod/two');
    expect(await world.answer(a, asked)).toMatchObject({
      state: 'pending',
      reviews: [{ reviewer: { id: a.id }, onBehalfOf: null }],
    });
    expect(await ends(world.answer(a, asked))).toBe('already_decided');
    expect((await world.answer(b, asked)).state).toBe('approved');
    const own = await world.ask(a, { entitlements: ['prod/two'] });
    expect((await world.answer(b, own)).state).toBe('pending');
    expect((await see(a, own)).mayReview).toBe(false);
  });

  test('two delegates of one person, and that person, count once', async () => {
    const second = await world.person('Dot', ['deputies']);
    await hand(world, owner, deputy);
    await hand(world, owner, second);
    const asked = await ask('prod/two');
    expect((await world.answer(deputy, asked)).state).toBe('pending');
    const seen = await see(second, asked);
    expect(seen.mayReview).toBe(false);
    expect(seen.waitingFor[0]?.people.map(({ id }) => id)).not.toContain(owner.id);
    expect(await ends(world.answer(second, asked))).toBe('not_possible');
    expect(await ends(world.answer(owner, asked))).toBe('not_possible');
    const another = await world.person('Abe', ['approvers']);
    expect((await world.answer(another, asked)).state).toBe('approved');
  });

  test('one delegate of two people counts once', async () => {
    const another = await world.person('Abe', ['approvers']);
    await hand(world, owner, deputy);
    await hand(world, another, deputy);
    const asked = await ask('prod/two');
    expect((await world.answer(deputy, asked)).state).toBe('pending');
    expect(await ends(world.answer(deputy, asked))).toBe('already_decided');
    expect((await world.answer(another, asked)).state).toBe('approved');
  });

  test('who may answer themselves counts as themselves, and leaves the other right to its owner', async () => {
    const able = await world.person('Abe', ['approvers', 'deputies']);
    await hand(world, owner, able);
    const asked = await ask('prod/two');
    expect(await world.answer(able, asked)).toMatchObject({ reviews: [{ onBehalfOf: null }] });
    expect((await world.answer(owner, asked)).state).toBe('approved');
  });
});

describe('once somebody has answered by it', () => {
  test('its end changes nothing about that answer, and lets no other in', async () => {
    const second = await world.person('Abe', ['approvers']);
    const { id } = await hand(world, owner, deputy);
    const asked = await ask('prod/two');
    await world.answer(deputy, asked);
    await end(world, deputy, id);
    expect(await ends(world.answer(deputy, await ask('prod/two')))).toBe('not_found');
    expect((await world.answer(second, asked)).state).toBe('approved');
    expect(await objection(asked, 'prod/two')).toBeNull();
  });

  test.each([
    ['its owner is no approver any more', 'owner', `groups = '{}'`],
    ['its owner is deactivated', 'owner', 'deactivated_at = now()'],
    ['the delegate may not be handed it any more', 'deputy', `groups = '{}'`],
    ['the delegate is deactivated', 'deputy', 'deactivated_at = now()'],
  ])('access is not made when %s', async (_what, whose, change) => {
    await hand(world, owner, deputy);
    const asked = await ask('prod/admin');
    expect((await world.answer(deputy, asked)).state).toBe('approved');
    expect(await objection(asked, 'prod/admin')).toBeNull();
    const { id } = whose === 'owner' ? owner : deputy;
    await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [id]);
    expect(await objection(asked, 'prod/admin')).toContain('no longer entitled');
  });
});
