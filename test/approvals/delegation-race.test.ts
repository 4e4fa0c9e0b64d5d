import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { delegatingCatalog, end, hand } from './delegating.ts';
import { refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let owner: TestPerson;
let deputy: TestPerson;
beforeAll(async () => {
  world = await startWorld({ poolSize: 10 });
  await world.use(delegatingCatalog);
});
beforeEach(async () => {
  engineer = await world.person('Erin', ['engineers']);
  owner = await world.person('Olga', ['approvers']);
  deputy = await world.person('Dee', ['deputies']);
});
afterAll(() => world.stop());

const ask = (entitlement = 'prod/admin') => world.ask(engineer, { entitlements: [entitlement] });

/** Until so many connections of this database wait for a lock. */
async function untilWaiting(connections: number): Promise<void> {
  const waiting = () =>
    world.count(`pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  while ((await waiting()) < connections) await new Promise(setImmediate);
}

/** Holds rows while `during` runs, and lets them go. */
async function holding(statement: string, values: unknown[], during: () => Promise<void>): Promise<void> {
  const holder = await world.pool.raw.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(statement, values);
    await during();
    await holder.query('COMMIT');
  } finally {
    holder.release();
  }
}

test('a delegation that ends while an answer waits for the request is no right any more', async () => {
  const { id } = await hand(world, owner, deputy);
  const asked = await ask();
  let answered: Promise<unknown> = Promise.resolve();
  await holding('SELECT FROM requests WHERE id = $1 FOR UPDATE', [asked.id], async () => {
    answered = refusalOf(world.answer(deputy, asked)).then(({ code }) => code);
    await untilWaiting(1);
    await end(world, owner, id);
  });
  expect(await answered).toBe('not_found');
});

test('an answer that comes after an ending has begun waits for it and is refused', async () => {
  const { id } = await hand(world, owner, deputy);
  const asked = await ask();
  let both: Promise<unknown> = Promise.resolve();
  await holding('SELECT FROM delegations WHERE id = $1 FOR UPDATE', [id], async () => {
    const ending = end(world, owner, id);
    await untilWaiting(1);
    const answering = refusalOf(world.answer(deputy, asked)).then(({ code }) => code);
    await untilWaiting(2);
    both = Promise.all([ending.then(({ state }) => state), answering]);
  });
  expect(await both).toEqual(['ended', 'not_found']);
});

test.each(['deactivated_at = now()', `groups = '{}'`])(
  'what happens to the owner of the right while an answer waits is seen: %s',
  async (change) => {
    await hand(world, owner, deputy);
    const asked = await ask();
    let answered: Promise<unknown> = Promise.resolve();
    await holding('SELECT FROM requests WHERE id = $1 FOR UPDATE', [asked.id], async () => {
      answered = refusalOf(world.answer(deputy, asked)).then(({ code }) => code);
      await untilWaiting(1);
      await world.root.query(`UPDATE people SET ${change} WHERE id = $1`, [owner.id]);
    });
    expect(await answered).toBe('not_found');
  },
);

test('an ending and an answer at once: either it was given before the end, or not at all', async () => {
  const seen = new Set<string>();
  for (let round = 0; round < 30; round++) {
    const { id } = await hand(world, owner, deputy);
    const asked = await ask();
    const calls = [() => world.answer(deputy, asked), () => end(world, owner, id)];
    const order = round % 2 === 0 ? calls : calls.toReversed();
    const results = await Promise.allSettled(order.map((call) => call()));
    const [answer, ending] = round % 2 === 0 ? results : results.toReversed();
    expect(ending?.status).toBe('fulfilled');
    if (answer?.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'not_found' });
    const rows = await world.count('reviews WHERE request_id = $1 AND delegation = $2', [asked.id, id]);
    expect(rows).toBe(answer?.status === 'fulfilled' ? 1 : 0);
    seen.add(String(answer?.status));
    world.move(1);
  }
  expect(seen.size).toBeGreaterThan(0);
});

test('a person and all their delegates who answer at once are one of two', async () => {
  const delegates = [deputy];
  for (let i = 0; i < 4; i++) delegates.push(await world.person(`D${i}`, ['deputies']));
  for (const each of delegates) await hand(world, owner, each);
  for (let round = 0; round < 8; round++) {
    const asked = await ask('prod/two');
    const results = await Promise.allSettled(
      [owner, ...delegates].map((person) => world.answer(person, asked)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.count(`requests WHERE id = $1 AND state = 'pending'`, [asked.id])).toBe(1);
    expect(await world.count('grants WHERE request_id = $1', [asked.id])).toBe(0);
  }
});

test('people who answer for each other at once do not wait for each other for ever', async () => {
  const able: TestPerson[] = [];
  for (let i = 0; i < 4; i++) able.push(await world.person(`A${i}`, ['approvers', 'deputies']));
  for (const from of able) for (const to of able) if (from !== to) await hand(world, from, to);
  for (let round = 0; round < 5; round++) {
    const asked = await Promise.all(Array.from({ length: 3 }, () => ask('prod/two')));
    const results = await Promise.allSettled(
      asked.flatMap((one) => able.map((person) => world.answer(person, one))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2 * asked.length);
    for (const { id } of asked) {
      expect(await world.count(`requests WHERE id = $1 AND state = 'approved'`, [id])).toBe(1);
    }
  }
});
