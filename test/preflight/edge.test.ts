import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PreflightEntry } from '../../src/cli/api-types.generated.ts';
import { bearer, type Persona, startWorld, type World } from '../hostile/world.ts';

let world: World;
let operator: Persona;
let engineer: Persona;
let approver: Persona;
let built: World['aws']['world'];
beforeAll(async () => {
  world = await startWorld();
  operator = await world.person('Olga', ['operators']);
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Abe', ['approvers']);
  built = structuredClone(world.aws.world);
});
beforeEach(() => void Object.assign(world.aws.world, structuredClone(built)));
afterAll(() => world.stop());

const call = (method: 'GET' | 'POST', url: string, as: Persona, payload?: object) =>
  world.app.inject({ method, url, headers: bearer(as), ...(payload === undefined ? {} : { payload }) });

async function look(entitlement?: string) {
  const answer = await call(
    'POST',
    '/v1/preflight/run',
    operator,
    entitlement === undefined ? {} : { entitlement },
  );
  expect(answer.json()).toMatchObject({ finished: true });
}

async function entries(): Promise<PreflightEntry[]> {
  return (await call('GET', '/v1/preflight', operator)).json<{ items: PreflightEntry[] }>().items;
}

function dropRole(name: string): void {
  for (const account of world.aws.world.accounts)
    account.roles = account.roles.filter((role) => role.name !== name);
}

async function ask(): Promise<{ id: string; digest: string; warnings: unknown[] }> {
  const body = { entitlements: ['prod/admin'], durationSeconds: 600, reason: 'To work' };
  return (await call('POST', '/v1/requests', engineer, body)).json();
}

describe('operators see what was seen in AWS', () => {
  test('nothing is known before anybody looked; afterwards all of it', async () => {
    expect((await entries()).map(({ verdict, checkedAt }) => [verdict, checkedAt])).toEqual(
      Array.from({ length: 3 }, () => ['unknown', null]),
    );
    await look();
    expect((await entries()).map(({ entitlement, verdict }) => [entitlement, verdict])).toEqual([
      ['prod/admin', 'ok'],
      ['prod/readonly', 'ok'],
      ['secret/vault', 'ok'],
    ]);
  });

  test('one by one, and of one alone', async () => {
    await look();
    const page = (await call('GET', '/v1/preflight?limit=2', operator)).json<{
      items: unknown[];
      next: string;
    }>();
    expect(page.items).toHaveLength(2);
    const rest = await call('GET', `/v1/preflight?limit=2&cursor=${page.next}`, operator);
    expect(rest.json()).toMatchObject({ items: [{ entitlement: 'secret/vault' }], next: null });
    const one = await call('GET', '/v1/preflight?entitlement=prod/admin', operator);
    expect(one.json()).toMatchObject({
      items: [{ entitlement: 'prod/admin', account: { id: '111122223333' } }],
    });
    expect((await call('GET', '/v1/preflight?entitlement=no/such', operator)).statusCode).toBe(404);
    expect((await call('POST', '/v1/preflight/run', operator, { entitlement: 'no/such' })).statusCode).toBe(
      404,
    );
    expect((await call('GET', '/v1/preflight?cursor=*', operator)).statusCode).toBe(400);
  });

  test('and the metrics say how much of it is bad, without names', async () => {
    dropRole('daypass-admin');
    await look();
    const { body } = await call('GET', '/metrics', operator);
    expect(/^daypass_preflight_findings\{level="error"\} (\d+)$/m.exec(body)?.[1]).toBe('2');
    expect(body).not.toContain('prod/admin');
  });
});

describe('what cannot be given is not approved', () => {
  test('over REST, from the look that saw it to the look that sees it mended', async () => {
    dropRole('daypass-admin');
    await look();
    const { id, digest, warnings } = await ask();
    expect(warnings).toMatchObject([{ entitlement: 'prod/admin', check: 'role', stops: true }]);
    const body = { decision: 'approve', digest };
    const refused = await call('POST', `/v1/requests/${id}/reviews`, approver, body);
    expect([refused.statusCode, refused.json()]).toMatchObject([
      422,
      { code: 'not_possible', check: 'role' },
    ]);

    Object.assign(world.aws.world, structuredClone(built));
    await look('prod/admin');
    const done = await call('POST', `/v1/requests/${id}/reviews`, approver, body);
    expect([done.statusCode, done.json()]).toMatchObject([200, { state: 'approved', warnings: [] }]);
  });

  test('and the page and GraphQL show it to the approver', async () => {
    dropRole('daypass-admin');
    await look();
    const { id } = await ask();
    const page = await world.app.inject({ url: `/requests/${id}`, headers: { cookie: approver.cookie } });
    expect(page.body).toContain('prod/admin: The role does not exist.');
    expect(page.body).toContain('It cannot be approved while this is so');
    const query = `{ request(id: "${id}") { warnings { entitlement check level stops message } } }`;
    const answer = await call('POST', '/graphql', approver, { query });
    expect(answer.json()).toMatchObject({
      data: {
        request: { warnings: [{ entitlement: 'prod/admin', check: 'role', level: 'error', stops: true }] },
      },
    });
  });
});
