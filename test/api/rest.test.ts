import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
let auditor: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
  auditor = await world.person('Cleo', ['auditors']);
});
afterAll(() => world.stop());

const get = (url: string, who: Persona) => world.app.inject({ method: 'GET', url, headers: bearer(who) });
const post = (url: string, who: Persona, payload: object, headers: Record<string, string> = {}) =>
  world.app.inject({ method: 'POST', url, payload, headers: { ...bearer(who), ...headers } });

describe('the main job over REST', () => {
  test('ask, review, see the grant, end it, read the record', async () => {
    const asked = await post('/v1/requests', engineer, ask);
    expect(asked.statusCode).toBe(201);
    const request = asked.json<{ id: string; digest: string; waitingFor: unknown[] }>();
    expect(request.waitingFor).toMatchObject([{ needed: 1, people: [{ id: approver.id, name: 'Bob' }] }]);

    const waiting = await get('/v1/requests?toReview=true', approver);
    expect(waiting.json()).toMatchObject({ items: [{ id: request.id, mayReview: true }], next: null });

    const reviewed = await post(`/v1/requests/${request.id}/reviews`, approver, {
      decision: 'approve',
      digest: request.digest,
      comment: 'go',
    });
    expect(reviewed.statusCode).toBe(200);
    expect(reviewed.json()).toMatchObject({ state: 'approved', grants: [{ entitlement: 'prod/admin' }] });

    const grants = await get(`/v1/grants?request=${request.id}&stillLive=true`, engineer);
    const [grant] = grants.json<{ items: { id: string }[] }>().items;
    expect((await get(`/v1/grants/${grant?.id}`, engineer)).json()).toMatchObject({
      request: request.id,
      state: 'active',
      mayEnd: true,
    });
    const ended = await world.app.inject({
      method: 'POST',
      url: `/v1/grants/${grant?.id}/end`,
      headers: bearer(engineer),
    });
    expect(ended.statusCode, ended.body).toBe(200);
    expect(ended.json()).toMatchObject({ endedBecause: 'relinquished' });

    const record = await get(`/v1/audit/events?request=${request.id}&kind=review.recorded`, auditor);
    expect(record.statusCode, record.body).toBe(200);
    expect(record.json()).toMatchObject({
      items: [{ kind: 'review.recorded', actor: { id: approver.id, name: 'Bob' } }],
    });
  });

  test('who I am', async () => {
    expect((await get('/v1/me', auditor)).json()).toMatchObject({
      id: auditor.id,
      name: 'Cleo',
      roles: { auditor: true, operator: false },
      signIn: { client: 'cli', expiresAt: '2026-11-22T10:00:00.000Z' },
    });
  });

  test('what I may ask for, by its URL-encoded id', async () => {
    const list = await get('/v1/entitlements', engineer);
    expect(list.json<{ items: { id: string }[] }>().items.map((item) => item.id)).toEqual([
      'prod/admin',
      'prod/strict',
    ]);
    expect((await get('/v1/entitlements/prod%2Fadmin', engineer)).json()).toMatchObject({
      id: 'prod/admin',
      terms: { maxDurationSeconds: 3600, ticketPattern: null },
    });
  });

  test('a dry run says what would happen and makes nothing', async () => {
    const before = (await world.events('request.submitted')).length;
    const answer = await post('/v1/requests?dryRun=true', engineer, ask);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: null, state: 'pending' });
    expect(await world.events('request.submitted')).toHaveLength(before);
  });

  test('the same Idempotency-Key and body is the same request; another body is refused', async () => {
    const headers = { 'idempotency-key': 'key-1' };
    const first = await post('/v1/requests', engineer, ask, headers);
    const again = await post('/v1/requests', engineer, ask, headers);
    const other = await post('/v1/requests', engineer, { ...ask, reason: 'another' }, headers);
    expect([first.statusCode, again.statusCode, other.statusCode]).toEqual([201, 200, 422]);
    expect(again.json<{ id: string }>().id).toBe(first.json<{ id: string }>().id);
    expect(other.json()).toMatchObject({ code: 'idempotency_mismatch' });
  });
});

