import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogChanges } from '../../src/catalog-approval/catalog-changes.ts';
import { newId } from '../../src/db/ids.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { catalogOf, type House, read, type Replica, startHouse } from './house.ts';

let house: House;
let here: Replica;
let operator: Caller;
const wider = catalogOf(2)
  .replace('groups: [engineers, approvers]', 'groups: [engineers, approvers, support]')
  .replace('ask: { groups: [engineers] }', 'ask: { groups: [support] }');
beforeAll(async () => {
  house = await startHouse();
  here = await house.start();
  operator = await house.operator('One');
  for (const [groups, gone] of [
    ['{engineers}', null],
    ['{engineers,support}', null],
    ['{support}', null],
    ['{support}', null],
    ['{support}', '2026-11-22'],
  ]) {
    const id = newId('prs', new Date('2026-11-22T09:00:00Z'));
    await house.root.query(
      `INSERT INTO people (id, issuer, subject, groups, created_at, last_signed_in_at, deactivated_at)
       VALUES ($1, 'https://idp.example', $1, $2, '2026-11-22', '2026-11-22', $3)`,
      [id, groups, gone],
    );
  }
  await here.change(wider);
});
afterAll(() => house.stop());

test('a proposed catalog is compared with the one in force, with how many of those who are known gain and lose', async () => {
  expect(await catalogChanges(here.deps, operator, read(wider).version)).toEqual({
    before: read(catalogOf(1)).version,
    after: read(wider).version,
    counts: { widens: 1, unclear: 0, narrows: 0, neither: 0 },
    items: [
      {
        id: 'prod/admin',
        kind: 'changed',
        effect: 'widens',
        // Who is in both groups gains and loses nothing; who has left does not count.
        ask: { gained: ['group support'], lost: ['group engineers'], peopleGained: 2, peopleLost: 1 },
        approve: { gained: [], lost: [], peopleGained: 0, peopleLost: 0 },
        terms: [{ text: 'grants up to 2h, were up to 1h', effect: 'widens' }],
      },
    ],
    others: [],
  });
});

test('only operators see it, and of what was seen before', async () => {
  const auditor = { ...operator, isOperator: false, isAuditor: true };
  const version = read(wider).version;
  await expect(catalogChanges(here.deps, auditor, version)).rejects.toMatchObject({ code: 'forbidden' });
  const unseen = `sha256:${'0'.repeat(64)}`;
  await expect(catalogChanges(here.deps, operator, unseen)).rejects.toMatchObject({ code: 'not_found' });
});
