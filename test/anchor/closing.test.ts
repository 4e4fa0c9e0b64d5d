import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Persona } from '../hostile/world.ts';
import type { TestDatabase } from '../support/database.ts';
import { ask, beginHistory, type Daypass, type History } from './history.ts';

let history: History;
let daypass: Daypass;
let engineer: Persona;

beforeEach(async () => {
  history = await beginHistory();
  daypass = await history.start();
  engineer = await daypass.world.person('Erin', ['engineers']);
  await daypass.keeper.keep();
});
afterEach(() => history.end());

/** Stops Daypass and takes a copy of the database; goes on in the original if there is something to do. */
async function copied(goOn: () => Promise<unknown> = async () => undefined): Promise<TestDatabase> {
  await daypass.stop();
  const copy = await history.copy();
  daypass = await history.start();
  await daypass.keeper.keep();
  await goOn();
  await daypass.keeper.keep();
  await daypass.stop();
  return copy;
}

const something = () => daypass.call(engineer, 'POST', '/v1/requests', ask);
const reasonOf = ({ closings }: Daypass) => closings.map((closing) => closing.reason);
async function openClosures({ world }: Daypass): Promise<number> {
  const [row] = await world.sql<{ n: number }>(
    'SELECT count(*)::int AS n FROM closures WHERE opened_at IS NULL',
  );
  return row?.n ?? -1;
}

describe('a database', () => {
  test('that went on since the anchor was written stays open', async () => {
    await something();
    await daypass.stop();
    daypass = await history.start();
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual([]);
    expect((await something()).status).toBe(201);
  });

  test('that is older than the anchor is closed', async () => {
    daypass = await history.start({ database: await copied(something) });
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual(['older_database']);
  });

  test('that is older and has gone on to the same mark and further, another way, is closed', async () => {
    const copy = await copied(something);
    const ahead = await history.start({ database: copy, anchor: join(history.folder, 'apart') });
    for (let i = 0; i < 5; i++) {
      await ahead.call(engineer, 'POST', '/v1/requests', ask);
      await ahead.keeper.keep();
    }
    await ahead.stop();
    daypass = await history.start({ database: copy });
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual(['older_database']);
  });

  test('with a row of the id of the anchored event that Daypass did not write is closed', async () => {
    const copy = await copied(something);
    const { event, mark } = JSON.parse(await readFile(history.anchor, 'utf8')) as Record<string, unknown>;
    const client = new pg.Client({ connectionString: copy.superuserUrl });
    await client.connect();
    await client.query(
      `INSERT INTO audit_events (id, leaf, mac, key_id)
       SELECT $1::text, jsonb_set(leaf::jsonb, '{id}', to_jsonb($1::text))::text, mac, key_id FROM audit_events LIMIT 1`,
      [event],
    );
    await client.query('ALTER TABLE database_identity DISABLE TRIGGER database_identity_counts_up');
    await client.query('UPDATE database_identity SET mark = $1', [mark]);
    await client.end();
    daypass = await history.start({ database: copy });
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual(['older_database']);
  });

  test('of another id is closed', async () => {
    await daypass.world.sql('ALTER TABLE database_identity DISABLE TRIGGER database_identity_counts_up');
    await daypass.world.sql('UPDATE database_identity SET id = gen_random_uuid()');
    await daypass.stop();
    daypass = await history.start();
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual(['other_database']);
  });

  test.each([
    ['empty', () => '', 'damaged_anchor'],
    ['cut off', (text: string) => text.slice(0, 40), 'damaged_anchor'],
    ['changed', (text: string) => text.replace(/"mark":\d+/, '"mark":1'), 'forged_anchor'],
  ])('whose anchor is %s is closed', async (_how, change, reason) => {
    await something();
    await daypass.keeper.keep();
    await daypass.stop();
    await writeFile(history.anchor, change(await readFile(history.anchor, 'utf8')));
    daypass = await history.start();
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual([reason]);
  });

  test('whose anchor is missing is not closed, and gets a new one', async () => {
    await daypass.stop();
    await rm(history.anchor);
    daypass = await history.start();
    await daypass.keeper.keep();
    expect(reasonOf(daypass)).toEqual([]);
    expect(await readFile(history.anchor, 'utf8')).toContain('"mac"');
  });

  test('whose anchor is of another master key is neither closed nor served', async () => {
    await daypass.stop();
    const before = await readFile(history.anchor, 'utf8');
    daypass = await history.start({ masterKey: Buffer.alloc(32, 9).toString('base64') });
    await expect(daypass.keeper.keep()).rejects.toThrow(/another master key/);
    expect(daypass.keeper.warning()).toMatch(/another master key/);
    expect(await openClosures(daypass)).toBe(0);
    expect(await readFile(history.anchor, 'utf8')).toBe(before);
  });
});

