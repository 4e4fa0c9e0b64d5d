import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ephemeral, reviewed } from '../../src/channels/slack/render.ts';
import type { RequestView } from '../../src/approvals/view.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
let grant: { readonly id: string; readonly endsAt: string };
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
});
afterAll(() => world.stop());

const post = (url: string, payload: object, who = engineer, headers = {}) =>
  world.app.inject({ method: 'POST', url, payload, headers: { ...bearer(who), ...headers } });
const page = async (url: string, who: Persona) =>
  (await world.app.inject({ url, headers: { cookie: who.cookie } })).body;
const more = { durationSeconds: 600, reason: 'Not done' };

beforeEach(async () => {
  const asked = await post('/v1/requests', { entitlements: ['prod/admin'], ...more });
  const { id, digest } = asked.json<{ id: string; digest: string }>();
  const approved = await post(`/v1/requests/${id}/reviews`, { decision: 'approve', digest }, approver);
  const [made] = approved.json<RequestView>().grants;
  if (made === undefined) throw new Error('no grant');
  grant = made;
});

// Approved at 09:00 for ten minutes, and ten more.
const [from, to] = ['2026-11-22T09:10:00.000Z', '2026-11-22T09:20:00.000Z'];

test('REST: asked for under the grant, shown as what it is, and the grant ends later once approved', async () => {
  const dry = await post(`/v1/grants/${grant.id}/extend?dryRun=true`, more);
  expect(dry.statusCode).toBe(200);
  expect(dry.json()).toMatchObject({ id: null, extends: { grant: grant.id, from, to } });
  const key = { 'idempotency-key': `key-${grant.id}` };
  const asked = await post(`/v1/grants/${grant.id}/extend`, more, engineer, key);
  expect(asked.statusCode).toBe(201);
  const view = asked.json<RequestView>();
  expect(view).toMatchObject({ extends: { grant: grant.id, from, to }, durationSeconds: 600, grants: [] });
  const again = await post(`/v1/grants/${grant.id}/extend`, more, engineer, key);
  expect(again.statusCode).toBe(200);
  expect(again.json()).toMatchObject({ id: view.id });
  const review = { decision: 'approve', digest: view.digest };
  const approved = await post(`/v1/requests/${view.id}/reviews`, review, approver);
  expect(approved.json()).toMatchObject({ state: 'approved', extends: { to } });
  const after = await world.app.inject({ url: `/v1/grants/${grant.id}`, headers: bearer(engineer) });
  expect(after.json()).toMatchObject({ state: 'active', endsAt: to });
  expect((await world.events('grant.extended')).filter((event) => event['grant'] === grant.id)).toHaveLength(
    1,
  );
});

test('REST: what is not the caller’s is not there; more than a grant can last is refused; nothing but the body counts', async () => {
  expect((await post(`/v1/grants/${grant.id}/extend`, more, approver)).statusCode).toBe(404);
  const url = `/v1/grants/${grant.id}/extend`;
  expect((await post(url, { ...more, durationSeconds: 59 })).statusCode).toBe(400);
  expect((await post(url, { ...more, endsAt: to })).statusCode).toBe(400);
  expect(
    (await post('/v1/requests', { entitlements: ['prod/admin'], ...more, extends: grant.id })).statusCode,
  ).toBe(400);
});

test('GraphQL: asks, and says what a request extends', async () => {
  const query = `mutation { extendGrant(input: { id: "${grant.id}", durationSeconds: 600, reason: "Not done" }) { id extends { grant from to } } }`;
  const { data } = (await post('/graphql', { query })).json<{ data: { extendGrant: RequestView } }>();
  expect(data.extendGrant.extends).toEqual({ grant: grant.id, from, to });
  const read = `{ request(id: "${data.extendGrant.id}") { extends { grant from to } } }`;
  const answer = (await post('/graphql', { query: read }, approver)).json<{
    data: { request: RequestView };
  }>();
  expect(answer.data.request.extends).toEqual({ grant: grant.id, from, to });
});

test('the page and the chat say that a grant is extended, from when to when', async () => {
  const view = (await post(`/v1/grants/${grant.id}/extend`, more)).json<RequestView>();
  const shown = await page(`/requests/${view.id}`, approver);
  expect(shown).toContain('Request for more time under prod/admin');
  expect(shown).toContain(`extends the grant <code>${grant.id}</code>`);
  for (const time of [from, to]) expect(shown).toContain(`<time datetime="${time}">`);
  expect(await page('/', approver)).toContain('10 min more, until');
  expect(ephemeral(reviewed(view, 'approve')).text).toContain(
    `the request of Ada for more time under prod/admin (10m: from ${from} to ${to})`,
  );
});
