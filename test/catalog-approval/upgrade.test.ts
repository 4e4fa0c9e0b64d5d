import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, test } from 'vitest';
import { migrationFiles } from '../../src/db/migrate.ts';
import { createTestDatabase } from '../support/database.ts';
import { catalogOf, versionOf } from './house.ts';

const folder = fileURLToPath(new URL('../../migrations/', import.meta.url));

test('a database that was in use goes on with the catalog that it loaded last, not with what the file says by then', async () => {
  const database = await createTestDatabase({ migrated: false });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    const apply = async (names: string[]) => {
      for (const name of names) await owner.query(await readFile(`${folder}${name}`, 'utf8'));
    };
    const files = await migrationFiles();
    const here = files.indexOf('0013_catalog_approval.sql');
    await apply(files.slice(0, here));
    // What counts is the last event: a text is kept once, with the time at which it was first seen.
    for (const hours of [1, 2])
      await owner.query('INSERT INTO catalogs VALUES ($1, $2, now())', [versionOf(hours), catalogOf(hours)]);
    for (const [place, hours] of [1, 2, 1].entries()) {
      const id = `evt_${String(place).padStart(26, '0')}`;
      const leaf = {
        id,
        time: '2026-11-22T09:00:00Z',
        kind: 'catalog.loaded',
        outcome: 'success',
        catalogVersion: versionOf(hours),
      };
      await owner.query('INSERT INTO audit_events (id, leaf, mac, key_id) VALUES ($1, $2, $3, $4)', [
        id,
        JSON.stringify(leaf),
        Buffer.alloc(32),
        'k',
      ]);
    }
    await apply(files.slice(here, here + 1));
    const { rows } = await owner.query('SELECT version, basis FROM catalog_in_force');
    expect(rows).toEqual([{ version: versionOf(1), basis: 'first' }]);
  } finally {
    await owner.end();
    await database.drop();
  }
});
