import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../house.ts';
import { liveThrough } from './batch.ts';
import { allOrders, ordersNamed, someOrders } from './orders.ts';

let house: House;
beforeAll(async () => {
  // Nothing hangs here: what takes long on a busy machine is no fault of AWS.
  house = await openHouse({ timeLimitMs: 20_000 });
});
afterAll(() => house.close());

test('the orders are all there are: every pair of lives, every interleaving, every meeting, none twice', () => {
  const all = allOrders().map(({ name }) => name);
  expect(new Set(all).size).toBe(all.length);
  // In 183 interleavings A starts first; in 106 places of them two steps can meet; each of the two ends in three ways.
  expect(all).toHaveLength((183 + 106) * 9);
  expect(new Set(someOrders(0, all.length).map(({ name }) => name))).toEqual(new Set(all));
});

// One of each kind in which two things come at once, and the end of one right after that of the other.
const notable = ordersNamed([
  'SA UA SB UB ownerA+operatorB',
  'SA SB UA UB operatorA+ownerB',
  'SA UA XA SB UB XB operatorA+naturalB',
  'SA UA operatorA+SB UB naturalB',
  'SA UA SB UB XB XA+ownerB naturalA',
  'SA UA XA SB UB XB naturalA operatorB',
  'SA UA SB UB ownerB naturalA',
]);
const cases = (['role', 'permission-set'] as const).flatMap((kind) =>
  (['sweeps and writes', 'nothing'] as const).map((between) => ({ kind, between })),
);
test.each(cases)(
  'two grants of one person on one $kind, with $between in between: exactly what is still granted is left (a sample of the orders)',
  async ({ kind, between }) => {
    expect(await liveThrough(house, kind, [...notable, ...someOrders(0, 6)], between)).toEqual([]);
    expect(house.reported).toEqual([]);
  },
);
