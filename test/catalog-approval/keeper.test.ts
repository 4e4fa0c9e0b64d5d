import { afterEach, beforeEach, expect, test } from 'vitest';
import { approveCatalog } from '../../src/catalog-approval/approve-catalog.ts';
import { listCatalogs } from '../../src/catalog-approval/list-catalogs.ts';
import { rejectCatalog } from '../../src/catalog-approval/reject-catalog.ts';
import { catalogOf, type House, startHouse, versionOf } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await startHouse();
});
afterEach(() => house.stop());

const bad = `${catalogOf(1)}nonsense: true\n`;

test('a database that never had a catalog takes that of the file, once, and says so', async () => {
  const first = await house.start();
  expect(first.keeper.current().version).toBe(versionOf(1));
  expect(await house.inForce()).toEqual([{ version: versionOf(1), basis: 'first' }]);
  const second = await house.start({ text: catalogOf(2) });
  expect(second.keeper.current().version).toBe(versionOf(1));
  expect(await house.kinds()).toEqual(['catalog.loaded', 'catalog.proposed']);
  expect(second.news).toEqual([{ kind: 'proposed', version: versionOf(2) }]);
});

test('without a file that passes, a database that never had a catalog does not start', async () => {
  await expect(house.start({ text: bad })).rejects.toMatchObject({
    name: 'CatalogUnusable',
    problems: [{ line: 12, path: '/nonsense' }],
  });
  expect(await house.inForce()).toEqual([]);
  expect(await house.kinds()).toEqual(['catalog.refused']);
});

test('what two operators approved is in force without a restart, for every replica, in one sweep', async () => {
  const here = await house.start();
  const there = await house.start();
  await here.change(catalogOf(2));
  expect(here.keeper.current().version).toBe(versionOf(1));
  const version = versionOf(2);
  expect(await approveCatalog(here.deps, await house.operator('One'), { version })).toMatchObject({
    state: 'proposed',
    approvals: [{ person: { name: 'One' } }],
  });
  await there.keeper.sweep();
  expect(there.keeper.current().version).toBe(versionOf(1));
  expect(await approveCatalog(here.deps, await house.operator('Two'), { version })).toMatchObject({
    state: 'approved',
    decidedBy: { name: 'Two' },
  });
  expect(here.keeper.current().version).toBe(version);
  expect(there.keeper.current().version).toBe(versionOf(1));
  await there.keeper.sweep();
  expect(there.keeper.current().entitlements.get('prod/admin')?.maxDurationSeconds).toBe(7200);
  expect(there.news).toMatchObject([{ kind: 'in-force', basis: 'operators' }]);
  expect(await house.kinds()).toEqual([
    'catalog.loaded',
    'catalog.proposed',
    'catalog.reviewed',
    'catalog.reviewed',
    'catalog.approved',
    'catalog.loaded',
  ]);
});

test('a later start has what the database says, whatever the file says', async () => {
  const first = await house.start();
  await first.change(catalogOf(2));
  for (const name of ['One', 'Two'])
    await approveCatalog(first.deps, await house.operator(name), { version: versionOf(2) });
  const restarted = await house.start({ text: catalogOf(3) });
  expect(restarted.keeper.current().version).toBe(versionOf(2));
  const broken = await house.start({ text: bad });
  expect(broken.keeper.current().version).toBe(versionOf(2));
  expect(broken.news).toMatchObject([{ kind: 'refused' }]);
});

test('a bad file is refused, once on record, and the catalog in force stays', async () => {
  const here = await house.start();
  const there = await house.start();
  for (const replica of [here, there]) {
    await replica.change(bad);
    await replica.keeper.sweep();
    expect(replica.keeper.current().version).toBe(versionOf(1));
    expect(replica.news).toHaveLength(1);
  }
  await house.start({ text: bad });
  expect(await house.kinds()).toEqual(['catalog.loaded', 'catalog.refused']);
  const auditor = await house.operator('Auditor', { isOperator: false, isAuditor: true });
  expect(await listCatalogs(here.deps, auditor)).toMatchObject({
    inForce: { version: versionOf(1), basis: 'first' },
    file: { version: null, problemCount: 1, problems: [{ line: 12, path: '/nonsense' }] },
  });
  await here.change(`${catalogOf(1)}# mended\n`);
  expect(here.keeper.file()).toEqual(expect.objectContaining({ version: versionOf(1), problems: [] }));
});

test('another layout of the same rules is the same catalog', async () => {
  const here = await house.start();
  await here.change(`# a comment\n${catalogOf(1)}`);
  expect(await house.kinds()).toEqual(['catalog.loaded']);
});

