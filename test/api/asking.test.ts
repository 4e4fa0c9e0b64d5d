import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let colleague: Persona;
let approver: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ash', ['engineers']);
  colleague = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
});
afterAll(() => world.stop());

async function post(url: string, who: Persona, payload: object): Promise<{ status: number; body: Made }> {
  const answer = await world.app.inject({ method: 'POST', url, payload, headers: bearer(who) });
  return { status: answer.statusCode, body: answer.json<Made>() };
}
interface Made {
  readonly id: string;
  readonly digest: string;
  readonly grants: { readonly id: string }[];
}
async function granted(who: Persona): Promise<string> {
  const { body } = await post('/v1/requests', who, ask);
  const review = { decision: 'approve', digest: body.digest };
  const approved = await post(`/v1/requests/${body.id}/reviews`, approver, review);
  return approved.body.grants[0]?.id ?? '';
}
const see = (url: string, who: Persona) => world.app.inject({ url, headers: { cookie: who.cookie } });
const send = (who: Persona, fields: Record<string, string>) =>
  world.app.inject({
    method: 'POST',
    url: '/requests/new',
    payload: new URLSearchParams({
      formToken: who.formToken,
      entitlement: 'prod/admin',
      duration: '15m',
      reason: 'Disk full',
      ticket: '',
      idempotencyKey: crypto.randomUUID(),
      ...fields,
    }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: who.cookie },
  });

test('REST and GraphQL say what is held, what waits, and when it would start and end', async () => {
  const who = await world.person('Rest', ['engineers']);
  const grant = await granted(who);
  const { status, body } = await post('/v1/requests', who, ask);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    overlaps: [{ grant, entitlement: 'prod/admin', extendable: true }],
    pendingSame: [],
    approvedByRule: [],
  });
  expect(body).toHaveProperty('wouldStartAt');
  expect(body).toHaveProperty('wouldEndAt');
  const { id } = body;
  const query = `mutation ($input: SubmitRequestInput!) { submitRequest(input: $input) {
    id overlaps { grant entitlement state startsAt endsAt extendable } pendingSame wouldStartAt wouldEndAt
    approvedByRule { entitlement rule because } } }`;
  const variables = { input: { ...ask, dryRun: true } };
  const graphql = await post('/graphql', who, { query, variables });
  expect(graphql.body).toMatchObject({
    data: { submitRequest: { id: null, overlaps: [{ grant, extendable: true }], pendingSame: [id] } },
  });
  const read = await world.app.inject({ url: `/v1/requests/${id}`, headers: bearer(who) });
  expect(read.json()).not.toHaveProperty('overlaps');
});

test('a form asks first where it is held already, and asks for more time under it at a press', async () => {
  const grant = await granted(engineer);
  const asked = await send(engineer, {});
  expect(asked.statusCode).toBe(409);
  expect(asked.body).toContain('You hold <strong>prod/admin</strong> until');
  expect(asked.body).toContain(`name="held" value="${grant}"`);
  expect(asked.body).toContain('Disk full</textarea>');
  const more = await send(engineer, { held: grant });
  expect(more.statusCode).toBe(303);
  const page = await see(String(more.headers.location), engineer);
  expect(page.body).toContain(`extends the grant <code>${grant}</code>`);
  const other = await send(engineer, { held: 'all-the-same' });
  expect(other.statusCode).toBe(303);
  expect((await send(engineer, { held: 'anything' })).statusCode).toBe(400);
  expect((await send(colleague, { held: grant })).statusCode).toBe(404);
});

test('a form that is sent twice asks once, and another one for the same says that one waits', async () => {
  const who = await world.person('Twice', ['engineers']);
  const idempotencyKey = crypto.randomUUID();
  const first = await send(who, { idempotencyKey });
  expect((await send(who, { idempotencyKey })).headers.location).toBe(first.headers.location);
  const again = await send(who, {});
  expect(again.statusCode).toBe(409);
  expect(again.body).toContain(`<a href="${String(first.headers.location)}">A request of yours</a>`);
});

test('a form can ask for a colleague; page and list name both, and whose access it is can cancel', async () => {
  const answer = await send(engineer, { for: colleague.id });
  expect(answer.statusCode, answer.body).toBe(303);
  const url = String(answer.headers.location);
  const page = await see(url, approver);
  expect(page.body).toContain('for <bdi>Erin</bdi>, asked by <bdi>Ash</bdi>');
  expect((await see('/', approver)).body).toContain(
    'for <bdi>Erin</bdi>, asked by <bdi>Ash</bdi>: prod/admin',
  );
  expect((await see(url, colleague)).body).toContain('Cancel this request');
  const unknown = await send(engineer, { for: 'nobody@example.com' });
  expect(unknown.statusCode).toBe(400);
  expect(unknown.body).toContain('value="nobody@example.com"');
});

test('what is no id and no address is no colleague', async () => {
  for (const named of ['Erin', 'prs_1', '@', 'a@b@c', 'a b@example.com', `${'a'.repeat(320)}@example.com`]) {
    expect((await post('/v1/requests', engineer, { ...ask, for: named })).status).toBe(400);
  }
});

test('a request of mine has a link that fills in the form with it', async () => {
  const who = await world.person('Again', ['engineers']);
  const { body } = await post('/v1/requests', who, { ...ask, reason: 'Why & <how>', ticket: 'OPS-1' });
  const page = await see(`/requests/${body.id}`, who);
  const link = /<a href="(\/requests\/new\?[^"]+)">Ask again/.exec(page.body)?.[1] ?? '';
  const form = await see(link.replaceAll('&amp;', '&'), who);
  expect(form.body).toContain('Why &amp; &lt;how&gt;</textarea>');
  expect(form.body).toContain('<option value="prod/admin" selected>');
  expect(form.body).toContain('name="ticket" maxlength="100" value="OPS-1"');
  expect(form.body).toMatch(/name="duration"[^>]+value="15m"/);
  expect((await see(`/requests/${body.id}`, approver)).body).not.toContain('Ask again');
});