describe('what a caller may not see or do', () => {
  test('a hidden entitlement answers exactly as one that does not exist, and the denial is recorded', async () => {
    const before = (await world.events('access.denied')).length;
    const hidden = await get('/v1/entitlements/secret%2Fvault', engineer);
    const absent = await get('/v1/entitlements/secret%2Fnothing', engineer);
    expect([hidden.statusCode, absent.statusCode]).toEqual([404, 404]);
    const { requestId: _a, ...shown } = hidden.json<Record<string, unknown>>();
    const { requestId: _b, ...other } = absent.json<Record<string, unknown>>();
    expect(shown).toEqual(other);
    const denied = (await world.events('access.denied')).slice(before);
    expect(denied).toMatchObject([
      {
        actor: { id: engineer.id },
        details: { operation: 'getEntitlement', code: 'not_found', target: 'secret/vault' },
      },
      { actor: { id: engineer.id }, details: { target: 'secret/nothing' } },
    ]);
  });

  test('only auditors read the audit log, and others are denied on the record', async () => {
    const answer = await get('/v1/audit/events', engineer);
    expect(answer.statusCode).toBe(403);
    expect(await world.events('access.denied')).toContainEqual(
      expect.objectContaining({ details: { operation: 'listAuditEvents', code: 'forbidden' } }),
    );
  });

  test('too weak a sign-in is challenged as RFC 9470 says', async () => {
    const weak = await world.person('Dan', ['engineers'], 'single-factor');
    const answer = await post('/v1/requests', weak, { ...ask, entitlements: ['prod/strict'] });
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({
      code: 'insufficient_assurance',
      required: { level: 'multi-factor', maxAgeSeconds: 300 },
    });
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer error="insufficient_user_authentication", error_description="[^"]+", acr_values="urn:mfa", max_age="300"$/,
    );
  });

  test('strangers are counted and not written down', async () => {
    const before = (await world.events('access.denied')).length;
    const answer = await world.app.inject({
      url: '/v1/me',
      headers: { authorization: 'Bearer dpt_nonsense' },
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(world.counted).toContain('unauthenticated');
    expect(await world.events('access.denied')).toHaveLength(before);
  });

  test('a session cookie does not open REST, and a bearer token opens no page', async () => {
    const rest = await world.app.inject({ url: '/v1/me', headers: { cookie: engineer.cookie } });
    const token = engineer.cookie.slice(engineer.cookie.indexOf('=') + 1);
    const asBearer = await world.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
    const page = await world.app.inject({ url: '/requests/new', headers: bearer(engineer) });
    expect([rest.statusCode, asBearer.statusCode, page.statusCode]).toEqual([401, 401, 303]);
    expect(page.headers.location).toBe('/login?returnTo=%2Frequests%2Fnew');
  });
});

describe('the service itself', () => {
  test('health, readiness, metrics and the contract need no sign-in', async () => {
    const answers = await Promise.all(
      ['/healthz', '/readyz', '/metrics', '/openapi.yaml'].map((url) => world.app.inject({ url })),
    );
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 200]);
    expect(answers[2]?.body).toContain('daypass_http_request_seconds_bucket');
    expect(answers[3]?.body).toContain('operationId: issueSession');
  });

  test('readiness names what is missing with 503', async () => {
    const app = await world.server({
      readiness: () => Promise.resolve({ ready: false, missing: ['database'] }),
    });
    const answer = await app.inject({ url: '/readyz' });
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, missing: ['database'] });
  });

  test('no token and no reason of anybody reaches the log', async () => {
    await post('/v1/requests', engineer, { ...ask, reason: 'very-secret-words' });
    const log = world.logged.join('');
    expect(log).toContain('"operation":"submitRequest"');
    for (const secret of [engineer.token, engineer.cookie, 'very-secret-words'])
      expect(log).not.toContain(secret);
  });
});
