import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Aws, startAws } from '../../dev/aws/aws.ts';
import { demoWorld } from '../../dev/aws/demo-world.ts';
import { childEnvironment } from '../../dev/child-environment.ts';
import { newId } from '../../src/db/ids.ts';
import { key, type Receiver, secretText, signatureOf, startReceiver } from '../channels/webhook/receiver.ts';
import { authorityFile } from '../egress/servers.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { productionEnvironment } from './production-environment.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
let database: TestDatabase;
let aws: Aws;
let receiver: Receiver;
let client: pg.Client;
let child: ChildProcess;
let ended: Promise<unknown>;
let output = '';
let address: string;

beforeAll(async () => {
  database = await createTestDatabase();
  aws = await startAws({ world: demoWorld() });
  receiver = await startReceiver();
  client = new pg.Client({ connectionString: database.appUrl });
  await client.connect();
  const environment = await productionEnvironment(aws, database.appUrl);
  address = `http://127.0.0.1:${environment.PORT}`;
  child = spawn(process.execPath, [`${root}src/main.ts`, 'serve'], {
    env: {
      ...environment,
      ...childEnvironment(),
      LOG_LEVEL: 'trace',
      NOTIFY_WEBHOOK_URL: receiver.url().href.replace('idp.test', '127.0.0.1'),
      NOTIFY_WEBHOOK_SECRET: secretText,
      EGRESS_ALLOW: '127.0.0.1',
      NODE_EXTRA_CA_CERTS: authorityFile,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  ended = once(child, 'close');
}, 60_000);
afterAll(async () => {
  child.kill('SIGTERM');
  await ended;
  await client.end();
  await receiver.stop();
  await aws.stop();
  await database.drop();
});

/** As a change writes it that happened `minutesAgo`. */
async function write(minutesAgo: number): Promise<string> {
  const id = newId('ntc', new Date());
  await client.query(
    `INSERT INTO notices (id, kind, people, body, created_at, next_try_at)
     VALUES ($1, 'catalog.proposed', '{}', '{}', now() - $2 * interval '1 minute', now())`,
    [id, minutesAgo],
  );
  return id;
}
const metric = async (name: string) => {
  const text = await fetch(`${address}/metrics`).then((answer) => answer.text());
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
};

test('the service sends what was written, tells how much waits, and raises the alarm when it waits for long', {
  timeout: 60_000,
}, async () => {
  const patience = { timeout: 25_000, interval: 200 };
  const id = await write(0);
  await expect.poll(() => receiver.received.map((one) => one.id), patience).toEqual([id]);
  const [received] = receiver.received;
  expect(received?.headers['webhook-signature']).toBe(received && signatureOf(received));

  receiver.answer = () => ({ status: 400 });
  await write(16);
  await expect.poll(() => output, patience).toContain('"msg":"notices were not taken"');
  await expect.poll(() => output, patience).toContain('"msg":"notices wait for more than 15 minutes"');
  await expect.poll(() => metric('daypass_notices_undelivered'), patience).toBe(1);
  expect(await metric('daypass_notice_oldest_seconds')).toBeGreaterThanOrEqual(960);
  for (const secret of [secretText, key.toString('base64'), 'path-of-the-hook'])
    expect(output).not.toContain(secret);
});
