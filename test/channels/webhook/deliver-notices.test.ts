import { setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createNoticeAlarm } from '../../../src/approvals/notice-alarm.ts';
import { type NoticeMeasures, readNoticeMeasures } from '../../../src/approvals/notice-measures.ts';
import { type DeliverDeps, deliverNotices } from '../../../src/channels/webhook/deliver-notices.ts';
import { openPool } from '../../../src/db/pool.ts';
import { authority, startHttp } from '../../egress/servers.ts';
import { type Noticing, startNoticing } from './noticing.ts';
import { key, secretText } from './receiver.ts';

let noticing: Noticing;
let deps: DeliverDeps;
beforeAll(async () => {
  setDefaultCACertificates([authority]);
  noticing = await startNoticing();
  deps = noticing.deps();
});
afterEach(() => noticing.clear());
afterAll(() => noticing.stop());

const ids = () => noticing.receiver.received.map(({ id }) => id);
const move = (seconds: number) => noticing.world.move(seconds);

test('a notice is sent once, under its own id, and recorded', async () => {
  const id = await noticing.write();
  expect(await deliverNotices(deps)).toEqual({ delivered: 1, failed: 0, failure: null });
  expect(await noticing.row(id)).toMatchObject({
    attempts: 1,
    failure: null,
    delivered_at: noticing.world.now(),
  });
  move(3600);
  expect(await deliverNotices(deps)).toEqual({ delivered: 0, failed: 0, failure: null });
  expect(ids()).toEqual([id]);
});

test('a process that dies between the call and its record leads to the same notice again, under the same id', async () => {
  const id = await noticing.write();
  let sent: () => void = () => undefined;
  const wasSent = new Promise<void>((resolve) => {
    sent = resolve;
  });
  const dying: DeliverDeps = {
    ...deps,
    async call(message) {
      await deps.call(message);
      sent();
      // The process is gone: nothing after this line ever happens.
      return new Promise(() => undefined);
    },
  };
  void deliverNotices(dying);
  await wasSent;
  // Until its lease is over, the other process leaves it alone.
  move(29);
  expect((await deliverNotices(deps)).delivered).toBe(0);
  move(1);
  expect((await deliverNotices(deps)).delivered).toBe(1);
  expect(ids()).toEqual([id, id]);
  expect(await noticing.row(id)).toMatchObject({ attempts: 2, delivered_at: noticing.world.now() });
});

test('one that was slower than its lease takes nothing back from the process that came after it', async () => {
  const id = await noticing.write();
  const { promise, reject } = Promise.withResolvers<unknown>();
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  const slow = deliverNotices({
    ...deps,
    call: () => {
      call();
      return promise;
    },
  });
  await called;
  move(30);
  expect((await deliverNotices(deps)).delivered).toBe(1);
  reject(new Error('too late'));
  expect((await slow).failed).toBe(1);
  expect(await noticing.row(id)).toMatchObject({ failure: null, delivered_at: noticing.world.now() });
});

test('several replicas that sweep at once send each notice once', async () => {
  const written: string[] = [];
  for (let n = 0; n < 60; n++) written.push(await noticing.write({ body: { n } }));
  const pools = [1, 2, 3].map(() =>
    openPool({ url: noticing.world.database.appUrl, max: 4, onError: () => undefined }),
  );
  const results = await Promise.all(pools.map(({ db }) => deliverNotices({ ...deps, db })));
  await Promise.all(pools.map((pool) => pool.close()));
  expect(results.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(60);
  expect(ids().toSorted()).toEqual(written.toSorted());
});

test('a receiver that is down for an hour gets everything afterwards, each notice once', async () => {
  const written: string[] = [];
  for (let n = 0; n < 30; n++) written.push(await noticing.write());
  await noticing.receiver.stop();
  for (let minute = 0; minute < 60; minute++) {
    const { delivered, failed, failure } = await deliverNotices(deps);
    expect(delivered).toBe(0);
    // Nobody is there: the rest is not tried in vain.
    expect(failed).toBeLessThanOrEqual(8);
    if (failed > 0) expect(failure).toContain('ECONNREFUSED');
    move(60);
  }
  await noticing.receiver.start();
  expect(ids()).toEqual([]);
  let delivered = 0;
  for (let minute = 0; minute <= 5; minute++) {
    delivered += (await deliverNotices(deps)).delivered;
    move(60);
  }
  expect(delivered).toBe(30);
  expect(ids().toSorted()).toEqual(written.toSorted());
});

test('a notice that is never taken is tried again for ever, at most an hour apart', async () => {
  const id = await noticing.write();
  noticing.receiver.answer = () => ({ status: 400 });
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 20; attempt++) {
    expect((await deliverNotices(deps)).failed).toBe(1);
    const { next_try_at: next, attempts, failure } = await noticing.row(id);
    expect({ attempts, failure }).toEqual({
      attempts: attempt,
      failure: expect.stringContaining('answered with 400') as string,
    });
    const pause = (next.getTime() - noticing.world.now().getTime()) / 1000;
    pauses.push(pause);
    move(pause);
  }
  expect(pauses).toEqual([
    5,
    10,
    20,
    40,
    80,
    160,
    320,
    640,
    1280,
    2560,
    ...Array.from({ length: 10 }, () => 3600),
  ]);
  noticing.receiver.answer = () => ({ status: 204 });
  expect((await deliverNotices(deps)).delivered).toBe(1);
});

test('what failed together does not come back together', async () => {
  const id = await noticing.write();
  noticing.receiver.answer = () => ({ status: 500 });
  await deliverNotices({ ...deps, random: () => 0 });
  expect((await noticing.row(id)).next_try_at).toEqual(new Date(noticing.world.now().getTime() + 2_500));
});

