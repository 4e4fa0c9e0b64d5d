import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkAnswer } from './answers.ts';
import { stateOf } from './state.ts';
import { answersIn, exchange, listen, open } from './wire.ts';
import { type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let port: number;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  port = await listen(world.app);
});
afterAll(() => world.stop());

const ask = JSON.stringify({ entitlements: ['prod/admin'], durationSeconds: 600, reason: 'To work' });
const head = (...lines: string[]) =>
  ['Host: daypass.test', `Authorization: Bearer ${engineer.token}`, ...lines, '', ''].join('\r\n');
const post = (body: string, ...lines: string[]) =>
  `POST /v1/requests HTTP/1.1\r\n${head('Content-Type: application/json', ...lines)}${body}`;

/** Sends bytes, expects the connection to be closed, holds every answer against the rules, and returns them. */
async function refused(bytes: string | Buffer) {
  const before = await stateOf(world);
  const { text, closed } = await exchange(port, bytes);
  expect(closed).toBe(true);
  const answers = answersIn(text);
  for (const answer of answers) checkAnswer(answer, world.secrets);
  expect(answers.every(({ status }) => status >= 400)).toBe(true);
  expect(await stateOf(world)).toEqual(before);
  return answers;
}

describe('slow clients', () => {
  test('have limits: ten seconds for the headers, fifteen for all of it, and a connection without bytes is let go', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout } = world.app.server;
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 65_000,
      timeout: 70_000,
    });
    // Node looks after that often; a client is held at most that much longer.
    expect(Reflect.get(world.app.server, 'connectionsCheckingInterval') ?? 30_000).toBeLessThanOrEqual(
      30_000,
    );
  });

  test.each([
    ['headers', 'GET /v1/me HTTP/1.1\r\nHost: dayp'],
    [
      'a body',
      `POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"`,
    ],
  ])('that trickle %s are told 408 and closed', async (_what, bytes) => {
    const app = (await startWorldWithShortLimits()).app;
    try {
      const { text, closed } = await exchange(await listen(app), bytes);
      expect(closed).toBe(true);
      // Without a token the answer comes before the body does; the rest of the body is not waited for.
      for (const answer of answersIn(text)) checkAnswer(answer, []);
      expect(answersIn(text)[0]?.status).toBe(bytes.startsWith('GET') ? 408 : 401);
    } finally {
      await shortWorld?.stop();
      shortWorld = undefined;
    }
  });
});

let shortWorld: World | undefined;
async function startWorldWithShortLimits(): Promise<World> {
  shortWorld = await startWorld();
  const { server } = shortWorld.app;
  Object.assign(server, { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 50 });
  // The interval is taken when the server starts to listen.
  const internal = Object.getOwnPropertySymbols(server).find((symbol) =>
    String(symbol).includes('kConnectionsCheckingInterval'),
  );
  if (internal !== undefined) clearInterval(Reflect.get(server, internal) as NodeJS.Timeout);
  return shortWorld;
}

