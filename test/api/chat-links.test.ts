import { afterAll, beforeAll, expect, test } from 'vitest';
import { linkChatAccount } from '../../src/channels/link-chat-account.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const call = (method: 'GET' | 'POST' | 'DELETE', url: string, who: Persona) =>
  world.app.inject({ method, url, headers: bearer(who) });

async function link(who: Persona, externalId: string): Promise<void> {
  const made = await call('POST', '/v1/chat-links', who);
  expect(made.statusCode, made.body).toBe(201);
  const account = { channel: 'slack', workspace: 'T1', externalId } as const;
  const { code } = made.json<{ code: string }>();
  await linkChatAccount(world.deps.approvals, { account, code, meta: { address: null, requestId: null } });
}

test('a code for a sign-in with one factor is a step-up challenge', async () => {
  const weak = await world.person('Ada', ['approvers'], 'single-factor');
  const answer = await call('POST', '/v1/chat-links', weak);
  expect(answer.statusCode).toBe(401);
  expect(answer.json()).toMatchObject({
    code: 'insufficient_assurance',
    required: { level: 'multi-factor', maxAgeSeconds: 900 },
  });
  expect(answer.headers['www-authenticate']).toContain('insufficient_user_authentication');
  expect(answer.headers['www-authenticate']).toContain('max_age=');
});

test('one sees and ends the links of one’s own account', async () => {
  const who = await world.person('Bob', ['approvers']);
  await link(who, 'U-bob');
  const listed = await call('GET', '/v1/chat-links', who);
  expect(listed.json()).toEqual({
    items: [
      { channel: 'slack', workspace: 'T1', externalId: 'U-bob', linkedAt: expect.any(String) as string },
    ],
  });
  expect((await call('DELETE', '/v1/chat-links', who)).statusCode).toBe(204);
  expect((await call('GET', '/v1/chat-links', who)).json()).toEqual({ items: [] });
});

test('an operator ends those of a person who lost a device, and nobody else does', async () => {
  const who = await world.person('Cy', ['approvers']);
  const operator = await world.person('Olga', ['operators']);
  await link(who, 'U-cy');
  const url = `/v1/people/${who.id}/chat-links`;
  expect((await call('DELETE', url, who)).statusCode).toBe(403);
  const weak = await world.person('Otto', ['operators'], 'single-factor');
  expect((await call('DELETE', url, weak)).statusCode).toBe(401);
  expect((await call('DELETE', `/v1/people/prs_${'0'.repeat(26)}/chat-links`, operator)).statusCode).toBe(
    404,
  );
  expect((await call('DELETE', url, operator)).statusCode).toBe(204);
  expect((await call('GET', '/v1/chat-links', who)).json()).toEqual({ items: [] });
});
