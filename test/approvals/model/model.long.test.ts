import { afterAll, beforeAll, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { keepsToTheModel } from './run.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());

// 10,000 sequences, each batch within the time that a test may take.
test.each(Array.from({ length: 10 }, (_, batch) => batch + 1))(
  'whatever happens in whatever order and at the same time, requests and grants are what the rules say (%d of 10)',
  async () => {
    await keepsToTheModel(house, 1_000);
  },
);
