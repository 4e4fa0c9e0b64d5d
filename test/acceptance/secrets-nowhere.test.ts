import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { type IncomingMessage, Server, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { generateSync } from 'otplib';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Browser } from '../../dev/browser.ts';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { type Cast, walkMainJob } from '../../dev/demo/walk.ts';
import { freePort } from '../../dev/free-port.ts';
import { signInAtIdp } from '../../dev/idp/sign-in.ts';
import { DEV_USERS } from '../../dev/idp/users.ts';
import { testDatabaseInUse } from './database-in-use.ts';
import { oneTimeCodes, search, secrets } from './secrets-search.ts';

// The main job with the most talkative log; then every place where something stays is searched for every secret that was
// configured, issued or sent on the way.

const root = fileURLToPath(new URL('../../', import.meta.url));
const places = new Map<string, string>();
const keep = (place: string, text: string) => places.set(place, `${places.get(place) ?? ''}${text}\n`);

/** Finds the secrets in one message between two of the parties, by the names of its fields. */
function learn(message: string): void {
  const found = (name: string, value: string) => {
    // A word that is part of every message of its sort is no secret.
    if (value.length >= 8) secrets.set(value, name);
  };
  const named =
    /"(secretAccessKey|sessionToken|SigninToken|token|access_token|id_token|secret)"\s*:\s*"([^"]+)"/gi;
  for (const [, name = '', value = ''] of message.matchAll(named)) found(name, value);
  for (const [, name = '', value = ''] of message.matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)</g))
    found(name, value);
  const field = /(?:^|[?&\n])(code|state|code_verifier|formToken)=([^&#\s"]+)/g;
  for (const [, name = '', value = ''] of message.matchAll(field)) found(name, decodeURIComponent(value));
  for (const [, value = ''] of message.matchAll(/^authorization: Bearer (\S+)/gim))
    found('bearer token', value);
  for (const [, value = ''] of message.matchAll(/^set-cookie: [^=]+=([^;\s]+)/gim)) found('cookie', value);
  for (const [, value = ''] of message.matchAll(/text=link\+([\w-]+)/g)) found('chat link code', value);
  for (const [, value = ''] of message.matchAll(/"code":"(\d{6})"/g)) oneTimeCodes.add(value);
}

const headLines = (headers: Iterable<readonly [string, unknown]>) =>
  [...headers].map(([name, value]) => `${name}: ${String(value)}`).join('\n');

// What people and their programs exchange with Daypass and the identity provider. Only what Daypass answers with an error
// is one of the places: whoever asks for a token or credentials is to get them.
const plainFetch = globalThis.fetch;
let learning = true;
async function listeningFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const asked = new Request(input, init);
  const sent = `${asked.url}\n${headLines(asked.headers)}\n\n${await asked.clone().text()}`;
  const answer = await plainFetch(input, init);
  const head = headLines(answer.headers);
  const body = await answer.clone().text();
  if (learning) for (const part of [sent, head.replace(/^location: /gim, ''), body]) learn(part);
  if (asked.url.startsWith(stack?.url ?? '-') && answer.status >= 400)
    keep('error answers', `${answer.status} ${head}\n${body}`);
  return answer;
}

// What the stand-ins of the identity provider and of AWS, which run in this process, hear from Daypass and answer.
function listeningEmit(this: Server, event: string | symbol, ...args: unknown[]): boolean {
  if (event === 'request') listen(args[0] as IncomingMessage, args[1] as ServerResponse);
  return EventEmitter.prototype.emit.call(this, event, ...args);
}
function listen(request: IncomingMessage, response: ServerResponse): void {
  let text = `${request.url}\n${headLines(Object.entries(request.headers))}\n\n`;
  const add = (chunk: unknown) => {
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) text += chunk.toString('latin1');
  };
  // Listened to in passing: whoever reads and writes them goes on as before.
  const listenTo = (message: object, method: 'push' | 'write' | 'end') => {
    const plain = Reflect.get(message, method) as (...args: unknown[]) => unknown;
    Reflect.set(message, method, (...args: unknown[]) => {
      add(args[0]);
      return Reflect.apply(plain, message, args);
    });
  };
  listenTo(request, 'push');
  listenTo(response, 'write');
  listenTo(response, 'end');
  response.once('close', () => learning && learn(text));
}

let stack: Stack;
beforeAll(async () => {
  globalThis.fetch = listeningFetch;
  Server.prototype.emit = listeningEmit;
  const slack = { signingSecret: 'a0b1c2d3e4f5061728394a5b6c7d8e9f', team: 'T0DEMO', user: 'U0BLAKE' };
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: { LOG_LEVEL: 'trace', TOTP: 'on', SLACK_SIGNING_SECRET: slack.signingSecret },
  });
  record('log', stack.daypass);
  configured(stack.environment);
  const cast = Object.fromEntries(
    DEV_USERS.map((user) => [user.key, new Person(stack.url, user.key, user.name)]),
  ) as Cast;
  await walkMainJob({ step: (_title, run) => run() }, stack, cast, { ...slack, url: stack.url });
  await openConsole(cast);
  await useOneTimeCodes(cast.stranger);
  const browser = new Browser();
  await signInAtIdp(browser, await browser.get(`${stack.url}/login`), 'operator', 'otp');
  learning = false;
  await provoke(cast.engineer);
  await look(cast.auditor);
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  globalThis.fetch = plainFetch;
  Reflect.deleteProperty(Server.prototype, 'emit');
});

