import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { askToExtend } from '../../src/approvals/ask-to-extend.ts';
import { endEarly } from './end-early.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  approver = await world.person('Avery', ['approvers']);
});
beforeEach(async () => {
  await world.restore();
  engineer = await world.person('Erin', ['engineers']);
});
afterAll(() => world.stop());

async function granted(input: Parameters<World['ask']>[1] = {}, who = engineer) {
  const { grants } = await world.answer(approver, await world.ask(who, input));
  const [grant] = grants;
  if (grant === undefined) throw new Error('no grant');
  return grant;
}
const after = (seconds: number) => new Date(world.now().getTime() + seconds * 1000).toISOString();

test('whoever asks for the same over and over is shown at most 50 of it', async () => {
  for (let each = 0; each < 51; each += 1) await world.ask(engineer);
  expect((await world.ask(engineer, { dryRun: true })).pendingSame).toHaveLength(50);
});

test('whoever holds it already is told so, with what could be extended, in a dry run too', async () => {
  const grant = await granted();
  for (const dryRun of [true, false]) {
    const { overlaps, pendingSame } = await world.ask(engineer, { dryRun });
    expect(overlaps).toEqual([
      {
        grant: grant.id,
        entitlement: 'prod/admin',
        state: 'scheduled',
        startsAt: grant.startsAt,
        endsAt: grant.endsAt,
        extendable: true,
      },
    ]);
    expect(pendingSame).toEqual([]);
  }
});

test.each([
  ['ends before the time that is asked for', { startAt: 900 }, 0],
  ['begins before it ends', { startAt: 899 }, 1],
])('a grant that %s', async (_what, { startAt }, count) => {
  await granted();
  expect((await world.ask(engineer, { startAt: after(startAt) })).overlaps).toHaveLength(count);
});

test('a grant that starts later overlaps when it starts before the end of what is asked for', async () => {
  await granted({ startAt: after(1800) });
  expect((await world.ask(engineer, { durationSeconds: 1800 })).overlaps).toEqual([]);
  expect((await world.ask(engineer, { durationSeconds: 1801 })).overlaps).toHaveLength(1);
});

test('a grant that has run out, has ended, or is for something else is none', async () => {
  await granted();
  expect((await world.ask(engineer, { entitlements: ['prod/chat'] })).overlaps).toEqual([]);
  world.move(900);
  expect((await world.ask(engineer)).overlaps).toEqual([]);
  const other = await granted();
  await endEarly(world, engineer, other.id);
  expect((await world.ask(engineer)).overlaps).toEqual([]);
});

test('it is not extendable once the rules have changed, and past twelve hours in all', async () => {
  await granted();
  await world.change('maxDuration: 1h', 'maxDuration: 2h');
  expect((await world.ask(engineer)).overlaps).toMatchObject([{ extendable: false }]);
  await world.restore();
  const long = { entitlements: ['prod/long'], ticket: 'OPS-1' };
  await granted({ ...long, durationSeconds: 8 * 3600 });
  const asked = (durationSeconds: number) => world.ask(engineer, { ...long, durationSeconds, dryRun: true });
  expect((await asked(4 * 3600)).overlaps).toMatchObject([{ extendable: true }]);
  expect((await asked(4 * 3600 + 60)).overlaps).toMatchObject([{ extendable: false }]);
});

test("a colleague's grants and requests are not told to whoever asks for them", async () => {
  const colleague = await world.person('Noor', ['engineers']);
  await granted({}, colleague);
  await world.ask(colleague);
  const made = await world.ask(engineer, { for: colleague.id });
  expect([made.overlaps, made.pendingSame]).toEqual([[], []]);
});

test('pending requests of my own for the very same are told, and others are not', async () => {
  const first = await world.ask(engineer);
  await world.ask(engineer, { entitlements: ['prod/admin', 'prod/chat'] });
  await world.ask(await world.person('Noor', ['engineers']));
  const second = await world.ask(engineer, { reason: 'again', durationSeconds: 1800 });
  expect(second.pendingSame).toEqual([first.id]);
  world.move(86_400);
  expect((await world.ask(engineer)).pendingSame).toEqual([]);
});

test('more time under a grant names neither that grant nor itself when it is repeated', async () => {
  const grant = await granted();
  const more = () =>
    askToExtend(world.deps, callerOf(engineer, world.now()), {
      grantId: grant.id,
      durationSeconds: 900,
      reason: 'it takes longer',
      idempotencyKey: 'more',
    });
  const made = await more();
  expect(made).toMatchObject({ overlaps: [], pendingSame: [], wouldStartAt: grant.endsAt });
  expect(made.wouldEndAt).toBe(made.extends?.to);
  expect(await more()).toMatchObject({ id: made.id, replayed: true, overlaps: [], pendingSame: [] });
});

test('asked for unless it is held, nothing is stored where it is, and a repeated key still finds what was stored', async () => {
  const key = { idempotencyKey: 'form' };
  const first = await world.ask(engineer, { ...key, unlessHeld: true });
  expect(await world.ask(engineer, { ...key, unlessHeld: true })).toMatchObject({
    id: first.id,
    replayed: true,
  });
  const before = await world.count('requests');
  const refusal = await refusalOf(world.ask(engineer, { unlessHeld: true }));
  expect(refusal).toMatchObject({ code: 'conflict', extra: { overlaps: [], pendingSame: [first.id] } });
  expect(await world.count('requests')).toBe(before);
});

test('the first answer, a dry run and a grant agree on when it starts and ends', async () => {
  const dry = await world.ask(engineer, { dryRun: true });
  expect([dry.wouldStartAt, dry.wouldEndAt]).toEqual([after(0), after(900)]);
  const startAt = after(3600);
  const later = await world.ask(engineer, { startAt });
  const { grants } = await world.answer(approver, later);
  expect(grants).toMatchObject([{ startsAt: later.wouldStartAt, endsAt: later.wouldEndAt }]);
  expect(later.wouldStartAt).toBe(startAt);
});
