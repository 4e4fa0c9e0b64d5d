import { afterEach, beforeEach, test } from 'vitest';
import { keepsToTheModel } from './grant-model.ts';
import { type House, openHouse } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

test.each([1, 2, 3, 4])(
  'whatever is done in whatever order, a grant is where the model says and gives no access outside of its time (%i of 4)',
  async () => {
    await keepsToTheModel(house, 100);
  },
);