function record(place: string, child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => keep(place, chunk.toString()));
}

function configured(environment: Readonly<Record<string, string>>): void {
  const get = (name: string) => environment[name] ?? '';
  for (const name of ['MASTER_KEY', 'SLACK_SIGNING_SECRET', 'OIDC_CLIENT_SECRET'])
    secrets.set(get(name), name);
  secrets.set(Buffer.from(get('MASTER_KEY'), 'base64').toString('hex'), 'MASTER_KEY as bytes');
  for (const name of ['DATABASE_URL', 'DATABASE_ADMIN_URL'])
    secrets.set(decodeURIComponent(new URL(get(name)).password), `password of ${name}`);
}

/** The credentials go on to the sign-in of AWS, whose token comes back inside an address. */
async function openConsole({ engineer, approver }: Cast): Promise<void> {
  const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
    entitlements: ['prod/admin'],
    durationSeconds: 900,
    reason: 'To look around',
  });
  const { id, digest } = asked.body;
  const review = { decision: 'approve', digest };
  const answer = await approver.call<{ grants: { id: string }[] }>(
    'POST',
    `/v1/requests/${id}/reviews`,
    review,
  );
  const opened = await engineer.call<{ url: string }>(
    'POST',
    `/v1/grants/${answer.body.grants[0]?.id}/console`,
  );
  expect(opened.status, JSON.stringify(opened.body)).toBe(201);
  expect(search(opened.body.url)).not.toEqual([]);
}

async function useOneTimeCodes(person: Person): Promise<void> {
  const { body } = await person.call<{ secret: string }>('POST', '/v1/factors/totp');
  const code = (steps: number) =>
    generateSync({ secret: body.secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });
  await person.call('POST', '/v1/factors/totp/confirm', { code: code(0) });
  await person.call('POST', '/v1/factors/totp/verify', { code: code(1) });
  expect((await person.call('POST', '/v1/factors/totp/verify', { code: code(1) })).status).toBe(422);
}

/** Sends secrets where they do not belong, to every operation of the contract: as tokens, in addresses, headers and bodies. */
async function provoke(person: Person): Promise<void> {
  const contract = parse(await readFile(`${root}openapi.yaml`, 'utf8')) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const known = [...secrets.keys()];
  let nth = 0;
  const next = () => known[nth++ % known.length] ?? '';
  for (const [template, methods] of Object.entries(contract.paths))
    for (const method of Object.keys(methods).map((name) => name.toUpperCase())) {
      const path = template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(next()));
      const body = method === 'GET' ? null : JSON.stringify({ [next()]: next(), reason: 5, token: next() });
      const send = (url: string, headers: Record<string, string>, payload: string | null) =>
        fetch(`${stack.url}${url}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: method === 'GET' ? null : payload,
          redirect: 'manual',
        }).then((answer) => answer.body?.cancel());
      const mine = { authorization: `Bearer ${person.token}` };
      await send(path, { authorization: `Bearer ${next().replaceAll(/[^!-~]/g, '')}x` }, body);
      await send(path, { authorization: `Basic ${btoa(next())}`, cookie: `__Host-daypass=${next()}` }, body);
      await send(
        `${path}?token=${encodeURIComponent(next())}&limit=${encodeURIComponent(next())}`,
        mine,
        body,
      );
      await send(
        `${path}?state=${next()}&code=${next()}&code=${next()}`,
        { 'x-request-id': next() },
        `{"${next()}`,
      );
      await send(path, { ...mine, 'idempotency-key': next() }, next());
    }
  const name = stack.environment.SLACK_SIGNING_SECRET ?? '';
  for (const query of [
    `{ ${name} }`,
    `{ me { ${name} } }`,
    `{ me(${name}: 1) { id } }`,
    `{ me { id @${name} } }`,
    `{ ...${name} }`,
    `query ($a: ${name}) { me { id } }`,
    `query ($${name}: Int) { me { id } }`,
    `query { grant(id: $${name}) { id } }`,
    `{ grant(id: "${name}") { id nothing } }`,
    `query ${name} { nothing }`,
    name,
    `{ grant(id: ${name}) { id } }`,
    `query ($id: ID!) { grant(id: $id) { id } }`,
  ]) {
    for (const variables of [{ id: next(), [next()]: next() }, { id: { [next()]: next() } }]) {
      const answer = await person.call('POST', '/graphql', { query, variables, operationName: null });
      keep('GraphQL answers', JSON.stringify(answer.body));
    }
  }
}

