import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { execFile, type ChildProcess } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';

// What Daypass holds when it is told to stop: calls under way get an answer, the rest is found by the next process.

/** Stands between Daypass and AWS, and can keep a call waiting for as long as the test likes. */
interface Gate {
  readonly endpoint: string;
  /** The next call of this action waits; `arrived` when it has come, on with it after `open()`. */
  hold(action: string): { readonly arrived: Promise<void>; open(): void };
  close(): void;
}

async function startGate(to: string): Promise<Gate> {
  let held: { action: string; arrive: () => void; opened: Promise<void> } | null = null;
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await read(request);
      const { 'x-amz-target': target = '' } = request.headers;
      const mine =
        held !== null && `${String(target)} ${body.toString()}`.includes(held.action) ? held : null;
      if (mine !== null) {
        held = null;
        mine.arrive();
        await mine.opened;
      }
      const { hostname, port } = new URL(to);
      const { method, url, rawHeaders: headers } = request;
      const outgoing = send({ hostname, port, method, path: url, headers, agent: false });
      outgoing.end(body);
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders).end(await read(answer));
    };
    pass().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold(action) {
      const arrived = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      held = { action, arrive: arrived.resolve, opened: opened.promise };
      return { arrived: arrived.promise, open: opened.resolve };
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

let stack: Stack;
let gate: Gate;
let engineer: Person;
let approver: Person;
let database: pg.Pool;

beforeAll(async () => {
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: async (standard) => {
      gate = await startGate(standard.AWS_ENDPOINT_URL ?? '');
      return { AWS_ENDPOINT_URL: gate.endpoint };
    },
  });
  database = new pg.Pool({ connectionString: stack.environment.DATABASE_URL, max: 2 });
  // A connection that is being closed may still be told that the server stops.
  database.on('error', () => undefined);
  database.on('connect', (client) => client.on('error', () => undefined));
  engineer = new Person(stack.url, 'engineer', 'Erin Engineer');
  approver = new Person(stack.url, 'approver', 'Avery Approver');
  await engineer.signIn('otp');
  await approver.signIn('otp');
});
afterAll(async () => {
  await database?.end();
  await stack?.stop();
  gate?.close();
});

async function activeGrant(entitlement: string): Promise<string> {
  const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
    entitlements: [entitlement],
    durationSeconds: 900,
    reason: 'Stop while this goes on',
  });
  const review = { decision: 'approve', digest: asked.body.digest };
  const path = `/v1/requests/${asked.body.id}/reviews`;
  const { body } = await approver.call<{ grants: { id: string }[] }>('POST', path, review);
  const id = body.grants[0]?.id ?? '';
  await untilState(id, 'active');
  return id;
}

// Through the database: Daypass may be away.
async function untilState(grant: string, state: string): Promise<void> {
  await expect
    .poll(async () => (await database.query('SELECT state FROM grants WHERE id = $1', [grant])).rows, {
      timeout: 40_000,
    })
    .toEqual([{ state }]);
}

/** Follows a process's log; `until` resolves at the first line that has the text. */
function follow(child: ChildProcess) {
  let log = '';
  child.stdout?.on('data', (chunk: Buffer) => void (log += chunk.toString()));
  return {
    log: () => log,
    async until(text: string): Promise<void> {
      while (!log.includes(text)) {
        if (child.stdout === null || child.exitCode !== null)
          throw new Error(`${text} was never logged: ${log}`);
        await once(child.stdout, 'data');
      }
    },
  };
}

async function untilRefused(url: string): Promise<void> {
  for (;;) {
    try {
      await (await fetch(`${url}/healthz`)).body?.cancel();
    } catch {
      return;
    }
  }
}

test('a call under way at SIGTERM gets its credentials, nobody new is let in, and idle connections hold nothing up', {
  timeout: 90_000,
}, async () => {
  const grant = await activeGrant('prod/admin');
  const { daypass } = stack;
  const lines = follow(daypass);
  const exited = once(daypass, 'close');
  const idle = connect(Number(new URL(stack.url).port), '127.0.0.1');
  idle.write('GET /healthz HTTP/1.1\r\nhost: daypass\r\n\r\n');
  await once(idle, 'data');
  const idleGone = once(idle, 'close');

  const held = gate.hold('Action=AssumeRole');
  const call = engineer.call('POST', `/v1/grants/${grant}/sessions`);
  await held.arrived;
  daypass.kill('SIGTERM');
  await lines.until('"msg":"stopping"');
  await untilRefused(stack.url);
  daypass.kill('SIGTERM');
  daypass.kill('SIGINT');
  held.open();

  expect(await call).toMatchObject({
    status: 201,
    body: { credentials: { accessKeyId: expect.stringMatching(/^ASIA/) } },
  });
  expect(await exited).toEqual([0, null]);
  await idleGone;
  expect(lines.log()).toContain('"msg":"stopped"');
  const { rows } = await database.query(`SELECT state FROM sessions WHERE grant_id = $1`, [grant]);
  expect(rows).toEqual([{ state: 'issued' }]);
  await stack.restart();
});

