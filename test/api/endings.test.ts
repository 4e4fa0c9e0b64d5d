import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEndingMetrics } from '../../src/api/ending-metrics.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
let operator: Persona;
let auditor: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aiko', ['approvers']);
  operator = await world.person('Olu', ['operators']);
  auditor = await world.person('Audra', ['auditors']);
});
afterAll(() => world.stop());

async function post(url: string, by: Persona, payload: object) {
  const answer = await world.app.inject({ method: 'POST', url, headers: bearer(by), payload });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

async function get(url: string, by: Persona) {
  const answer = await world.app.inject({ url, headers: bearer(by) });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

/** A grant of the engineer's that was approved. */
async function granted(): Promise<string> {
  const asked = await post('/v1/requests', engineer, {
    entitlements: ['prod/admin'],
    durationSeconds: 600,
    reason: 'To work',
  });
  const { id, digest } = asked.body;
  const answered = await post(`/v1/requests/${String(id)}/reviews`, approver, {
    decision: 'approve',
    digest,
  });
  const [grant] = answered.body['grants'] as { id: string }[];
  return grant?.id ?? '';
}

describe('ending many', () => {
  test('an operator counts, then ends by the number; another number is a conflict that tells the new one', async () => {
    await granted();
    await granted();
    const ask = { entitlement: 'prod/*', because: 'Incident' };
    const counted = await post('/v1/grants/end', operator, ask);
    const people = [{ person: { id: engineer.id, name: 'Erin' }, grants: 2 }];
    expect(counted).toEqual({
      status: 200,
      body: {
        grants: 2,
        people: 1,
        byEntitlement: [{ entitlement: 'prod/admin', grants: 2 }],
        byPerson: people,
        ended: null,
        batches: 0,
        failed: [],
      },
    });
    const wrong = await post('/v1/grants/end', operator, { ...ask, expect: 3 });
    expect(wrong).toMatchObject({ status: 409, body: { code: 'conflict', grants: 2, people: 1 } });
    expect(await world.events('grant.ending')).toHaveLength(0);
    const ended = await post('/v1/grants/end', operator, { ...ask, expect: 2 });
    expect(ended).toMatchObject({ status: 200, body: { grants: 2, ended: 2, batches: 1 } });
    expect(await world.events('grant.ending')).toHaveLength(2);
    expect(await post('/v1/grants/end', operator, ask)).toMatchObject({ body: { grants: 0 } });
  });

  test('nobody else may, and the attempt is recorded', async () => {
    const id = await granted();
    for (const by of [engineer, approver, auditor]) {
      const answer = await post('/v1/grants/end', by, { entitlement: '*', because: 'x', expect: 1 });
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    }
    expect((await get(`/v1/grants/${id}`, engineer)).body['endingSince']).toBeNull();
    expect((await world.events('access.denied')).at(-1)).toMatchObject({
      details: { operation: 'endGrants' },
    });
  });

  test.each([
    [{ because: 'x' }],
    [{ entitlement: 'prod/*' }],
    [{ entitlement: 'prod/*', because: '' }],
    [{ entitlement: 'prod/*', because: ' \n' }],
    [{ entitlement: '%', because: 'x' }],
    [{ entitlement: 'a'.repeat(101), because: 'x' }],
    [{ entitlement: '*', because: 'x', expect: -1 }],
    [{ entitlement: '*', because: 'x', expect: '1' }],
    [{ entitlement: '*', because: 'x', account: '12' }],
    [{ entitlement: '*', because: 'x', person: 'erin' }],
    [{ entitlement: '*', because: 'x', all: true }],
  ])('%j is refused as invalid', async (payload) => {
    expect(await post('/v1/grants/end', operator, payload)).toMatchObject({
      status: 400,
      body: { code: 'invalid_input' },
    });
  });
});

describe('silencing', () => {
  test('changes no state, is recorded once, and shows in the grant over REST and GraphQL', async () => {
    const id = await granted();
    await post(`/v1/grants/${id}/end`, engineer, {});
    const silenced = await post(`/v1/grants/${id}/silence`, operator, { because: 'Account is closed' });
    expect(silenced).toMatchObject({
      status: 200,
      body: { id, state: 'ending', silencedAt: '2026-11-22T09:00:00.000Z' },
    });
    expect((await post(`/v1/grants/${id}/silence`, operator, { because: 'again' })).status).toBe(200);
    const events = (await world.events('grant.silenced')).filter((event) => event['grant'] === id);
    expect(events).toMatchObject([{ outcome: 'success', actor: { id: operator.id }, subject: engineer.id }]);
    const query = `{ grant(id: "${id}") { state endingSince deniedAt silencedAt lastPossibleUse } }`;
    expect((await post('/graphql', engineer, { query })).body['data']).toEqual({
      grant: {
        state: 'ending',
        endingSince: '2026-11-22T09:00:00.000Z',
        deniedAt: null,
        silencedAt: '2026-11-22T09:00:00.000Z',
        lastPossibleUse: null,
      },
    });
  });

  test('is for operators, for what is ending, and needs a reason', async () => {
    const id = await granted();
    const silence = async (by: Persona, payload: object, of = id) =>
      (await post(`/v1/grants/${of}/silence`, by, payload)).status;
    expect(await silence(engineer, { because: 'x' })).toBe(403);
    expect(await silence(auditor, { because: 'x' })).toBe(403);
    expect(await silence(operator, { because: 'x' })).toBe(409);
    expect(await silence(operator, {})).toBe(400);
    expect(await silence(operator, { because: ' ' })).toBe(400);
    expect(await silence(operator, { because: 'x' }, `grt_${'0'.repeat(26)}`)).toBe(404);
  });
});

describe('boundaries', () => {
  test('operators and auditors see them, nobody else', async () => {
    for (const by of [operator, auditor])
      expect(await get('/v1/boundaries?failing=true&limit=5', by)).toEqual({
        status: 200,
        body: { items: [], next: null },
      });
    expect((await get('/v1/boundaries', engineer)).status).toBe(403);
    expect((await get('/v1/boundaries?cursor=x', operator)).status).toBe(400);
  });
});

describe('metrics', () => {
  const valueOf = (text: string, name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1);

  test('endings are measured by one question to the database in five seconds, however often they are scraped', async () => {
    let time = new Date('2026-11-22T09:00:00.000Z');
    let asked = 0;
    const { db } = world.deps.broker;
    const { metrics } = createEndingMetrics({
      db: {
        execute: ((...query: Parameters<typeof db.execute>) => {
          asked += 1;
          return db.execute(...query);
        }) satisfies typeof db.execute,
      },
      clock: () => time,
      announceRoleWide: () => undefined,
    });
    const app = await world.server({ metrics });
    const scrape = async () => (await app.inject({ url: '/metrics' })).body;
    const [text] = await Promise.all([scrape(), scrape(), scrape()]);
    for (const name of [
      'daypass_endings_open',
      'daypass_endings_overdue',
      'daypass_ending_oldest_seconds',
      'daypass_boundaries_failing',
      'daypass_boundary_denies_max',
    ])
      expect(valueOf(text, name), name).toMatch(/^\d+$/);
    await scrape();
    expect(asked).toBe(1);
    time = new Date(time.getTime() + 5_000);
    await scrape();
    expect(asked).toBe(2);
  });

  test('what cannot be known is no number: not 0, as if all were well', async () => {
    const { metrics } = createEndingMetrics({
      db: { execute: () => Promise.reject(new Error('no database')) as never },
      clock: world.deps.clock,
      announceRoleWide: () => undefined,
    });
    const app = await world.server({ metrics });
    const { body, statusCode } = await app.inject({ url: '/metrics' });
    expect(statusCode).toBe(200);
    expect(valueOf(body, 'daypass_endings_overdue')).toBe('Nan');
  });

  test('what the writing of boundaries tells is counted, and a role-wide deny is announced', async () => {
    const announced: unknown[] = [];
    const { metrics, observer } = createEndingMetrics({
      db: world.deps.broker.db,
      clock: world.deps.clock,
      announceRoleWide: (account, grants) => announced.push([account, grants]),
    });
    const app = await world.server({ metrics });
    observer.looked('written');
    observer.looked('written');
    observer.looked('failed');
    observer.confirmed(0.8);
    observer.roleWide('111122223333', 40);
    const { body } = await app.inject({ url: '/metrics' });
    expect(valueOf(body, 'daypass_boundary_writes_total{outcome="written"}')).toBe('2');
    expect(valueOf(body, 'daypass_boundary_writes_total{outcome="failed"}')).toBe('1');
    expect(valueOf(body, 'daypass_boundary_writes_total{outcome="partial"}')).toBe('0');
    expect(valueOf(body, 'daypass_deny_seconds_bucket{le="1"}')).toBe('1');
    expect(valueOf(body, 'daypass_deny_seconds_bucket{le="0.5"}')).toBe('0');
    expect(valueOf(body, 'daypass_boundary_role_wide_total')).toBe('1');
    expect(announced).toEqual([['111122223333', 40]]);
    expect(body).not.toContain('111122223333');
  });
});

test('the pages show the three times of an ended grant in words', async () => {
  const id = await granted();
  const { request } = (await get(`/v1/grants/${id}`, engineer)).body;
  await post(`/v1/grants/${id}/end`, engineer, {});
  for (const url of ['/', `/requests/${String(request)}`]) {
    const { body } = await world.app.inject({ url, headers: { cookie: engineer.cookie } });
    expect(body).toContain('<dt>Ended for new use</dt><dd><time datetime="2026-11-22T09:00:00.000Z">');
  }
});
