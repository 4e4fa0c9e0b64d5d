import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BreakGlassUsed } from '../../src/approvals/break-glass-deps.ts';
import { createBreakGlassMetrics } from '../../src/api/break-glass-metrics.ts';
import { buildServer } from '../../src/api/server.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import { eq } from '../../src/db/drizzle.ts';
import { signIns } from '../../src/db/schema.ts';
import { handOver } from '../../src/hand-over.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let app: FastifyInstance;
let alice: Persona;
let guard: Persona;
let engineer: Persona;
const announced: BreakGlassUsed[] = [];
beforeAll(async () => {
  world = await startWorld();
  alice = await world.person('Alice <i>', ['engineers'], 'phishing-resistant');
  guard = await world.person('Gus', ['security']);
  engineer = await world.person('Erin', ['engineers'], 'phishing-resistant');
  const parsed = parseCatalog(`version: 1
groups: [engineers, approvers, security]
people:
  alice: { subject: ${alice.id} }
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    breakGlass:
      people: [alice]
      assurance: phishing-resistant
      followUp: { by: { groups: [security] } }
`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  await putInForce(world.deps.transact, parsed.catalog);
  const handed = handOver({ catalog: () => parsed.catalog, onCall: () => new Map() });
  app = await buildServer({
    ...world.deps,
    approvals: { ...world.deps.approvals, ...handed.approvals },
    breakGlass: { operatorsGroup: 'operators', announce: (used) => announced.push(used) },
  });
});
afterAll(async () => {
  await app.close();
  await world.stop();
});

const use = (who: Persona, body: object = {}) =>
  app.inject({
    method: 'POST',
    url: '/v1/requests',
    headers: bearer(who),
    payload: {
      entitlements: ['prod/admin'],
      durationSeconds: 900,
      reason: 'All is <b>burning</b>',
      breakGlass: true,
      ...body,
    },
  });
const graphql = (who: Persona, query: string) =>
  app.inject({ method: 'POST', url: '/graphql', headers: bearer(who), payload: { query } });
const toDo = async (who: Persona) =>
  (await app.inject({ url: '/v1/follow-ups?toDo=true', headers: bearer(who) })).json<{
    items: { id: string; mayFinish: boolean }[];
  }>().items;

test('who may is told on what terms; the glass is broken with one call, and is loud', async () => {
  const terms = async (who: Persona) =>
    (await app.inject({ url: '/v1/entitlements/prod%2Fadmin', headers: bearer(who) })).json<{
      terms: { breakGlass: object | null };
    }>().terms.breakGlass;
  expect(await terms(alice)).toEqual({
    maxDurationSeconds: 1800,
    assurance: { level: 'phishing-resistant', maxAgeSeconds: 300 },
    followUp: { whom: 'security', withinSeconds: 86_400 },
  });
  expect(await terms(engineer)).toBe(null);
  expect((await use(engineer)).statusCode).toBe(403);
  const made = await use(alice);
  expect(made.statusCode, made.body).toBe(201);
  expect(made.json()).toMatchObject({ state: 'approved', breakGlass: true, grants: [{ state: 'active' }] });
  expect(announced).toMatchObject([{ person: alice.id, entitlements: ['prod/admin'] }]);
  const grants = await app.inject({ url: '/v1/grants?mine=true', headers: bearer(alice) });
  expect(grants.json<{ items: object[] }>().items).toMatchObject([{ breakGlass: true }]);
});

test('too old a proof gets the challenge to step up', async () => {
  const prove = (authenticatedAt: Date) =>
    world.deps.approvals.db.update(signIns).set({ authenticatedAt }).where(eq(signIns.personId, alice.id));
  await prove(new Date(world.deps.clock().getTime() - 301_000));
  const stale = await use(alice);
  expect(stale.statusCode).toBe(401);
  expect(stale.headers['www-authenticate']).toContain('insufficient_user_authentication');
  await prove(world.deps.clock());
});

test('the pages show it to whoever is to look, and take what they found', async () => {
  const home = await app.inject({ url: '/', headers: { cookie: guard.cookie } });
  expect(home.body).toContain('To be looked at by you');
  expect(home.body).toContain('All is &lt;b&gt;burning&lt;/b&gt;');
  expect(home.body).not.toContain('<i>');
  const own = await app.inject({ url: '/', headers: { cookie: alice.cookie } });
  expect(own.body).toContain('Break-glass');
  expect(own.body).not.toContain('To be looked at by you');
  const [owed] = await toDo(guard);
  const sent = (who: Persona, fields: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: `/follow-ups/${owed?.id}/done`,
      payload: new URLSearchParams({ verdict: 'justified', comment: 'It was', ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: who.cookie },
    });
  expect((await sent(guard, { formToken: 'forged' })).statusCode).toBe(403);
  expect((await sent(alice, { formToken: alice.formToken })).statusCode).toBe(403);
  expect((await sent(guard, { formToken: guard.formToken })).statusCode).toBe(303);
  expect(await toDo(guard)).toEqual([]);
});

test('the same over GraphQL', async () => {
  const input = `{ entitlements: ["prod/admin"], durationSeconds: 600, reason: "Fire", breakGlass: true }`;
  const made = await graphql(
    alice,
    `mutation { submitRequest(input: ${input}) { state breakGlass grants { state } } }`,
  );
  expect(made.json()).toEqual({
    data: { submitRequest: { state: 'approved', breakGlass: true, grants: [{ state: 'active' }] } },
  });
  const listed = await graphql(
    guard,
    '{ followUps(toDo: true) { items { id state person { name } verdict } } }',
  );
  const { followUps } = listed.json<{ data: { followUps: { items: { id: string }[] } } }>().data;
  expect(followUps.items).toMatchObject([{ state: 'owed', person: { name: 'Alice <i>' }, verdict: null }]);
  const done = await graphql(
    guard,
    `mutation { finishFollowUp(id: "${followUps.items[0]?.id}", justified: false, comment: "A drill") { verdict doneBy { name } } }`,
  );
  expect(done.json()).toEqual({
    data: { finishFollowUp: { verdict: 'not-justified', doneBy: { name: 'Gus' } } },
  });
});

test('uses and what is owed for them are measured', async () => {
  await use(alice);
  const metrics = createBreakGlassMetrics({ db: world.deps.approvals.db, clock: world.deps.clock });
  const values = await Promise.all(
    metrics.map(async (gauge) => {
      const { name, values: measured } = await gauge.get();
      return [name, measured[0]?.value];
    }),
  );
  expect(Object.fromEntries(values)).toEqual({
    daypass_break_glass_total: 3,
    daypass_follow_ups_owed: 1,
    daypass_follow_ups_overdue: 0,
  });
});