async function look(auditor: Person): Promise<void> {
  let cursor: string | null = null;
  do {
    const path: string = `/v1/audit/events?limit=100${cursor === null ? '' : `&cursor=${cursor}`}`;
    const { body } = await auditor.call<{ next: string | null }>('GET', path);
    keep('audit events', JSON.stringify(body));
    cursor = body.next;
  } while (cursor !== null);
  keep('metrics', await (await fetch(`${stack.url}/metrics`)).text());
  await dump(stack.postgres.superuserUrl(stack.database));
  await processArguments();
  await startsAndRefusals();
  const closed = once(stack.daypass, 'close');
  stack.daypass.kill('SIGTERM');
  await closed;
}

/** Every row of every table but PostgreSQL's own; bytes are written as hex. */
async function dump(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows: tables } = await client.query<{ name: string; jobs: boolean }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name, schemaname = 'pgboss' AS jobs
     FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
  );
  for (const { name, jobs } of tables) {
    const { rows } = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    keep(jobs ? 'jobs' : 'database', `${name}\n${rows.map(({ row }) => row).join('\n')}`);
  }
  await client.end();
}

async function processArguments(): Promise<void> {
  if (!existsSync('/proc/self/cmdline')) {
    const ps = spawn('ps', ['-A', '-o', 'args='], { stdio: ['ignore', 'pipe', 'inherit'] });
    ps.stdout.on('data', (chunk: Buffer) => keep('process arguments', chunk.toString()));
    await once(ps, 'close');
    return;
  }
  for (const pid of await readdir('/proc'))
    if (/^\d+$/.test(pid))
      keep('process arguments', await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
}

/** A start, a migration, and starts that fail because of the very settings that hold secrets. */
async function startsAndRefusals(): Promise<void> {
  const get = (name: string) => stack.environment[name] ?? '';
  const started = { ...stack.environment, PORT: String(await freePort()) };
  const password = new URL(get('DATABASE_URL')).password;
  for (const [args, change] of [
    ['serve', {}],
    ['migrate', {}],
    ['migrate', { DATABASE_ADMIN_URL: `postgres://daypass_owner:${password}@127.0.0.1:9/daypass` }],
    ['serve', { DATABASE_URL: `postgres//daypass_app:${password}@127.0.0.1/daypass` }],
    ['serve', { DATABASE_URL: `postgres://daypass_app:${password}@127.0.0.1:9/daypass` }],
    ['serve', { MASTER_KEY: get('MASTER_KEY').slice(0, 30), PORT: get('SLACK_SIGNING_SECRET') }],
    ['serve', { MASTER_KEY: '', MASTER_KEY_FILE: get('MASTER_KEY') }],
    ['serve', { DATABASE_URL: stack.postgres.url(stack.database, 'owner') }],
  ] as const) {
    const child = spawn(process.execPath, [`${root}src/main.ts`, args], {
      env: { ...started, ...change },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    record('starts and refusals', child);
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('"msg":"ready"')) child.kill('SIGTERM');
    });
    await once(child, 'close');
  }
}

test('secrets of every sort were on their way', () => {
  const sorts = new Set([...secrets.values()].map((name) => name.toLowerCase()));
  for (const sort of [
    'secretaccesskey',
    'sessiontoken',
    'signintoken',
    'token', // of the credentials that Daypass itself runs on
    'bearer token',
    'cookie',
    'code',
    'state',
    'code_verifier',
    'formtoken',
    'access_token',
    'id_token',
    'secret', // of a one-time-code app
    'chat link code',
    'master_key',
    'slack_signing_secret',
    'oidc_client_secret',
    'password of database_url',
  ])
    expect(sorts).toContain(sort);
  expect(oneTimeCodes.size).toBe(2);
});

test.each([
  ['log', '"msg":"call answered"'],
  ['starts and refusals', 'Daypass does not start'],
  ['error answers', '"code":"unauthenticated"'],
  ['GraphQL answers', '"errors"'],
  ['audit events', 'session.issued'],
  ['metrics', 'daypass'],
  ['database', 'public.totp_factors'],
  ['jobs', 'grant.end'],
  ['process arguments', 'src/main.ts'],
])('none of them is in: %s', (place, sign) => {
  const text = places.get(place) ?? '';
  expect(text).toContain(sign);
  expect(search(text)).toEqual([]);
});

test('the search finds each secret in each disguise, in the middle of other text and cut off after twelve characters', () => {
  const text = places.get('database') ?? '';
  const half = Math.floor(text.length / 2);
  const plant = (planted: string) => `${text.slice(0, half)}${planted}${text.slice(half)}`;
  for (const [secret, name] of secrets) {
    const start = secret.slice(0, 12);
    for (const planted of [
      secret,
      start,
      encodeURIComponent(secret),
      JSON.stringify({ secret }),
      Buffer.from(secret).toString('hex'),
      ...['', 'x', 'xy'].flatMap((before) => [
        Buffer.from(`${before}${secret}y`).toString('base64'),
        Buffer.from(`${before}${start}`).toString('base64url'),
      ]),
    ])
      expect(search(planted).length, `${name} as ${planted.length} characters`).toBeGreaterThan(0);
  }
  const [some = ''] = secrets.keys();
  expect(search(plant(Buffer.from(some).toString('base64'))).length).toBeGreaterThan(0);
  for (const code of oneTimeCodes) expect(search(plant(`{"code":"${code}"}`)).length).toBeGreaterThan(0);
});
