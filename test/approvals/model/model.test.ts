import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './house.ts';
import { happenings, keepsToTheModel } from './run.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.stop());

test('whatever happens in whatever order and at the same time, requests and grants are what the rules say', async () => {
  const happened = await keepsToTheModel(house, 300);
  // What never happened has proved nothing.
  expect(happenings.filter((what) => !happened.has(what))).toEqual([]);
}, 240_000);