test('notices that cannot be delivered hold up no other', async () => {
  const poisoned = new Set<string>();
  for (let n = 0; n < 20; n++) poisoned.add(await noticing.write());
  const good = await noticing.write();
  noticing.receiver.answer = ({ id }) => ({ status: poisoned.has(id) ? 500 : 204 });
  expect(await deliverNotices(deps)).toMatchObject({ delivered: 1, failed: 20 });
  expect((await noticing.row(good)).delivered_at).not.toBeNull();
});

test('one that hangs holds up none of the others', async () => {
  const hanging = await noticing.write();
  const others = [await noticing.write(), await noticing.write()];
  noticing.receiver.answer = ({ id }) => (id === hanging ? new Promise(() => undefined) : { status: 204 });
  expect(await deliverNotices(noticing.deps({ timeLimitMs: 100 }))).toMatchObject({
    delivered: 2,
    failed: 1,
  });
  for (const id of others) expect((await noticing.row(id)).delivered_at).not.toBeNull();
  expect((await noticing.row(hanging)).failure).toContain('took longer than');
});

test('a fault of our own puts one notice off, and is reported', async () => {
  const id = await noticing.write();
  const failing: DeliverDeps = { ...deps, call: () => Promise.reject(new Error('hunter2')) };
  expect(await deliverNotices(failing)).toMatchObject({ failed: 1 });
  expect((await noticing.row(id)).failure).toBe('It could not be put together: see the log.');
  expect(noticing.logged()).toContain(id);
});

test('a redirect is a failure, and leads nowhere', async () => {
  const trap = await startHttp((_request, response) => response.end());
  const id = await noticing.write();
  noticing.receiver.answer = () => ({ status: 308, headers: { location: `http://127.0.0.1:${trap.port}/` } });
  await deliverNotices(deps);
  expect((await noticing.row(id)).failure).toContain('redirects are not followed');
  expect(trap.connections()).toBe(0);
  await trap.stop();
});

test('a receiver at an address that is not public is not called unless it is listed', async () => {
  const id = await noticing.write();
  await deliverNotices(noticing.deps({ egressAllow: [] }));
  expect((await noticing.row(id)).failure).toContain('EGRESS_ALLOW');
  expect(ids()).toEqual([]);
});

test('neither secret nor path of the webhook is in a log, a result or a row', async () => {
  const results: unknown[] = [];
  for (const status of [400, 503, 301]) {
    await noticing.write();
    noticing.receiver.answer = () => ({
      status,
      body: 'body-of-the-answer',
      headers: { location: '/elsewhere' },
    });
    results.push(await deliverNotices(deps));
  }
  await noticing.receiver.stop();
  await noticing.write();
  results.push(await deliverNotices(deps));
  await noticing.receiver.start();
  await noticing.write();
  const faulty = { ...deps, publicUrl: null as unknown as URL };
  results.push(await deliverNotices(faulty));
  expect(results).toHaveLength(5);
  for (const result of results) expect(result).toMatchObject({ delivered: 0, failed: 1 });
  expect(noticing.logged()).toContain('fault in a notice');
  const { rows } = await noticing.world.root.query('SELECT * FROM notices');
  const text = noticing.logged() + JSON.stringify([results, rows]);
  for (const secret of [
    secretText,
    key.toString('base64'),
    'path-of-the-hook',
    'body-of-the-answer',
    'elsewhere',
    'v1,',
  ])
    expect(text).not.toContain(secret);
});

test('a notice is put off by no more than an hour, whatever clock wrote when to try it', async () => {
  const id = await noticing.write();
  const ahead = new Date(noticing.world.now().getTime() + 86_400_000);
  await noticing.world.root.query('UPDATE notices SET next_try_at = $1', [ahead]);
  expect((await deliverNotices(deps)).delivered).toBe(1);
  expect(ids()).toEqual([id]);
});

test('what was delivered is kept for 30 days, and what was not for as long as it takes', async () => {
  const delivered = await noticing.write();
  await deliverNotices(deps);
  noticing.receiver.answer = () => ({ status: 400 });
  const waiting = await noticing.write();
  await deliverNotices(deps);
  move(30 * 86_400);
  await deliverNotices(deps);
  expect(await noticing.row(delivered)).toBeDefined();
  move(1);
  await deliverNotices(deps);
  await expect(noticing.row(delivered)).rejects.toThrow('there is no notice');
  expect(await noticing.row(waiting)).toMatchObject({ delivered_at: null });
});

test('undelivered notices are counted, and the alarm is raised after 15 minutes, then every hour', async () => {
  const told: NoticeMeasures[] = [];
  const { db, clock } = deps;
  const alarm = createNoticeAlarm({ db, clock, alarm: (measures) => told.push(measures) });
  await alarm.look();
  expect(await readNoticeMeasures(db, clock())).toEqual({ undelivered: 0, oldestSeconds: 0 });
  await noticing.write();
  move(899);
  await noticing.write();
  await alarm.look();
  expect(told).toEqual([]);
  move(1);
  await alarm.look();
  await alarm.look();
  expect(told).toEqual([{ undelivered: 2, oldestSeconds: 900 }]);
  move(3600);
  await alarm.look();
  expect(told).toHaveLength(2);
  await deliverNotices(deps);
  await alarm.look();
  expect(told).toHaveLength(2);
  await noticing.write();
  move(900);
  await alarm.look();
  expect(told).toHaveLength(3);
});
