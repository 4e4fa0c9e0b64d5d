import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Person } from '../../dev/demo/person.ts';
import { type Stack, startStack } from '../../dev/demo/stack.ts';
import { testDatabaseInUse } from './database-in-use.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    on: await testDatabaseInUse(),
    onStep: () => undefined,
    environment: { TOTP: 'on' },
  });
});
afterAll(() => stack?.stop());

// Each time step counts once, so the second code is the next step's: within the window of one step either way.
const codeAt = (secret: string, steps: number) =>
  generateSync({ secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 });

async function withFactor(key: string, name: string): Promise<Person> {
  const person = new Person(stack.url, key, name);
  await person.signIn('password');
  const enrolled = await person.call<{ secret: string }>('POST', '/v1/factors/totp');
  expect(enrolled.status).toBe(201);
  const { secret } = enrolled.body;
  expect(
    (await person.call('POST', '/v1/factors/totp/confirm', { code: codeAt(secret, 0) })).status,
  ).toBeLessThan(300);
  const proven = await person.call('POST', '/v1/factors/totp/verify', { code: codeAt(secret, 1) });
  expect(proven.body).toMatchObject({ level: 'multi-factor' });
  return person;
}

test('where the identity provider has passwords only, one-time codes of Daypass carry the main job', async () => {
  const engineer = new Person(stack.url, 'engineer', 'Erin Engineer');
  await engineer.signIn('password');
  const asked = await engineer.call<{ id: string; digest: string }>('POST', '/v1/requests', {
    entitlements: ['prod/admin'],
    durationSeconds: 900,
    reason: 'Try one-time codes',
  });
  const approver = await withFactor('approver', 'Avery Approver');
  const approved = await approver.call<{ grants: { id: string }[] }>(
    'POST',
    `/v1/requests/${asked.body.id}/reviews`,
    {
      decision: 'approve',
      digest: asked.body.digest,
    },
  );
  expect(approved.status).toBe(200);
  const sessions = `/v1/grants/${approved.body.grants[0]?.id}/sessions`;

  const challenged = await engineer.call('POST', sessions);
  expect(challenged).toMatchObject({ status: 401, body: { code: 'insufficient_assurance', totp: true } });
  expect(challenged.headers.get('www-authenticate')).toContain('insufficient_user_authentication');

  const proven = await withFactor('engineer', 'Erin Engineer');
  const issued = await proven.call('POST', sessions);
  expect(issued.status).toBe(201);
  expect(issued.headers.get('cache-control')).toBe('no-store');
});
