import { afterEach, beforeEach, expect, test } from 'vitest';
import { approveCatalog } from '../../src/catalog-approval/approve-catalog.ts';
import { getCatalog } from '../../src/catalog-approval/get-catalog.ts';
import { listCatalogs } from '../../src/catalog-approval/list-catalogs.ts';
import { rejectCatalog } from '../../src/catalog-approval/reject-catalog.ts';
import { proposalTransitions } from '../../src/catalog/proposal-states.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { catalogOf, type House, type Replica, startHouse, versionOf } from './house.ts';

let house: House;
let here: Replica;
const version = versionOf(2);
beforeEach(async () => {
  house = await startHouse();
  here = await house.start();
  await here.change(catalogOf(2));
});
afterEach(() => house.stop());

const approve = (caller: Caller) => approveCatalog(here.deps, caller, { version });
const bases = async () => (await house.inForce()).map(({ basis }) => basis);

test('one operator twice is not two, however often and however signed in', async () => {
  const one = await house.operator('One');
  const answers = await Promise.allSettled([approve(one), approve(one), approve(one)]);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const again = { ...one, signInId: (await house.operator('Other')).signInId };
  await expect(approve(again)).rejects.toMatchObject({ code: 'unauthenticated' });
  await expect(approve(one)).rejects.toMatchObject({ code: 'already_decided' });
  expect(await bases()).toEqual(['first']);
});

test.each([
  ['left the group', `UPDATE people SET groups = '{}' WHERE id = $1`],
  ['was deactivated', 'UPDATE people SET deactivated_at = now() WHERE id = $1'],
])('an operator who %s counts no more', async (_how, change) => {
  const one = await house.operator('One');
  await approve(one);
  await house.root.query(change, [one.personId]);
  expect(await approve(await house.operator('Two'))).toMatchObject({ state: 'proposed' });
  expect(await bases()).toEqual(['first']);
  expect(await approve(await house.operator('Three'))).toMatchObject({ state: 'approved' });
});

test('an operator who came back counts again, without another approval', async () => {
  const one = await house.operator('One');
  await approve(one);
  await house.root.query(`UPDATE people SET groups = '{}' WHERE id = $1`, [one.personId]);
  const two = await house.operator('Two');
  await approve(two);
  await house.root.query(`UPDATE people SET groups = '{operators}' WHERE id = $1`, [one.personId]);
  expect(await approve(two)).toMatchObject({ state: 'approved' });
});

test('approvals at the same time count once each, and exactly one puts it in force', async () => {
  const operators = await Promise.all([1, 2, 3, 4, 5].map((n) => house.operator(`Operator ${n}`)));
  const answers = await Promise.allSettled(operators.map(approve));
  const states = answers.map((one) => (one.status === 'fulfilled' ? one.value.state : 'refused'));
  expect(states.toSorted()).toEqual(['approved', 'proposed', 'refused', 'refused', 'refused']);
  expect(await bases()).toEqual(['first', 'operators']);
});

test('approving and rejecting at the same time have one winner', async () => {
  await approve(await house.operator('One'));
  const [two, three] = [await house.operator('Two'), await house.operator('Three')];
  const answers = await Promise.allSettled([
    approve(two),
    rejectCatalog(here.deps, three, { version, because: 'No' }),
  ]);
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const { rows } = await house.root.query('SELECT state FROM catalog_proposals');
  expect(['approved', 'rejected']).toContain((rows[0] as { state: string }).state);
});

test('takes an operator with two factors, lately, whose sign-in is live', async () => {
  const stranger = await house.operator('Stranger', { isOperator: false, groups: [] });
  await expect(approve(stranger)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(listCatalogs(here.deps, stranger)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(getCatalog(here.deps, stranger, version)).rejects.toMatchObject({ code: 'forbidden' });
  const weak = await house.operator('Weak', {
    assurance: { level: 'single-factor', authenticatedAt: new Date('2026-11-22T09:00:00.000Z') },
  });
  await expect(approve(weak)).rejects.toMatchObject({ code: 'insufficient_assurance' });
  const signedOut = await house.operator('Out');
  await house.root.query('UPDATE sign_ins SET revoked_at = now() WHERE id = $1', [signedOut.signInId]);
  await expect(approve(signedOut)).rejects.toMatchObject({ code: 'unauthenticated' });
  const stale = await house.operator('Stale');
  house.move(901);
  for (const attempt of [approve, (who: Caller) => rejectCatalog(here.deps, who, { version, because: 'No' })])
    await expect(attempt(stale)).rejects.toMatchObject({ code: 'insufficient_assurance' });
  expect(await bases()).toEqual(['first']);
});

test('what is approved is the digest: no other catalog, and none that was never proposed', async () => {
  const one = await house.operator('One');
  for (const other of [versionOf(1), versionOf(9)])
    await expect(approveCatalog(here.deps, one, { version: other })).rejects.toMatchObject({
      code: 'not_found',
    });
  expect(await getCatalog(here.deps, one, version)).toMatchObject({ source: catalogOf(2) });
  await expect(getCatalog(here.deps, one, versionOf(9))).rejects.toMatchObject({ code: 'not_found' });
});

test('while Daypass is closed after a restore nobody approves', async () => {
  await house.root.query(`ALTER TABLE closures DISABLE TRIGGER ALL`);
  await house.root.query(
    `INSERT INTO closures (id, closed_at, reason) VALUES ('cls_${'0'.repeat(26)}', now(), 'older_database')`,
  );
  await expect(approve(await house.operator('One'))).rejects.toMatchObject({ code: 'closed' });
});

test('the pure table and PostgreSQL have the same steps', async () => {
  const { rows } = await house.root.query<{ from_state: string; to_state: string }>(
    'SELECT from_state, to_state FROM catalog_proposal_transitions',
  );
  expect(rows.map((row) => `${row.from_state} ${row.to_state}`).toSorted()).toEqual(
    proposalTransitions.map((step) => step.join(' ')).toSorted(),
  );
});
