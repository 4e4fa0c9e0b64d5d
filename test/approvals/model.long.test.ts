import { afterAll, beforeAll, test } from 'vitest';
import { keepsToTheModel } from './request-model.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('whatever happens in whatever order, a request is decided at most once and only by who may', async () => {
  await keepsToTheModel(world, 600);
});
