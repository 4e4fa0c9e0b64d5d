import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
let another: Persona;
let auditor: Persona;
let stranger: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  another = await world.person('Blake', ['approvers']);
  auditor = await world.person('Audrey', ['auditors']);
  stranger = await world.person('Sam', ['vault-people']);
});
afterAll(() => world.stop());

async function call(who: Persona, method: 'GET' | 'POST', url: string, payload?: object) {
  const answer = await world.app.inject({
    method,
    url,
    headers: bearer(who),
    ...(payload === undefined ? {} : { payload }),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

async function granted(): Promise<string> {
  const { body: request } = await call(engineer, 'POST', '/v1/requests', ask);
  const { body } = await call(approver, 'POST', `/v1/requests/${String(request['id'])}/reviews`, {
    decision: 'approve',
    digest: request['digest'],
  });
  return (body['grants'] as { id: string }[])[0]?.id ?? '';
}

test('whoever may approve a grant sees it, and ends it as revoked; its owner gives it up', async () => {
  const id = await granted();
  expect(await call(another, 'GET', `/v1/grants/${id}`)).toMatchObject({
    status: 200,
    body: { mayEnd: true },
  });
  const listed = await call(another, 'GET', '/v1/grants');
  expect(listed.body['items']).toMatchObject([{ id }]);
  expect((await call(another, 'GET', '/v1/grants?mine=true')).body['items']).toEqual([]);
  const ended = await call(another, 'POST', `/v1/grants/${id}/end`, { because: 'Incident' });
  expect(ended).toMatchObject({ status: 200, body: { endedBecause: 'revoked' } });
  expect(await world.events('grant.ending')).toMatchObject([{ actor: { id: another.id } }]);
  const own = await granted();
  expect((await call(engineer, 'POST', `/v1/grants/${own}/end`)).body['endedBecause']).toBe('relinquished');
});

test('auditors see it and end nothing; to strangers there is none; nobody but the owner gets its credentials', async () => {
  const id = await granted();
  expect(await call(auditor, 'GET', `/v1/grants/${id}`)).toMatchObject({
    status: 200,
    body: { mayEnd: false },
  });
  expect((await call(auditor, 'POST', `/v1/grants/${id}/end`)).status).toBe(403);
  expect((await call(stranger, 'GET', `/v1/grants/${id}`)).status).toBe(404);
  expect((await call(stranger, 'POST', `/v1/grants/${id}/end`)).status).toBe(404);
  expect((await call(stranger, 'GET', '/v1/grants')).body['items']).toEqual([]);
  expect((await call(another, 'POST', `/v1/grants/${id}/sessions`)).status).toBe(404);
  expect(
    (await call(another, 'POST', `/v1/grants/${id}/extend`, { durationSeconds: 600, reason: 'x' })).status,
  ).toBe(404);
});
