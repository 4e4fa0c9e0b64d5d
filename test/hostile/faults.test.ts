import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkAnswer, checkGraphqlAnswer } from './answers.ts';
import { type Cast, credentials, gather } from './cast.ts';
import { answersIn, exchange, listen } from './wire.ts';
import { startWorld, type World } from './world.ts';

// Inputs that once were faults, each by itself, so that they do not depend on being drawn.

let world: World;
let cast: Cast;
beforeAll(async () => {
  world = await startWorld();
  cast = await gather(world);
});
afterAll(() => world.stop());

const outside = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+12:00', '9999-12-31T23:59:59-01:00'];

test.each(outside)('a time whose year Postgres does not read (%s) is invalid input', async (time) => {
  const headers = credentials(cast.auditor);
  for (const name of ['from', 'to']) {
    const url = `/v1/audit/events?${new URLSearchParams({ [name]: time }).toString()}`;
    const answer = await world.app.inject({ url, headers });
    checkAnswer({ status: answer.statusCode, headers: answer.headers, body: answer.body }, world.secrets);
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_input' });
    const query = `query ($t: DateTime) { auditEvents(${name}: $t) { next } }`;
    const payload = { query, variables: { t: time } };
    const told = await world.app.inject({ method: 'POST', url: '/graphql', headers, payload });
    const answered = { status: told.statusCode, headers: told.headers, body: told.body };
    expect(checkGraphqlAnswer(answered, world.secrets)).toEqual(['invalid_input']);
  }
});

test.each([
  ['lists', `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  ['objects', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ['a list where one is taken', `{"entitlements":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
])('%s nested as deep as 64 KiB can hold are invalid input', async (_what, payload) => {
  const headers = { 'content-type': 'application/json', ...credentials(cast.requester) };
  const answer = await world.app.inject({ method: 'POST', url: '/v1/requests', headers, payload });
  checkAnswer({ status: answer.statusCode, headers: answer.headers, body: answer.body }, world.secrets);
  expect(answer.json<{ detail: string }>().detail).toBe('The input is nested too deeply: at most 32 levels.');
});

test.each([
  'true',
  'null',
  '1',
  '[]',
  '{"kind":"Document","definitions":[]}',
  '{"kind":"Document","definitions":[null]}',
])('a query that is JSON instead of GraphQL (%s) is invalid input, once and again', async (query) => {
  for (let time = 0; time < 2; time++) {
    const headers = credentials(cast.operator);
    const told = await world.app.inject({ method: 'POST', url: '/graphql', headers, payload: { query } });
    expect(told.statusCode).toBe(400);
    const answered = { status: told.statusCode, headers: told.headers, body: told.body };
    expect(checkGraphqlAnswer(answered, world.secrets)).toEqual(['invalid_input']);
  }
});

test('half of a character is refused, not stored as another', async () => {
  const headers = credentials(cast.requester);
  const payload = { entitlements: ['prod/admin'], durationSeconds: 600, reason: 'To work', ticket: '\ud800' };
  const answer = await world.app.inject({ method: 'POST', url: '/v1/requests', headers, payload });
  expect(answer.json<{ detail: string }>().detail).toContain('half of a character');
  const query = 'query ($k: String) { auditEvents(kind: $k) { next } }';
  const told = await world.app.inject({
    method: 'POST',
    url: '/graphql',
    headers: credentials(cast.auditor),
    payload: { query, variables: { k: '\udfff' } },
  });
  expect(told.body).toContain('half of a character');
});

test('an address in absolute form, good or broken, is answered like any other', async () => {
  const port = await listen(world.app);
  const hosts = [
    'http://evil.example',
    'http://[',
    'http://[::1',
    'http://a b',
    'https://evil.example:99999',
    'http://%',
  ];
  for (const host of hosts) {
    for (const path of ['/oauth/callback?state=x&code=y', '/v1/me', '/requests/new', '/healthz']) {
      const { text } = await exchange(
        port,
        `GET ${host}${path} HTTP/1.1\r\nHost: x\r\nCookie: __Host-daypass-sign-in=dpx_${'a'.repeat(43)}\r\nConnection: close\r\n\r\n`,
      );
      const [answer] = answersIn(text);
      expect(answer?.status, `${host}${path}`).toBeLessThan(500);
      expect(answer?.headers['location'] ?? '/').toMatch(/^\/(?!\/)/);
    }
  }
});