test('one proposal is open at a time: a newer file takes the place of an older one, and going back withdraws it', async () => {
  const here = await house.start();
  await here.change(catalogOf(2));
  await here.change(catalogOf(3));
  await expect(
    approveCatalog(here.deps, await house.operator('One'), { version: versionOf(2) }),
  ).rejects.toMatchObject({ code: 'already_decided' });
  await here.change(catalogOf(1));
  const auditor = await house.operator('Auditor', { isOperator: false, isAuditor: true });
  expect((await listCatalogs(here.deps, auditor)).proposals.map(({ state }) => state)).toEqual([
    'superseded',
    'superseded',
  ]);
  await here.change(catalogOf(2));
  expect((await listCatalogs(here.deps, auditor)).proposals[0]).toMatchObject({
    version: versionOf(2),
    state: 'proposed',
    approvals: [],
  });
});

test('a replica that starts with the catalog in force withdraws nothing that another one proposed', async () => {
  await house.start();
  await house.start({ text: catalogOf(2) });
  const old = await house.start();
  await old.keeper.sweep();
  const { rows } = await house.root.query('SELECT state FROM catalog_proposals');
  expect(rows).toEqual([{ state: 'proposed' }]);
});

test('what was rejected comes back by a changed file alone, without what was said to it before', async () => {
  const here = await house.start();
  await here.change(catalogOf(2));
  const version = versionOf(2);
  await approveCatalog(here.deps, await house.operator('One'), { version });
  const two = await house.operator('Two');
  expect(await rejectCatalog(here.deps, two, { version, because: 'Too long' })).toMatchObject({
    state: 'rejected',
    because: 'Too long',
    decidedBy: { name: 'Two' },
  });
  await house.start({ text: catalogOf(2) });
  await expect(approveCatalog(here.deps, two, { version })).rejects.toMatchObject({
    code: 'already_decided',
  });
  await here.change(catalogOf(1));
  await here.change(catalogOf(2));
  expect(await approveCatalog(here.deps, two, { version })).toMatchObject({ state: 'proposed' });
  expect(here.keeper.current().version).toBe(versionOf(1));
});

test('under `file` the file decides, at once and for every replica', async () => {
  const trust = { mode: 'file' } as const;
  const here = await house.start({ trust });
  const there = await house.start({ trust });
  await here.change(catalogOf(2));
  await there.keeper.sweep();
  expect(there.keeper.current().version).toBe(versionOf(2));
  expect((await house.inForce()).map(({ basis }) => basis)).toEqual(['file', 'file']);
  await expect(
    approveCatalog(here.deps, await house.operator('One'), { version: versionOf(2) }),
  ).rejects.toMatchObject({ code: 'conflict' });
});

test('a catalog in force that today’s guardrails forbid stops the start, until one that passes is taken on purpose', async () => {
  await house.start({ text: catalogOf(8) });
  const stricter = { maxDurationSeconds: 3600 };
  await expect(house.start({ ...stricter, text: catalogOf(1) })).rejects.toThrow(/does not pass any more/);
  const taken = await house.start({ ...stricter, text: catalogOf(1), trust: { mode: 'file' } });
  expect(taken.keeper.current().version).toBe(versionOf(1));
});

test('a replica whose guardrails forbid what is in force goes on with what it has, and says so once', async () => {
  const here = await house.start();
  const strict = await house.start({ maxDurationSeconds: 3600 });
  await here.change(catalogOf(8));
  const version = versionOf(8);
  const one = await house.operator('One');
  await expect(approveCatalog(strict.deps, one, { version })).rejects.toMatchObject({ code: 'not_possible' });
  for (const caller of [one, await house.operator('Two')])
    await approveCatalog(here.deps, caller, { version });
  await strict.keeper.sweep();
  await strict.keeper.sweep();
  expect(strict.keeper.current().version).toBe(versionOf(1));
  expect(strict.news).toMatchObject([{ kind: 'not-followed', version }]);
});

test('a text that somebody changed in the database is not what was approved', async () => {
  await house.start();
  await house.root.query('UPDATE catalogs SET source = $1', [catalogOf(8)]);
  await expect(house.start()).rejects.toThrow(/now reads as/);
});

test('killed before the commit nothing happened; after it the next start has it', async () => {
  const here = await house.start();
  await here.change(catalogOf(2));
  const version = versionOf(2);
  await approveCatalog(here.deps, await house.operator('One'), { version });
  const two = await house.operator('Two');
  // The connection dies with the statement that would have put it in force.
  await house.root.query('REVOKE INSERT ON catalog_in_force FROM daypass_app');
  await expect(approveCatalog(here.deps, two, { version })).rejects.toThrow();
  await house.root.query('GRANT INSERT ON catalog_in_force TO daypass_app');
  expect((await house.start({ text: catalogOf(2) })).keeper.current().version).toBe(versionOf(1));
  // A process that dies right after the commit has followed nothing itself.
  const dying = {
    ...here.deps,
    keeper: { ...here.keeper, follow: () => Promise.reject(new Error('killed')) },
  };
  await approveCatalog(dying, two, { version });
  expect(here.keeper.current().version).toBe(versionOf(1));
  expect((await house.start()).keeper.current().version).toBe(version);
});
