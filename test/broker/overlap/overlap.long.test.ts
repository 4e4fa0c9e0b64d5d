import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from '../house.ts';
import { betweens, type Kind, liveThrough } from './batch.ts';
import { allOrders, someOrders } from './orders.ts';

let house: House;
beforeAll(async () => {
  // Nothing hangs here: what takes long on a busy machine is no fault of AWS.
  house = await openHouse({ timeLimitMs: 20_000 });
});
afterAll(() => house.close());

// As many as find room in one boundary policy, should all of them end early.
const aBatch = 51;
const batches = Math.ceil(allOrders().length / aBatch);
const kinds: readonly Kind[] = ['role', 'permission-set'];
const cases = kinds.flatMap((kind) =>
  Array.from({ length: batches }, (_, batch) => ({
    kind,
    batch: batch + 1,
    between: betweens[batch % betweens.length] ?? 'nothing',
  })),
);

test.each(cases)(
  `every order of starting, using, extending and ending two grants of one person on one $kind leaves exactly what is still granted ($batch of ${batches}, $between in between)`,
  async ({ kind, batch, between }) => {
    expect(await liveThrough(house, kind, someOrders((batch - 1) * aBatch, aBatch), between)).toEqual([]);
    expect(house.reported).toEqual([]);
  },
);
