import { afterAll, beforeAll, expect, test } from 'vitest';
import { endableBy } from '../../src/approvals/endable-grants.ts';
import { principalsOf } from '../../src/approvals/principals.ts';
import type { Viewer } from '../../src/approvals/rights.ts';
import { withdrawReview } from '../../src/approvals/withdraw-review.ts';
import { grants } from '../../src/db/schema.ts';
import { delegatingCatalog, hand } from './delegating.ts';
import { callerOf, catalogText, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
let keeper: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers', 'vault-people']);
  approver = await world.person('Avery', ['approvers']);
  keeper = await world.person('Kim', ['vault-approvers']);
});
afterAll(() => world.stop());

const viewerFor = ({ id, groups, subject }: TestPerson, over: Partial<Viewer> = {}): Viewer => ({
  personId: id,
  groups,
  subject,
  onCall: [],
  principals: [],
  isAuditor: false,
  isOperator: false,
  ...over,
});

async function endable(person: TestPerson, over: Partial<Viewer> = {}): Promise<string[]> {
  const rows = await world.pool.db
    .select({ id: grants.id })
    .from(grants)
    .where(endableBy(world.deps.catalog(), viewerFor(person, over)));
  return rows.map(({ id }) => id);
}

async function granted(entitlement: string, by: TestPerson, owner = engineer): Promise<string> {
  const { grants: made } = await world.answer(by, await world.ask(owner, { entitlements: [entitlement] }));
  return made[0]?.id ?? '';
}

test('whoever may answer for an entitlement now ends its grants, and nobody else those of another', async () => {
  const admin = await granted('prod/admin', approver);
  const vault = await granted('secret/vault', keeper);
  const another = await world.person('Blake', ['approvers']);
  expect(await endable(another)).toContain(admin);
  expect(await endable(another)).not.toContain(vault);
  expect(await endable(keeper)).toEqual([vault]);
  expect(await endable(engineer)).toEqual([]);
  expect(await endable(await world.person('Sam', ['others']))).toEqual([]);
  expect(await endable(another, { personId: '' })).toEqual([]);
});

test('who approved it ends it, though their group is gone, as long as the approval stands', async () => {
  const leaver = await world.person('Lee', ['approvers']);
  const request = await world.ask(engineer);
  const { grants: made } = await world.answer(leaver, request);
  const id = made[0]?.id ?? '';
  const without = { ...leaver, groups: ['others'] };
  expect(await endable(without)).toEqual([id]);
  await withdrawReview(world.deps, callerOf(leaver, world.now()), { id: request.id ?? '' });
  expect(await endable(without)).toEqual([]);
});

test('a manager ends the grants of those they manage, where the rule asks managers, and no others', async () => {
  await world.use(
    catalogText.replace(
      'approve: { groups: [approvers] }\n    maxDuration: 8h',
      () => 'approve: { steps: [{ name: line, manager: true }] }\n    maxDuration: 8h',
    ),
  );
  const manager = await world.person('Mo', ['others']);
  const report = await world.person('Rae', ['engineers'], { manager });
  const asked = await world.ask(report, { entitlements: ['prod/long'], ticket: 'OPS-1' });
  const { grants: made } = await world.answer(manager, asked);
  const theirs = made[0]?.id ?? '';
  await granted('prod/admin', approver, report);
  expect(await endable(manager)).toEqual([theirs]);
  const otherManager = await world.person('Nell', ['others']);
  expect(await endable(otherManager)).toEqual([]);
  expect(await endable(approver)).not.toContain(theirs);
  await world.restore();
});

test('a right that was handed over reaches the same grants, but never those of whoever handed it', async () => {
  await world.use(delegatingCatalog);
  const owner = await world.person('Olga', ['approvers']);
  const deputy = await world.person('Dee', ['deputies']);
  const second = await world.person('Abe', ['approvers']);
  const manager = await world.person('Mo', ['others']);
  const report = await world.person('Rae', ['engineers'], { manager });
  const admin = await granted('prod/admin', second, report);
  const closed = await granted('prod/closed', second, report);
  const led = await granted('prod/led', manager, report);
  const own = await granted('prod/admin', second, owner);
  expect(await endable(deputy)).toEqual([]);
  await hand(world, owner, deputy);
  await hand(world, manager, deputy, { entitlements: ['prod/led'] });
  const principals = await principalsOf(world.pool.db, deputy.id, world.now());
  const through = await endable(deputy, { principals });
  expect(through).toEqual(expect.arrayContaining([admin, led]));
  expect(through).not.toContain(closed);
  expect(through).not.toContain(own);
  expect(await endable(second)).toContain(own);
  world.move(2 * 86_400);
  expect(
    await endable(deputy, { principals: await principalsOf(world.pool.db, deputy.id, world.now()) }),
  ).toEqual([]);
  await world.restore();
});
