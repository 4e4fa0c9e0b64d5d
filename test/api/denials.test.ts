import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writtenAMinute } from '../../src/api/denials.ts';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
});
afterAll(() => world.stop());

const post = (url: string, who: Persona, payload: object, headers: Record<string, string> = {}) =>
  world.app.inject({ method: 'POST', url, payload, headers: { ...bearer(who), ...headers } });
const lastOf = async (kind: string) => (await world.events(kind)).at(-1);
const catalogVersion = () => world.deps.approvals.catalog().version;

describe('a denial explains itself in the log, and tells the caller no more than before', () => {
  test.each([
    [
      'hidden',
      'secret/vault',
      { rule: 'secret/vault#ask.groups', entitlement: 'secret/vault', account: '111122223333' },
    ],
    ['missing', 'secret/nothing', {}],
  ])('asking for a %s entitlement', async (_name, id, facts) => {
    const entitlements = ['prod/admin', id];
    const answer = await post('/v1/requests', engineer, { ...ask, entitlements });
    expect(answer.statusCode).toBe(404);
    expect(Object.keys(answer.json<object>()).toSorted()).toEqual([
      'code',
      'detail',
      'requestId',
      'status',
      'title',
      'type',
    ]);
    expect(answer.body).not.toContain('secret');
    expect(await lastOf('access.denied')).toMatchObject({
      ...facts,
      catalogVersion: catalogVersion(),
      details: { operation: 'submitRequest', code: 'not_found', entitlements },
    });
  });

  test('asking for what may only be approved', async () => {
    const answer = await post('/v1/requests', approver, ask);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).not.toContain('"entitlements"');
    expect(await lastOf('access.denied')).toMatchObject({
      rule: 'prod/admin#ask.groups',
      entitlement: 'prod/admin',
      account: '111122223333',
      catalogVersion: catalogVersion(),
      details: { entitlements: ['prod/admin'] },
    });
  });

  test('asking with too weak a sign-in', async () => {
    const weak = await world.person('Wes', ['engineers'], 'single-factor');
    const answer = await post('/v1/requests', weak, { ...ask, entitlements: ['prod/strict'] });
    expect(answer.statusCode).toBe(401);
    expect(await lastOf('access.denied')).toMatchObject({
      rule: 'prod/strict#assurance.ask',
      entitlement: 'prod/strict',
      details: { required: { level: 'multi-factor' }, current: { level: 'single-factor' } },
    });
  });

  test('words that are no ids are not kept', async () => {
    const query = 'mutation($i: SubmitRequestInput!) { submitRequest(input: $i) { id } }';
    const input = { ...ask, entitlements: ['Alice Smith <alice@example.com>'] };
    await post('/graphql', engineer, { query, variables: { i: input } });
    expect(JSON.stringify(await lastOf('access.denied'))).not.toContain('alice');
  });
});

describe('an answer that comes too late or to something else is on record', () => {
  test('a stale digest and a second answer are reviews refused', async () => {
    const asked = (await post('/v1/requests', engineer, ask)).json<{ id: string; digest: string }>();
    const review = `/v1/requests/${asked.id}/reviews`;
    const stale = await post(review, approver, { decision: 'approve', digest: `sha256:${'0'.repeat(64)}` });
    expect(stale.statusCode).toBe(409);
    expect(await lastOf('review.refused')).toMatchObject({
      actor: { id: approver.id },
      outcome: 'denied',
      request: asked.id,
      details: { code: 'digest_mismatch', digest: asked.digest },
    });
    const answer = { decision: 'deny', digest: asked.digest };
    expect((await post(review, approver, answer)).statusCode).toBe(200);
    expect((await post(review, approver, answer)).statusCode).toBe(409);
    expect(await lastOf('review.refused')).toMatchObject({
      request: asked.id,
      details: { code: 'already_decided', state: 'denied' },
    });
    expect((await post(`/v1/requests/${asked.id}/cancel`, engineer, {})).statusCode).toBe(409);
    expect(await lastOf('access.denied')).toMatchObject({
      request: asked.id,
      details: { operation: 'cancelRequest', code: 'already_decided' },
    });
  });

  test('a key that was used for something else, from a form too', async () => {
    const headers = { 'idempotency-key': 'once' };
    await post('/v1/requests', engineer, ask, headers);
    expect((await post('/v1/requests', engineer, { ...ask, reason: 'other' }, headers)).statusCode).toBe(422);
    expect(await lastOf('access.denied')).toMatchObject({ details: { code: 'idempotency_mismatch' } });
    const form = new URLSearchParams({
      formToken: engineer.formToken,
      entitlement: 'prod/admin',
      duration: '15m',
      reason: 'yet another',
      idempotencyKey: 'once',
    });
    const headersOfForm = { cookie: engineer.cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const url = '/requests/new';
    await world.app.inject({ method: 'POST', url, headers: headersOfForm, payload: form.toString() });
    expect(await lastOf('access.denied')).toMatchObject({
      details: { operation: 'sendNewRequest', code: 'idempotency_mismatch' },
    });
  });
});

test('a person cannot fill the log: the first denials of a minute are written, the rest counted', async () => {
  const prober = await world.person('Pat', ['engineers']);
  world.counted.length = 0;
  const query = `{ ${Array.from({ length: 10 }, (_, i) => `a${i}: grant(id: "x") { id }`).join(' ')} }`;
  for (let i = 0; i < 4; i++) expect((await post('/graphql', prober, { query })).statusCode).toBe(200);
  const mine = (await world.events('access.denied')).filter(
    (event) => (event['actor'] as { id: string }).id === prober.id,
  );
  expect(mine).toHaveLength(writtenAMinute);
  const last = mine.filter((event) => 'furtherOnesAreCounted' in (event['details'] as object));
  expect(last).toHaveLength(1);
  expect(world.counted).toEqual(Array.from({ length: 40 - writtenAMinute }, () => 'access.denied'));
  // Others are not held to it.
  await post('/v1/requests', engineer, { ...ask, entitlements: ['secret/nothing'] });
  expect((await lastOf('access.denied'))?.['actor']).toMatchObject({ id: engineer.id });
});