describe('the anchor', () => {
  test('moves on when something was recorded, and not otherwise', async () => {
    const before = await readFile(history.anchor, 'utf8');
    await daypass.keeper.keep();
    expect(await readFile(history.anchor, 'utf8')).toBe(before);
    await something();
    await daypass.keeper.keep();
    expect(await readFile(history.anchor, 'utf8')).not.toBe(before);
  });

  test('moves on for what is recorded by a replica whose clock is behind', async () => {
    await something();
    await daypass.keeper.keep();
    const before = await readFile(history.anchor, 'utf8');
    daypass.world.move(-60);
    engineer = await daypass.world.signIn(engineer.id);
    expect((await something()).status).toBe(201);
    await daypass.keeper.keep();
    expect(await readFile(history.anchor, 'utf8')).not.toBe(before);
  });

  test('is put right when an older one is put in its place, or it is taken away, under a running process', async () => {
    const older = await readFile(history.anchor, 'utf8');
    await something();
    await daypass.keeper.keep();
    const newer = await readFile(history.anchor, 'utf8');
    await writeFile(history.anchor, older);
    await daypass.keeper.keep();
    expect(await readFile(history.anchor, 'utf8')).toBe(newer);
    await rm(history.anchor);
    await daypass.keeper.keep();
    expect(await readFile(history.anchor, 'utf8')).toBe(newer);
    expect(reasonOf(daypass)).toEqual([]);
  });

  test('shared by replicas says what the database says once they are done', async () => {
    const replicas = [daypass, await history.start(), await history.start()];
    for (let round = 0; round < 5; round++) {
      await something();
      await Promise.all(replicas.map(({ keeper }) => keeper.keep()));
      const { mark } = JSON.parse(await readFile(history.anchor, 'utf8')) as { mark: number };
      const [row] = await daypass.world.sql<{ mark: string }>('SELECT mark FROM database_identity');
      expect(mark).toBe(Number(row?.mark));
    }
    expect(replicas.flatMap(reasonOf)).toEqual([]);
  });

  test('that cannot be written is told, and the database stays as it is', async () => {
    const nowhere = await history.start({ anchor: join(history.folder, 'nowhere', 'anchor') });
    await expect(nowhere.keeper.keep()).rejects.toThrow(/ANCHOR_FILE cannot be written/);
    expect(nowhere.keeper.warning()).toMatch(/cannot be written/);
    expect(await openClosures(nowhere)).toBe(0);
  });
});

