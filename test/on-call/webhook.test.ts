import { expect, test } from 'vitest';
import type { SignedCall } from '../../src/on-call/ask-webhook.ts';
import { makeOnCall, minute, schedule } from './world.ts';

const start = '2026-07-01T08:00:00Z';
const ops = schedule('ops', 'webhook', 'https://rota.example.com/who');

function answering(answer: unknown) {
  const calls: Parameters<SignedCall>[0][] = [];
  const port = makeOnCall(start, [ops], {
    signedCall: (call) => {
      calls.push(call);
      return Promise.resolve(answer);
    },
  });
  return { calls, ...port };
}

test('it is asked by a message of its own each time, and answers with subjects', async () => {
  const { calls, onCall, now } = answering({ people: ['sub-b', 'sub-a', 'sub-b'] });
  await onCall.refresh();
  await onCall.refresh();
  expect(calls[0]).toEqual({
    url: 'https://rota.example.com/who',
    id: expect.stringMatching(/^msg_[0-9a-f-]{36}$/),
    body: { type: 'on-call.who', schedule: 'ops', at: '2026-07-01T08:00:00.000Z' },
  });
  expect(calls[1]?.id).not.toBe(calls[0]?.id);
  expect(now('ops')).toEqual({ kind: 'known', people: ['sub-a', 'sub-b'], until: null, unmapped: [] });
});

test('an answer holds until its end, to the millisecond', async () => {
  const { world, onCall, now } = answering({ people: ['sub-a'], until: '2026-07-01T10:02:00+02:00' });
  await onCall.refresh();
  expect(now('ops')).toMatchObject({ people: ['sub-a'], until: new Date('2026-07-01T08:02:00Z') });
  world.now += 2 * minute - 1;
  expect(now('ops')).toMatchObject({ people: ['sub-a'] });
  world.now += 1;
  expect(now('ops')).toEqual({
    kind: 'down',
    because: expect.stringContaining('to 2026-07-01T08:02:00Z, and not at 2026-07-01T08:02:00Z'),
  });
});

test('an answer without an end says nothing of a later time', async () => {
  const { world, onCall } = answering({ people: ['sub-a'] });
  await onCall.refresh();
  expect(onCall.at(new Date(world.now + 5 * minute)).get('ops')).toMatchObject({ kind: 'down' });
  // A transaction that began before the question is answered all the same.
  expect(onCall.at(new Date(world.now - 1)).get('ops')).toMatchObject({ people: ['sub-a'] });
});

test('nobody is an answer', async () => {
  const { onCall, now } = answering({ people: [], more: 'ignored' });
  await onCall.refresh();
  expect(now('ops')).toMatchObject({ kind: 'known', people: [] });
});

test.each([
  [null],
  ['sub-a'],
  [[]],
  [{}],
  [{ people: 'sub-a' }],
  [{ people: [''] }],
  [{ people: [1] }],
  [{ people: [null] }],
  [{ people: ['x'.repeat(256)] }],
  [{ people: Array.from({ length: 101 }, (_, index) => `sub-${index}`) }],
  [{ people: ['sub-a'], until: 'tomorrow' }],
  [{ people: ['sub-a'], until: '2026-07-01' }],
  [{ people: ['sub-a'], until: 1_800_000_000_000 }],
  [{ people: ['sub-a'], until: '2026-07-01T08:00:00Z' }],
  [{ people: ['sub-a'], until: '2026-13-01T08:00:00Z' }],
])('an answer that is none puts nobody on call: %j', async (answer) => {
  const { onCall, now, reports } = answering(answer);
  await onCall.refresh();
  expect(now('ops')).toMatchObject({ kind: 'down' });
  expect(reports).toEqual([['ops', expect.stringMatching(/^its answer/)]]);
});

test('without a secret to sign with it is not asked', async () => {
  const { onCall, now, reports } = makeOnCall(start, [ops], { signedCall: null });
  await onCall.refresh();
  expect(now('ops')).toMatchObject({ kind: 'down' });
  expect(reports).toEqual([['ops', expect.stringContaining('ON_CALL_WEBHOOK_SECRET')]]);
});
