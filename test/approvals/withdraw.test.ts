import { afterAll, beforeAll, expect, test } from 'vitest';
import { withdrawReview } from '../../src/approvals/withdraw-review.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let erin: TestPerson;
let lead: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(steppedCatalog);
  erin = await world.person('Erin', ['engineers']);
  lead = await world.person('Lea', ['leads']);
  other = await world.person('Lou', ['leads']);
});
afterAll(() => world.stop());

const withdraw = (person: TestPerson, asked: { readonly id: string | null }) =>
  withdrawReview(world.deps, callerOf(person, world.now()), { id: asked.id ?? '' });

test('an approval that is taken back does not count any more, and can be given again', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/two'] });
  await world.answer(lead, asked);
  const back = await withdraw(lead, asked);
  expect(back).toMatchObject({ state: 'pending', waitingFor: [{ needed: 2 }], mayReview: true });
  expect(back.reviews).toMatchObject([{ withdrawnAt: world.now().toISOString() }]);
  expect(await world.answer(other, asked)).toMatchObject({ state: 'pending', waitingFor: [{ needed: 1 }] });
  expect(await world.answer(lead, asked)).toMatchObject({ state: 'approved' });
});

test('until access is made an approval can be undone: the grants end before they begin', async () => {
  const startAt = new Date(world.now().getTime() + 3_600_000).toISOString();
  const asked = await world.ask(erin, { entitlements: ['prod/owned'], startAt });
  await world.answer(lead, asked);
  const undone = await withdraw(lead, asked);
  expect(undone).toMatchObject({ state: 'approved', grants: [{ state: 'ending' }] });
  expect(await world.count("grants WHERE request_id = $1 AND ended_because = 'revoked'", [asked.id])).toBe(1);
  expect((await refusalOf(withdraw(lead, asked))).code).toBe('not_found');
});

test('once access was made it is too late, and the answer says what to do instead', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/owned'] });
  const { grants } = await world.answer(lead, asked);
  await world.root.query('ALTER TABLE grants DISABLE TRIGGER USER');
  await world.root.query(
    "UPDATE grants SET state = 'active', prior_state = 'activating' WHERE request_id = $1",
    [asked.id],
  );
  await world.root.query('ALTER TABLE grants ENABLE TRIGGER USER');
  expect(await refusalOf(withdraw(lead, asked))).toMatchObject({
    code: 'conflict',
    extra: { grant: grants[0]?.id },
  });
  expect(await world.count('reviews WHERE request_id = $1 AND withdrawn_at IS NOT NULL', [asked.id])).toBe(0);
});

test('nobody takes back what they did not say, nor learns of a request by trying', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/two'] });
  await world.answer(lead, asked);
  const stranger = await world.person('Stu', ['directors']);
  for (const person of [other, erin, stranger]) {
    expect((await refusalOf(withdraw(person, asked))).code).toBe('not_found');
  }
  expect((await refusalOf(withdraw(stranger, { id: 'req_00000000000000000000000000' }))).code).toBe(
    'not_found',
  );
});

test('a denial stands, and so does whatever is over', async () => {
  const denied = await world.ask(erin, { entitlements: ['prod/two'] });
  await world.answer(lead, denied, 'deny');
  expect((await refusalOf(withdraw(lead, denied))).code).toBe('already_decided');
  const expired = await world.ask(erin, { entitlements: ['prod/two'] });
  await world.answer(lead, expired);
  world.move(86_400);
  expect((await refusalOf(withdraw(lead, expired))).code).toBe('already_decided');
});

test('taken back and given by another at the same moment: never approved by one alone', async () => {
  for (let round = 0; round < 10; round += 1) {
    const asked = await world.ask(erin, { entitlements: ['prod/two'] });
    await world.answer(lead, asked);
    const [back, given] = await Promise.allSettled([withdraw(lead, asked), world.answer(other, asked)]);
    const standing = await world.count('reviews WHERE request_id = $1 AND withdrawn_at IS NULL', [asked.id]);
    const approved = await world.count("requests WHERE id = $1 AND state = 'approved'", [asked.id]);
    expect(given.status).toBe('fulfilled');
    // Withdrawn after the approval it ends the grant, which has not begun; before it, the approval is not reached.
    if (back.status === 'fulfilled' && approved === 1) {
      expect(await world.count("grants WHERE request_id = $1 AND state = 'ending'", [asked.id])).toBe(1);
    } else expect([approved, standing]).toEqual(back.status === 'fulfilled' ? [0, 1] : [1, 2]);
  }
});
