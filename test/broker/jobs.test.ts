import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { systemContext } from '../../src/audit/event.ts';
import { createTransact } from '../../src/audit/unit-of-work.ts';
import { startBrokerJobs } from '../../src/broker/jobs.ts';
import { createJobs, type Jobs } from '../../src/db/jobs.ts';
import { type House, openHouse } from './house.ts';

const auditKey = { id: 'test', key: Buffer.alloc(32, 7) };
let house: House;
let jobs: Jobs;
beforeAll(async () => {
  house = await openHouse();
  jobs = createJobs({ url: house.database.appUrl, onError: () => undefined });
  await jobs.start();
});
afterAll(async () => {
  await jobs.stop();
  await house.close();
});

test('a job of the queue activates a grant, and another ends it', async () => {
  await startBrokerJobs(house.deps, { wake: () => undefined }, jobs);
  const { id } = await house.grant({ seconds: 600 });
  const transact = createTransact({ db: house.pool.db, clock: house.deps.clock, auditKey, jobs });
  const enqueue = (name: 'grant.activate' | 'grant.end') =>
    transact(systemContext, (work) => work.enqueue(name, { grantId: id }));
  await enqueue('grant.activate');
  await vi.waitFor(async () => expect(await house.stateOf(id)).toBe('active'), { timeout: 15_000 });
  house.pass(600);
  await enqueue('grant.end');
  await vi.waitFor(async () => expect(await house.stateOf(id)).toBe('ended'), { timeout: 15_000 });
});
