import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
});
afterAll(() => world.stop());

interface Told {
  readonly statusCode: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: { path: string; message: string }[];
}
async function send(payload: string | object, headers: Record<string, string> = {}): Promise<Told> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/v1/requests',
    payload,
    headers: { 'content-type': 'application/json', ...bearer(engineer), ...headers },
  });
  return { statusCode: answer.statusCode, ...answer.json<Omit<Told, 'statusCode'>>() };
}
async function get(url: string): Promise<Told> {
  const answer = await world.app.inject({ url, headers: bearer(engineer) });
  return { statusCode: answer.statusCode, ...answer.json<Omit<Told, 'statusCode'>>() };
}

describe('a body that is not right', () => {
  test('is told every fault at once, a sentence each', async () => {
    const told = await send({ entitlements: [], durationSeconds: '15 potatoes', colour: 'red' });
    expect(told).toMatchObject({ statusCode: 400, code: 'invalid_input' });
    expect(told.errors).toEqual(
      expect.arrayContaining([
        { path: '/reason', message: 'reason is missing.' },
        { path: '/colour', message: 'colour is not a field here.' },
        { path: '/entitlements', message: 'entitlements must not be empty.' },
        { path: '/durationSeconds', message: 'durationSeconds must be a whole number.' },
      ]),
    );
    for (const { message } of told.errors) expect(told.detail).toContain(message);
  });

  test.each([
    [0, 'durationSeconds must be at least 60.'],
    [-5, 'durationSeconds must be at least 60.'],
    [1.5, 'durationSeconds must be a whole number.'],
    ['900', 'durationSeconds must be a whole number.'],
    [43_201, 'durationSeconds must be at most 43200.'],
    [null, 'durationSeconds must be a whole number.'],
  ])('duration %j is refused: %s', async (durationSeconds, message) => {
    const told = await send({ ...ask, durationSeconds });
    expect(told.statusCode).toBe(400);
    expect(told.errors.map((error) => error.message)).toContain(message);
  });

  test('a duration over the entitlement’s own limit names the limit', async () => {
    const told = await send({ ...ask, durationSeconds: 7200 });
    expect(told).toMatchObject({ statusCode: 400, code: 'invalid_input' });
    expect(told.detail).toContain('3600');
  });

  test('an id that cannot be one is said by its place in the list', async () => {
    const told = await send({ ...ask, entitlements: ['prod/admin', 'PROD'] });
    expect(told.errors[0]?.path).toBe('/entitlements/1');
    expect(told.detail).toContain('a path in lower case such as prod/admin');
  });

  test.each([
    ['{"entitlements":', 'not valid JSON'],
    ['', 'The body must be an object'],
    ['[]', 'The body must be an object'],
    ['null', 'The body must be an object'],
    ['{"__proto__":{"isOperator":true}}', 'not allowed'],
    ['{"constructor":{"prototype":{"isOperator":true}}}', 'not allowed'],
  ])('%s is refused', async (payload, words) => {
    const told = await send(payload);
    expect(told.statusCode).toBe(400);
    expect(told.detail).toContain(words);
    expect(({} as Record<string, unknown>)['isOperator']).toBeUndefined();
  });

  test('a field that only the service may set is refused, not dropped', async () => {
    const told = await send({ ...ask, state: 'approved' });
    expect(told.detail).toBe('state is not a field here.');
  });

  test('one of more than 64 KiB is refused before it is read', async () => {
    expect(await send({ ...ask, reason: 'x'.repeat(70_000) })).toMatchObject({
      statusCode: 413,
      code: 'too_large',
    });
  });

  test('only JSON is taken', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
      const told = await send('entitlements=prod/admin', { 'content-type': type });
      expect(told).toMatchObject({ statusCode: 415, code: 'unsupported_media_type' });
    }
  });

  test('words that the schema lets through and the rules do not are one clear error', async () => {
    const told = await send({ ...ask, reason: '\u202Eesrever' });
    expect(told).toMatchObject({ statusCode: 400, code: 'invalid_input' });
    expect(told.detail).toContain('reason');
  });

  test('an Idempotency-Key that is too long or not plain is refused', async () => {
    for (const key of ['x'.repeat(201), 'a b']) {
      expect((await send(ask, { 'idempotency-key': key })).detail).toContain('idempotency-key');
    }
  });

  test('a body where none is taken is refused', async () => {
    const answer = await world.app.inject({
      method: 'POST',
      url: `/v1/grants/grt_${'0'.repeat(26)}/sessions`,
      payload: { durationSeconds: 99 },
      headers: bearer(engineer),
    });
    expect(answer.json()).toMatchObject({ detail: 'durationSeconds is not a field here.' });
  });
});

describe('a NUL character', () => {
  test.each(['/v1/audit/events?actor=a%00b', '/v1/requests?cursor=%00', '/v1/requests/%00'])(
    'in %s is the caller’s error and not a fault of Postgres',
    async (url) => {
      const auditor = await world.person('Cleo', ['auditors']);
      const answer = await world.app.inject({ url, headers: bearer(auditor) });
      expect(answer.statusCode).toBe(400);
      expect(answer.json()).toMatchObject({ code: 'invalid_input' });
    },
  );

  test('in a body or inside a GraphQL document is refused as well', async () => {
    expect(await send({ ...ask, ticket: 'a\0b' })).toMatchObject({ statusCode: 400, code: 'invalid_input' });
    const answer = await world.app.inject({
      method: 'POST',
      url: '/graphql',
      payload: { query: '{ grant(id: "\\u0000") { id } }' },
      headers: bearer(engineer),
    });
    expect(answer.json()).toMatchObject({ errors: [{ extensions: { code: 'invalid_input' } }] });
  });
});

describe('parameters that are not right', () => {
  test.each([
    ['/v1/requests?state=open', 'state must be one of pending, approved, denied, cancelled, expired.'],
    ['/v1/requests?limit=0', 'limit must be at least 1.'],
    ['/v1/requests?limit=many', 'limit must be a whole number.'],
    ['/v1/requests?mine=yes', 'mine must be true or false.'],
    ['/v1/requests?mine=true&mine=false', 'mine must be true or false.'],
    ['/v1/requests?sort=up', 'sort is not a parameter here.'],
    ['/v1/requests?cursor=rubbish', 'cursor must be the `next` of an earlier page.'],
    ['/v1/grants?request=1', 'request is not as it must be: the id of a request: req_ and 26 characters.'],
    ['/v1/requests/req_1', 'id is not as it must be: the id of a request: req_ and 26 characters.'],
  ])('%s: %s', async (url, message) => {
    const told = await get(url);
    expect(told).toMatchObject({ statusCode: 400, code: 'invalid_input', detail: message });
  });

  test('an unknown entitlement in a request is 404', async () => {
    expect(await send({ ...ask, entitlements: ['prod/nothing'] })).toMatchObject({
      statusCode: 404,
      code: 'not_found',
    });
  });
});