describe('closing happens once', () => {
  test('of three replicas that start together on an older database', async () => {
    const copy = await copied(something);
    const replicas = [];
    for (let i = 0; i < 3; i++) replicas.push(await history.start({ database: copy }));
    await Promise.all(replicas.map(({ keeper }) => keeper.keep()));
    expect(replicas.flatMap(reasonOf)).toEqual(['older_database']);
    const [first] = replicas;
    if (first === undefined) throw new Error('no replica');
    const closed = await first.world.sql("SELECT FROM audit_events WHERE kind = 'database.closed'");
    expect(closed).toHaveLength(1);
  });

  test('of replicas with an anchor each', async () => {
    const second = join(history.folder, 'second');
    const copy = await copied(async () => {
      await something();
      const other = await history.start({ anchor: second });
      await other.keeper.keep();
      await other.stop();
    });
    daypass = await history.start({ database: copy });
    daypass.world.move(60);
    await daypass.keeper.keep();
    const late = await history.start({ database: copy, anchor: second });
    await late.keeper.keep();
    expect([reasonOf(daypass), reasonOf(late)]).toEqual([['older_database'], []]);
    expect(await openClosures(late)).toBe(1);
  });

  test.each(['older', 'damaged'])(
    'when the process died between closing and writing the anchor, which is %s',
    async (how) => {
      const copy = await copied(something);
      if (how === 'damaged') await writeFile(history.anchor, 'x');
      const before = await readFile(history.anchor);
      daypass = await history.start({ database: copy });
      daypass.world.move(60);
      await daypass.keeper.keep();
      await daypass.stop();
      await writeFile(history.anchor, before);
      daypass = await history.start({ database: copy });
      await daypass.keeper.keep();
      expect(reasonOf(daypass)).toEqual([]);
      expect(await openClosures(daypass)).toBe(1);
      // The anchor follows the new history from now on.
      await daypass.stop();
      daypass = await history.start({ database: copy });
      await daypass.keeper.keep();
      expect(reasonOf(daypass)).toEqual([]);
    },
  );
});

test('a database that is restored beneath a running process is closed by its next look', async () => {
  const copy = await copied(something);
  daypass = await history.start();
  await daypass.keeper.keep();
  // What the process knows and what it finds in the database part when the rows are put back.
  const other = await history.start({ database: copy, anchor: join(history.folder, 'apart') });
  const [row] = await other.world.sql<{ mark: string }>('SELECT mark FROM database_identity');
  await daypass.world.sql('ALTER TABLE database_identity DISABLE TRIGGER database_identity_counts_up');
  await daypass.world.sql('UPDATE database_identity SET mark = $1', [row?.mark]);
  await rm(history.anchor);
  await daypass.keeper.keep();
  expect(reasonOf(daypass)).toEqual(['older_database']);
});

test('a restore while it is closed closes it anew: what was confirmed then counts no more', async () => {
  daypass = await history.start({ database: await copied(something) });
  await daypass.keeper.keep();
  const [first] = daypass.closings;
  daypass.world.move(120);
  await daypass.world.person('Late', ['operators']);
  await daypass.call(engineer, 'GET', '/v1/me');
  const [row] = await daypass.world.sql<{ mark: string }>('SELECT mark FROM database_identity');
  const operator = await daypass.world.person('Olga', ['operators']);
  daypass.world.move(120);
  const fresh = await daypass.world.signIn(operator.id);
  const confirm = { because: 'Looked', checked: true };
  expect((await daypass.call(fresh, 'POST', '/v1/closure/confirm', confirm)).status).toBe(200);
  await daypass.keeper.keep();
  await daypass.world.sql('ALTER TABLE database_identity DISABLE TRIGGER database_identity_counts_up');
  await daypass.world.sql('UPDATE database_identity SET mark = $1', [row?.mark]);
  await daypass.keeper.keep();
  expect(reasonOf(daypass)).toEqual(['older_database', 'older_database']);
  const rows = await daypass.world.sql<{ id: string; superseded: boolean; open: boolean }>(
    'SELECT id, superseded_by IS NOT NULL AS superseded, opened_at IS NULL AS open FROM closures ORDER BY id',
  );
  expect(rows).toEqual([
    { id: first?.closure, superseded: true, open: false },
    { id: expect.any(String), superseded: false, open: true },
  ]);
  expect((await daypass.call(fresh, 'GET', '/v1/closure')).status).toBe(401);
});