test('a call that AWS leaves without an answer ends in a clear 503 that names its line in the log; the session is unknown', {
  timeout: 90_000,
}, async () => {
  const grant = await activeGrant('prod/readonly');
  const { daypass } = stack;
  const lines = follow(daypass);
  const exited = once(daypass, 'close');
  // Somebody who never says anything does not keep the process from ending.
  const silent = connect(Number(new URL(stack.url).port), '127.0.0.1');
  await once(silent, 'connect');
  const silentGone = once(silent, 'close');
  const held = gate.hold('Action=AssumeRole');
  const call = engineer.call<{ code: string; requestId: string }>('POST', `/v1/grants/${grant}/sessions`);
  await held.arrived;
  daypass.kill('SIGTERM');
  const answer = await call;
  held.open();
  expect(answer).toMatchObject({ status: 503, body: { code: 'aws_unavailable' } });
  expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId);
  expect(await exited).toEqual([0, null]);
  await silentGone;
  const mine = lines
    .log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { reqId?: string; level: string; msg: string })
    .filter(({ reqId }) => reqId === answer.body.requestId);
  expect(mine).toEqual([
    expect.objectContaining({ level: 'error', msg: 'call failed', code: 'aws_unavailable' }),
    expect.objectContaining({ level: 'info', msg: 'call answered', operation: 'issueSession', status: 503 }),
  ]);
  const { rows } = await database.query(
    `SELECT s.state, e.leaf::jsonb->>'requestId' AS event FROM sessions s
     JOIN audit_events e ON e.session = s.id AND e.kind = 'session.unknown' WHERE s.grant_id = $1`,
    [grant],
  );
  expect(rows).toEqual([{ state: 'unknown', event: answer.body.requestId }]);
  await stack.restart();
});

test('an assignment whose deletion was under way is polled to its end by the next process, and deleted once', {
  timeout: 90_000,
}, async () => {
  const grant = await activeGrant('prod/console-readonly');
  const deletions = () => stack.aws.log.filter(({ action }) => action === 'DeleteAccountAssignment').length;
  const before = deletions();
  stack.aws.fault({
    service: 'sso-admin',
    action: 'DescribeAccountAssignmentDeletionStatus',
    kind: 'throttle',
  });
  const { daypass } = stack;
  const exited = once(daypass, 'close');
  const held = gate.hold('DeleteAccountAssignment');
  expect((await engineer.call('POST', `/v1/grants/${grant}/end`, {})).status).toBeLessThan(300);
  // The job of the first process stands in the middle of its call.
  await held.arrived;
  daypass.kill('SIGTERM');
  held.open();
  expect(await exited).toEqual([0, null]);
  await untilState(grant, 'ending');

  stack.aws.clearFaults();
  await stack.restart();
  await untilState(grant, 'ended');
  expect(deletions() - before).toBe(1);
  expect(stack.aws.world.identityCenter.assignments).toEqual([]);
});

test('a grant whose end comes while no process runs, or another one, ends all the same', {
  timeout: 90_000,
}, async () => {
  const grant = await activeGrant('staging/admin');
  const exited = once(stack.daypass, 'close');
  stack.daypass.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  // Another process on the same database, to whom the end has come.
  const ahead = fileURLToPath(new URL('../../dev/chaos/ahead.ts', import.meta.url));
  await promisify(execFile)(process.execPath, [ahead, '1800'], {
    env: { ...stack.environment, PORT: '0' },
  });
  await untilState(grant, 'ended');
  const { rows } = await database.query(
    `SELECT leaf::jsonb->'actor'->>'type' AS actor FROM audit_events WHERE "grant" = $1 AND kind = 'grant.ended'`,
    [grant],
  );
  expect(rows).toEqual([{ actor: 'system' }]);
});
