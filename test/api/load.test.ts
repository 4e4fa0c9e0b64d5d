import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mostUnknown } from '../../src/api/unknown-tokens.ts';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
let operator: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
  operator = await world.person('Olga', ['operators']);
});
afterAll(() => world.stop());

const graphql = (who: Persona, query: string, app = world.app) =>
  app.inject({ method: 'POST', url: '/graphql', headers: bearer(who), payload: { query } });
const fields = (count: number, field: string) =>
  Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ');

describe('one person’s GraphQL', () => {
  test.each([
    ['under aliases', `{ ${fields(11, 'me { id }')} }`],
    ['in fragments', `{ ...f ...f } fragment f on Query { ${fields(6, 'me { id }')} }`],
    ['in several operations', `query a { ${fields(6, 'me { id }')} } query b { ${fields(5, 'me { id }')} }`],
  ])('is refused with more than ten root fields %s, before anything runs', async (_name, query) => {
    const before = world.statements.length;
    const answer = await graphql(engineer, query);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('at most 10 fields at its root');
    expect(world.statements.length - before).toBe(1);
  });

  test('may have ten', async () => {
    const answer = await graphql(engineer, `{ ${fields(10, 'me { id }')} }`);
    expect(answer.json()).toMatchObject({ data: { a9: { id: engineer.id } } });
  });

  test('is counted by root field in the limit of calls a minute', async () => {
    const busy = await world.person('Busy', ['engineers']);
    const me = await world.app.inject({ method: 'GET', url: '/v1/me', headers: bearer(busy) });
    const caller = { signInId: me.json<{ signIn: { id: string } }>().signIn.id };
    const counted = { caller, ip: '127.0.0.1', routeOptions: { config: {} } };
    await world.app.chargeMore(counted as never, 6_000 - 15);
    const document = `{ ${fields(10, '__typename')} }`;
    expect((await graphql(busy, document)).statusCode).toBe(200);
    const refused = await graphql(busy, document);
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ code: 'rate_limited' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  });
});

test('ending and signing in go on while one person’s forty documents and forty lists hold every connection they can get', async () => {
  const app = await world.server({ config: { ...world.deps.config, readsAtOnce: 6 } });
  const post = (url: string, who: Persona, payload: object) =>
    app.inject({ method: 'POST', url, headers: bearer(who), payload });
  const asked = (await post('/v1/requests', engineer, ask)).json<{ id: string; digest: string }>();
  const review = { decision: 'approve', digest: asked.digest };
  const reviewed = await post(`/v1/requests/${asked.id}/reviews`, approver, review);
  const [grant] = reviewed.json<{ grants: { id: string }[] }>().grants;

  const held = await world.hold('reviews');
  const documents = Array.from({ length: 40 }, () =>
    graphql(engineer, `{ ${fields(10, 'requests { next }')} }`, app),
  );
  const lists = Array.from({ length: 40 }, () =>
    app.inject({ method: 'GET', url: '/v1/requests', headers: bearer(engineer) }),
  );
  try {
    let waiting = 0;
    while (waiting < 6) waiting = await held.waiting();
    const ended = await post(`/v1/grants/${grant?.id}/end`, operator, {});
    expect(ended.statusCode, ended.body).toBe(200);
    expect(ended.json()).toMatchObject({ endedBecause: 'revoked' });
    expect((await app.inject({ method: 'GET', url: '/v1/me', headers: bearer(approver) })).statusCode).toBe(
      200,
    );
    expect(await held.waiting()).toBe(6);
  } finally {
    await held.release();
  }
  const answers = await Promise.all(documents);
  expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(4);
  const refused = answers.filter(({ statusCode }) => statusCode !== 200);
  for (const each of refused) expect([each.statusCode, each.headers['retry-after']]).toEqual([429, '1']);
  const listed = (await Promise.all(lists)).map(({ statusCode }) => statusCode);
  expect(new Set(listed)).toEqual(new Set([200, 429]));
});

test('whoever asks for little waits behind one read of whoever asks for much', async () => {
  const { createTurns } = await import('../../src/api/turns.ts');
  const turns = createTurns(1);
  const order: string[] = [];
  const read = (who: string) => turns.run(who, async () => void order.push(who));
  await Promise.all([...Array.from({ length: 5 }, () => read('much')), read('little')]);
  expect(order.slice(0, 3)).toContain('little');
  expect(order).toHaveLength(6);
});

describe('made-up tokens', () => {
  test('cost no query any more once an address has sent many, and a known token is not held up by them', async () => {
    const app = await world.server({});
    const me = (token: string) =>
      app.inject({ method: 'GET', url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
    expect((await me(engineer.token)).statusCode).toBe(200);
    for (let i = 0; i < mostUnknown; i++) expect((await me(`dpt_${i}`)).statusCode).toBe(401);
    const before = world.statements.length;
    const refused = await me('dpt_one-more');
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('60');
    expect(world.statements).toHaveLength(before);
    expect((await me(engineer.token)).statusCode).toBe(200);
    const elsewhere = await app.inject({
      method: 'GET',
      url: '/v1/me',
      headers: bearer(approver),
      remoteAddress: '192.0.2.7',
    });
    expect(elsewhere.statusCode).toBe(200);
  });
});