describe('what is not a call', () => {
  test('headers over 16 KiB are told 431 and the connection is closed', async () => {
    const answers = await refused(`GET /v1/me HTTP/1.1\r\n${head(`X-Junk: ${'x'.repeat(20_000)}`)}`);
    expect(answers).toMatchObject([{ status: 431, headers: { connection: 'close' } }]);
  });

  test.each([
    ['no HTTP', 'HELO mail.example\r\n\r\n'],
    ['TLS', Buffer.from('16030100c5010000c10303', 'hex')],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['an unknown method', 'FROB / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n'],
    ['a folded header', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n 2\r\n\r\n'],
    ['NUL in a header', 'GET /v1/me HTTP/1.1\r\nHost: x\r\nX-A: a\0b\r\n\r\n'],
    ['bare LF', 'GET /v1/me HTTP/1.1\nHost: x\n\n'],
    ['blanks before the colon', 'GET /v1/me HTTP/1.1\r\nHost : x\r\n\r\n'],
  ])('%s is refused and the connection closed', async (_what, bytes) => {
    const [answer] = await refused(bytes);
    expect(answer?.status).toBe(400);
  });

  test('a call without Host is refused by HTTP itself, without a body, and the connection closed', async () => {
    const { text, closed } = await exchange(port, 'GET /v1/me HTTP/1.1\r\n\r\n');
    expect(closed).toBe(true);
    expect(answersIn(text)).toMatchObject([{ status: 400, body: '' }]);
  });
});

describe('bodies', () => {
  test('over 64 KiB are refused by their length alone', async () => {
    const before = await stateOf(world);
    const { text } = await exchange(port, post('', 'Content-Length: 99999999'), (got) => got.includes('}'));
    expect(answersIn(text)).toMatchObject([{ status: 413 }]);
    expect(await stateOf(world)).toEqual(before);
  });

  test('in chunks without end are cut off at 64 KiB', async () => {
    const chunk = `1000\r\n${'x'.repeat(4_096)}\r\n`;
    const { text } = await exchange(port, post(chunk.repeat(40), 'Transfer-Encoding: chunked'), (got) =>
      got.includes('}'),
    );
    expect(answersIn(text)[0]?.status).toBe(413);
  });

  test.each(['gzip', 'br', 'deflate', 'GZIP', 'gzip, identity', 'x-none'])(
    'in the coding %s are refused with 415 and never inflated',
    async (coding) => {
      const bomb = gzipSync(Buffer.alloc(20_000_000, 'x'));
      expect(bomb.length).toBeLessThan(64 * 1024);
      const answer = await world.app.inject({
        method: 'POST',
        url: '/v1/requests',
        headers: {
          authorization: `Bearer ${engineer.token}`,
          'content-type': 'application/json',
          'content-encoding': coding,
        },
        payload: bomb,
      });
      checkAnswer({ status: answer.statusCode, headers: answer.headers, body: answer.body }, world.secrets);
      expect(answer.statusCode).toBe(415);
      expect(answer.headers['accept-encoding']).toBe('identity');
    },
  );

  test('whose coding is only claimed are refused too, and identity is taken', async () => {
    const send = (coding: string) =>
      exchange(
        port,
        post(ask, `Content-Encoding: ${coding}`, `Content-Length: ${ask.length}`, 'Connection: close'),
      );
    expect(answersIn((await send('gzip')).text)[0]?.status).toBe(415);
    expect(answersIn((await send('identity')).text)[0]?.status).toBe(201);
  });
});

describe('smuggling', () => {
  const hidden = 'POST /v1/requests HTTP/1.1\r\nHost: x\r\n\r\n';
  test.each([
    ['both lengths', () => post(`0\r\n\r\n${hidden}`, 'Content-Length: 5', 'Transfer-Encoding: chunked')],
    [
      'both, the other way round',
      () => post(`0\r\n\r\n${hidden}`, 'Transfer-Encoding: chunked', 'Content-Length: 5'),
    ],
    ['two lengths', () => post(ask, 'Content-Length: 0', `Content-Length: ${ask.length}`)],
    ['two lengths in one', () => post(ask, `Content-Length: 0, ${ask.length}`)],
    ['a length with a sign', () => post(ask, `Content-Length: +${ask.length}`)],
    ['a length with blanks inside', () => post(ask, 'Content-Length: 1 0')],
    ['a negative length', () => post(ask, 'Content-Length: -1')],
    ['chunked that is not last', () => post(`0\r\n\r\n`, 'Transfer-Encoding: chunked, gzip')],
    ['chunked misspelt', () => post(`0\r\n\r\n`, 'Transfer-Encoding: xchunked')],
    [
      'chunked twice',
      () => post(`0\r\n\r\n${hidden}`, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity'),
    ],
    ['a chunk with a bad size', () => post(`zz\r\nabc\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked')],
    [
      'a chunk with a huge size',
      () => post(`fffffffffffffffff\r\nabc\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked'),
    ],
    [
      'a chunk that is longer than it says',
      () => post(`2\r\n${ask}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked'),
    ],
  ])('by %s gets one refusal at the most, and the connection is closed', async (_what, bytes) => {
    expect((await refused(bytes())).length).toBeLessThanOrEqual(1);
  });

  test('garbage behind a good call is not read as another', async () => {
    const call = `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`;
    const { text, closed } = await exchange(port, `${call}\0\0garbage\r\n\r\n${call}`);
    expect(closed).toBe(true);
    // What the good call is told may be lost with the connection; nothing comes after the refusal.
    expect(
      answersIn(text)
        .map(({ status }) => status)
        .at(-1),
    ).toBe(400);
    expect(answersIn(text).length).toBeLessThanOrEqual(2);
  });
});

describe('addresses', () => {
  test('as strange as they come are answered, with a problem where there is nothing', async () => {
    const strange = fc.oneof(
      fc.constantFrom(
        '*',
        '//',
        '//evil.example/v1/me',
        'http://evil.example/v1/me',
        'http://[/v1/me',
        'http://[::1/oauth/callback?state=x',
        'https:///oauth/callback',
        '/oauth/callback?state=%00',
        '/%',
        '/%zz',
        '/%c0%af',
        '/v1/%2e%2e/me',
        '/v1/../v1/me',
        '/v1/me/',
        '/V1/ME',
        '/v1/me;x=1',
        '/v1/me%00',
        '/v1/me%20',
        '/v1/requests/%2f',
        '/v1/requests/..%5c',
        '/?\u00e9',
        '/\u00ff',
        '/v1/entitlements/prod/admin',
        `/v1/requests/${'a'.repeat(400)}`,
        `/${'a/'.repeat(5_000)}`,
        '/requests/%ff',
        '/assets/../../package.json',
        '/assets/%2e%2e/openapi.yaml',
        '/login?returnTo=%',
        '/login?returnTo=a&returnTo=b',
      ),
      fc.stringMatching(/^\/[\x21-\x7e\x80-\xff]{0,60}$/),
      fc.stringMatching(/^\/(v1|oauth|requests)\/[\x21-\x7e]{0,20}$/),
    );
    const methods = fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'HEAD',
      'PATCH',
      'PROPFIND',
      'QUERY',
      'LOCK',
      'M-SEARCH',
    );
    const accepts = fc.constantFrom('*/*', 'text/html');
    await fc.assert(
      fc.asyncProperty(methods, strange, accepts, async (method, path, accept) => {
        const { text } = await exchange(
          port,
          `${method} ${path} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`,
        );
        const [answer] = answersIn(text);
        if (answer === undefined) throw new Error(`no answer: ${text.slice(0, 200)}`);
        // Signing in needs an identity provider, and here is none.
        if (answer.status === 503) expect(path).toMatch(/^(https?:\/\/.*?)?\/(login|oauth\/authorize)/);
        else if (method === 'HEAD') expect(answer.status).toBeLessThan(500);
        else checkAnswer(answer, world.secrets);
      }),
      { numRuns: 400, endOnFailure: true },
    );
  });

  test('a client that hangs up in the middle leaves nothing behind', async () => {
    const before = await stateOf(world);
    for (let cut = 1; cut < 200; cut += 7) {
      const socket = await open(port);
      socket.write(post(ask, `Content-Length: ${ask.length}`).slice(0, cut));
      socket.destroy();
      await once(socket, 'close');
    }
    expect(await stateOf(world)).toEqual(before);
  });
});

test('X-Forwarded-For and its like are not believed unless a proxy is trusted', async () => {
  const auditor = await world.person('Cleo', ['auditors']);
  await world.app.inject({
    url: '/v1/audit/events',
    remoteAddress: '192.0.2.7',
    headers: {
      authorization: `Bearer ${engineer.token}`,
      'x-forwarded-for': '203.0.113.9',
      forwarded: 'for=203.0.113.9',
      'x-real-ip': '203.0.113.9',
    },
  });
  const log = await world.app.inject({
    url: '/v1/audit/events?kind=access.denied&limit=1',
    headers: { authorization: `Bearer ${auditor.token}` },
  });
  expect(log.json<{ items: { address: string }[] }>().items[0]?.address).toBe('192.0.2.7');
});
