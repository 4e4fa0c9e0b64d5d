import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { type Receiver, secretText, startReceiver } from '../channels/webhook/receiver.ts';
import { type Ended, newHome, runDaypass } from '../cli/run-daypass.ts';
import { authorityFile } from '../egress/servers.ts';
import { testDatabaseInUse } from './database-in-use.ts';

// From the engineer's command to the ticket system, the approver and the people who are told, through public interfaces only.

interface Made {
  readonly id: string;
  readonly digest: string;
  readonly requester: { readonly name: string };
  readonly askedBy: { readonly name: string };
  readonly waitingFor: readonly { readonly people: readonly { readonly name: string }[] }[];
  readonly overlaps: readonly { readonly entitlement: string; readonly extendable: boolean }[];
}
interface Told {
  readonly type: string;
  readonly data: {
    readonly to: readonly { readonly name: string }[];
    readonly facts: { readonly why?: string; readonly decision?: string };
  };
}

const example = fileURLToPath(new URL('../../catalog.example.yaml', import.meta.url));
let folder: string;
let receiver: Receiver;
let stack: Stack;
let erin: Person;
let avery: Person;
let blake: Person;
let ticketAnswer = '{"valid":true}';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-asking-'));
  const path = join(folder, 'catalog.yaml');
  const pattern = '    # ticket: "OPS-[0-9]+"\n';
  const text = await readFile(example, 'utf8');
  await writeFile(path, text.replace(pattern, '    ticket: "OPS-[0-9]+"\n    ticketValidated: true\n'));
  receiver = await startReceiver();
  receiver.answer = ({ body }) =>
    body['type'] === 'ticket.validate' ? { status: 200, body: ticketAnswer } : { status: 204 };
  const address = receiver.url().href.replace('idp.test', '127.0.0.1');
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: {
      CATALOG: path,
      TICKET_VALIDATOR_URL: address,
      TICKET_VALIDATOR_SECRET: secretText,
      NOTIFY_WEBHOOK_URL: address,
      NOTIFY_WEBHOOK_SECRET: secretText,
      EGRESS_ALLOW: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: authorityFile,
    },
  });
  const person = async (key: string) => {
    const one = new Person(stack.url, key, key);
    await one.signIn('otp');
    return one;
  };
  [erin, avery, blake] = [await person('engineer'), await person('approver'), await person('approver2')];
}, 60_000);
afterAll(async () => {
  await stack?.stop();
  await receiver?.stop();
  await rm(folder, { recursive: true });
});

async function daypass(who: Person, ...args: readonly string[]): Promise<Ended> {
  await using home = await newHome(stack.url, who.token);
  return runDaypass(args, home.env);
}
const terms = ['--for', '15m', '--because', 'The rollback', '--ticket', 'OPS-17'];
const notices = () =>
  receiver.received.flatMap(({ body }) =>
    body['type'] === 'ticket.validate' ? [] : [body as unknown as Told],
  );
const soon = { timeout: 30_000, interval: 250 };

test('a ticket that is not good, or that nobody can vouch for, asks for nothing and says why', async () => {
  ticketAnswer = '{"valid":false,"because":"OPS-17 is closed."}';
  const refused = await daypass(erin, 'request', 'prod/admin', ...terms);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('OPS-17 is closed.');
  ticketAnswer = 'nonsense';
  const unknown = await daypass(erin, 'request', 'prod/admin', ...terms);
  expect(unknown.code).not.toBe(0);
  expect(unknown.stderr).toContain('cannot be checked now');
  ticketAnswer = '{"valid":true}';
  expect(JSON.parse((await daypass(erin, 'requests', '--json')).stdout)).toMatchObject({ items: [] });
});

test('for a colleague: both are named, neither is asked, both are told, and the access is that of the colleague', {
  timeout: 90_000,
}, async () => {
  const args = ['request', 'prod/admin', ...terms, '--colleague', 'avery@example.com'];
  const preview = await daypass(erin, ...args, '--dry-run');
  expect(preview.stdout).toMatch(/who +for Avery Approver, asked by Erin Engineer\n/);
  expect(preview.stdout).toMatch(/would last +from .* were it approved now\n/);
  const asked = await daypass(erin, ...args, '--json');
  const made = JSON.parse(asked.stdout) as Made;
  expect([made.requester.name, made.askedBy.name]).toEqual(['Avery Approver', 'Erin Engineer']);
  expect(made.waitingFor.map(({ people }) => people.map(({ name }) => name))).toEqual([['Blake Approver']]);
  const review = { decision: 'approve', digest: made.digest };
  expect((await avery.call('POST', `/v1/requests/${made.id}/reviews`, review)).status).toBe(403);
  expect((await blake.call('POST', `/v1/requests/${made.id}/reviews`, review)).status).toBe(200);
  await expect.poll(() => notices().length, soon).toBe(3);
  const told = notices()
    .map(({ type, data: { to, facts } }) => {
      const names = to.map(({ name }) => name).toSorted();
      return `${type} ${facts.why ?? facts.decision}: ${names.join(', ')}`;
    })
    .toSorted();
  expect(told).toEqual([
    'request.decided approve: Avery Approver, Erin Engineer',
    'request.submitted asked-for-you: Avery Approver',
    'request.submitted to-answer: Blake Approver',
  ]);

  // Avery holds it now, and Erin does not: more time is offered to the one and told nothing of to the other.
  const again = await daypass(avery, 'request', 'prod/admin', ...terms, '--dry-run', '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    overlaps: [{ entitlement: 'prod/admin', extendable: true }],
  });
  const same = await daypass(erin, 'request', '--again', '--dry-run', '--json');
  expect(JSON.parse(same.stdout)).toMatchObject({
    requester: { name: 'Avery Approver' },
    ticket: 'OPS-17',
    durationSeconds: 900,
    overlaps: [],
  });
});
