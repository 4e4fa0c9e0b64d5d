import { setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTicketValidator } from '../../../src/channels/webhook/ticket-validator.ts';
import { createSignedCall, type SignedCallOptions } from '../../../src/egress/signed-call.ts';
import { Secret } from '../../../src/keys/secret.ts';
import { authority } from '../../egress/servers.ts';
import { here, key, type Receiver, secretText, signatureOf, startReceiver } from './receiver.ts';

let receiver: Receiver;
const reported: unknown[] = [];
beforeAll(async () => {
  setDefaultCACertificates([authority]);
  receiver = await startReceiver();
});
afterEach(() => {
  receiver.received.splice(0);
  reported.splice(0);
});
afterAll(() => receiver.stop());

const ask = {
  ticket: 'OPS-17',
  requester: { subject: '00u1' },
  entitlements: ['prod/admin', 'prod/read'],
  durationSeconds: 3600,
  reason: 'to mend it',
};
function validate(over: Partial<SignedCallOptions> = {}) {
  const clock = () => new Date('2026-11-22T09:00:00Z');
  const call = createSignedCall({
    url: receiver.url(),
    secret: new Secret(secretText),
    clock,
    ...here,
    ...over,
  });
  return createTicketValidator({ call, clock, report: (error) => reported.push(error) }).validate(ask);
}
const answers = (body: string, status = 200) => {
  receiver.answer = () => ({ status, body });
};

test('a validator is asked what the ticket is to be good for, under a signature', async () => {
  answers('{"valid":true}');
  expect(await validate()).toEqual({ valid: true });
  const [received] = receiver.received;
  expect(received?.body).toEqual({ type: 'ticket.validate', ...ask });
  expect(received?.id).toMatch(/^msg_/);
  expect(received?.headers['webhook-signature']).toBe(received && signatureOf(received));
});

test('nothing of the ask but what is agreed is sent', async () => {
  answers('{"valid":true}');
  const clock = () => new Date(0);
  const call = createSignedCall({ url: receiver.url(), secret: new Secret(secretText), clock, ...here });
  const more = { ...ask, requester: { subject: '00u1', email: 'alice@example.com' }, address: '192.0.2.1' };
  await createTicketValidator({ call, clock, report: () => undefined }).validate(more);
  expect(receiver.received[0]?.body).toEqual({ type: 'ticket.validate', ...ask });
});

test("a validator's no says why, in one line that a terminal can show", async () => {
  answers(JSON.stringify({ valid: false, because: 'OPS-17 is\n\u001b[31mclosed' }));
  expect(await validate()).toEqual({ valid: false, because: 'OPS-17 is [31mclosed' });
  answers(JSON.stringify({ valid: false, because: 'x'.repeat(10_000) }));
  expect(await validate()).toEqual({ valid: false, because: 'x'.repeat(500) });
  answers('{"valid":false}');
  expect(await validate()).toEqual({ valid: false, because: 'The ticket validator gave no reason.' });
});

test.each([
  '',
  'true',
  '{}',
  'null',
  '[]',
  '{"valid":"true"}',
  '{"valid":1}',
  '{"ok":true}',
  '<html>',
  '{"valid":null}',
])('an answer that is nonsense is unknown: %s', async (body) => {
  answers(body);
  expect(await validate()).toEqual({
    unknown: true,
    because: expect.stringMatching(/does not understand.*try again later/) as string,
  });
  expect(reported).toHaveLength(1);
});

test.each([400, 401, 404, 500, 503])('a yes with status %i is no yes', async (status) => {
  answers('{"valid":true}', status);
  expect(await validate()).toMatchObject({ unknown: true });
});

test('a validator that is down, late, elsewhere or inside is unknown, and says so without its address', async () => {
  await receiver.stop();
  const down = await validate();
  await receiver.start();
  const inside = await validate({ egressAllow: [] });
  receiver.answer = () => new Promise(() => undefined);
  const late = await validate({ timeLimitMs: 50 });
  receiver.answer = () => ({ status: 302, headers: { location: 'https://elsewhere.test/' } });
  const moved = await validate();
  const codes = ['EGRESS_UNREACHABLE', 'EGRESS_ADDRESS', 'EGRESS_TIME', 'EGRESS_REDIRECT'];
  [down, inside, late, moved].forEach((answer, index) =>
    expect(answer).toEqual({
      unknown: true,
      because: `The ticket validator could not be asked (${codes[index]}): try again later, or tell the operators of Daypass.`,
    }),
  );
  expect(reported).toMatchObject(codes.map((code) => ({ code })));
  for (const secret of [secretText, key.toString('base64'), 'path-of-the-hook'])
    expect(String(reported)).not.toContain(secret);
});
