import { setDefaultCACertificates } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createSignedCall, type SignedCallOptions } from '../../src/egress/signed-call.ts';
import { Secret } from '../../src/keys/secret.ts';
import {
  here,
  key,
  type Receiver,
  secretText,
  signatureOf,
  startReceiver,
} from '../channels/webhook/receiver.ts';
import { refusalOf } from './refusal.ts';
import { authority, startHttp } from './servers.ts';

let receiver: Receiver;
let time = Date.parse('2026-11-22T09:00:00.900Z');
beforeAll(async () => {
  setDefaultCACertificates([authority]);
  receiver = await startReceiver();
});
afterEach(() => {
  receiver.received.splice(0);
  receiver.answer = () => ({ status: 204 });
});
afterAll(() => receiver.stop());

const callWith = (options: Partial<SignedCallOptions> = {}) =>
  createSignedCall({
    url: receiver.url(),
    secret: new Secret(secretText),
    clock: () => new Date(time),
    ...here,
    ...options,
  });
const message = { id: 'ntc_1', body: { type: 'test', word: 'größer' } };

test('a call carries its id, the time of the attempt, and a signature that a receiver can compute', async () => {
  await callWith()(message);
  const [received] = receiver.received;
  expect(received).toMatchObject({
    body: message.body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': 'ntc_1',
      'webhook-timestamp': String(Date.parse('2026-11-22T09:00:00Z') / 1000),
    },
  });
  expect(received?.headers['webhook-signature']).toBe(received && signatureOf(received));
});

test("the reference library's receiver accepts it, and refuses it when anything was changed", async () => {
  time = Date.now();
  await callWith()(message);
  const [received] = receiver.received;
  if (received === undefined) throw new Error('nothing was received');
  const headers = received.headers as Record<string, string>;
  const webhook = new Webhook(secretText);
  expect(webhook.verify(received.text, headers)).toEqual(message.body);
  expect(() => webhook.verify(`${received.text} `, headers)).toThrow('No matching signature');
  expect(() => webhook.verify(received.text, { ...headers, 'webhook-id': 'ntc_2' })).toThrow();
});

test('the same message sent again has the same id and a time of its own', async () => {
  const call = callWith();
  await call(message);
  time += 60_000;
  await call(message);
  const [first, second] = receiver.received;
  expect(second?.id).toBe(first?.id);
  expect(second?.headers['webhook-timestamp']).not.toBe(first?.headers['webhook-timestamp']);
  expect(second?.headers['webhook-signature']).toBe(second && signatureOf(second));
});

test('while the secret is changed, each call is signed with both', async () => {
  const other = Buffer.alloc(24, 9);
  const both = `${secretText}, whsec_${other.toString('base64')}`;
  await callWith({ secret: new Secret(both) })(message);
  const [received] = receiver.received;
  expect(received?.headers['webhook-signature']).toBe(
    received && `${signatureOf(received, key)} ${signatureOf(received, other)}`,
  );
});

test('the answer comes back as JSON, and as nothing when it is none', async () => {
  receiver.answer = () => ({ status: 200, body: '{"valid":true}' });
  expect(await callWith()(message)).toEqual({ valid: true });
  receiver.answer = () => ({ status: 200, body: 'ok' });
  expect(await callWith()(message)).toBeUndefined();
  receiver.answer = () => ({ status: 204 });
  expect(await callWith()(message)).toBeUndefined();
});

test.each([
  [400, 'EGRESS_STATUS'],
  [401, 'EGRESS_STATUS'],
  [500, 'EGRESS_STATUS'],
  [429, 'EGRESS_UNREACHABLE'],
  [503, 'EGRESS_UNREACHABLE'],
])('an answer of %i is a refusal that repeats nothing of it', async (status, code) => {
  receiver.answer = () => ({ status, body: 'hunter2' });
  const refusal = await refusalOf(callWith()(message));
  expect(refusal.code).toBe(code);
  expect(refusal.message).toContain(`answered with ${status}`);
  expect(refusal.message).not.toMatch(/hunter2|path-of-the-hook/);
});

test('a redirect is refused, and nothing is sent on', async () => {
  const trap = await startHttp((_request, response) => response.end());
  receiver.answer = () => ({ status: 307, headers: { location: `http://127.0.0.1:${trap.port}/` } });
  expect((await refusalOf(callWith()(message))).code).toBe('EGRESS_REDIRECT');
  expect(trap.connections()).toBe(0);
  await trap.stop();
});

test('an address that is not public is refused unless it is listed', async () => {
  expect((await refusalOf(callWith({ egressAllow: [] })(message))).code).toBe('EGRESS_ADDRESS');
  const byAddress = new URL(receiver.url().href.replace('idp.test', '127.0.0.1'));
  expect((await refusalOf(callWith({ egressAllow: [], url: byAddress })(message))).code).toBe(
    'EGRESS_ADDRESS',
  );
  expect(receiver.received).toEqual([]);
  await callWith({ url: byAddress })(message);
  expect(receiver.received).toHaveLength(1);
});

test('http leads to this machine alone, whatever the name resolves to', async () => {
  const plain = await startHttp((_request, response) => response.end('{"valid":false}'));
  const call = (url: string, address: string) =>
    callWith({ url: new URL(url), egressAllow: ['10.0.0.0/8'], resolve: () => Promise.resolve([address]) })(
      message,
    );
  expect(await call(`http://127.0.0.1:${plain.port}/`, '')).toEqual({ valid: false });
  expect((await refusalOf(call('http://hooks.test:9000/', '10.0.0.1'))).code).toBe('EGRESS_ADDRESS');
  await plain.stop();
});

test('an answer that is too large, or too late, is not taken', async () => {
  receiver.answer = () => ({ status: 200, body: ' '.repeat(65_537) });
  expect((await refusalOf(callWith()(message))).code).toBe('EGRESS_SIZE');
  receiver.answer = () => new Promise(() => undefined);
  expect((await refusalOf(callWith({ timeLimitMs: 50 })(message))).code).toBe('EGRESS_TIME');
});

test.each(['', 'hunter2', 'whsec_', 'whsec_aHVudGVyMg==', `whsec_${'!'.repeat(32)}`, `${secretText},`])(
  'a secret that is none is refused at once, without being repeated',
  (text) => {
    expect(() => callWith({ secret: new Secret(text) })).toThrow(
      /^the secret of idp\.test:\d+ must be whsec_ and 24 to 64 random bytes in base64: make them with `openssl rand -base64 32`$/,
    );
  },
);
