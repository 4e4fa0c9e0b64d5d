import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AssumeRole } from '../../src/aws/assume-role.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import type { BrokerDeps } from '../../src/broker/deps.ts';
import { Secret } from '../../src/keys/secret.ts';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

const secretAccessKey = 'wJalrXUtnFEMI-not-to-be-seen';
const sessionToken = 'FwoGZXIvYXdz-not-to-be-seen';
const expiration = new Date('2026-11-22T09:15:00.000Z');

// Stands for AWS: the real client and the real wire format are tried in test/aws and test/broker.
const assumeRole: AssumeRole = ({ roleSessionName }) => {
  const accessKeyId = 'ASIAIOSFODNN7EXAMPLE';
  const assumedArn = `arn:aws:sts::111122223333:assumed-role/daypass-admin/${roleSessionName}`;
  const credentials = new Secret({ accessKeyId, secretAccessKey, sessionToken, expiration });
  return Promise.resolve({ kind: 'issued', accessKeyId, expiration, assumedArn, credentials });
};

let world: World;
let engineer: Persona;
let broker: BrokerDeps;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  const role = {
    assumeRole,
    activate: () => Promise.resolve({ kind: 'active', details: {} } as const),
    takeAway: () => Promise.resolve({ kind: 'gone', evidence: {} } as const),
  };
  broker = { ...world.deps.broker, targets: { ...world.deps.broker.targets, role } };
});
afterAll(() => world.stop());

async function activeGrant(): Promise<string> {
  const approver = await world.person('Bob', ['approvers']);
  const post = (url: string, who: Persona, payload: object) =>
    world.app.inject({ method: 'POST', url, payload, headers: bearer(who) });
  const { id, digest } = (await post('/v1/requests', engineer, ask)).json<{ id: string; digest: string }>();
  const review = await post(`/v1/requests/${id}/reviews`, approver, { decision: 'approve', digest });
  const [grant] = review.json<{ grants: { id: string }[] }>().grants;
  if (grant === undefined) throw new Error(review.body);
  await activateGrant(broker, { grantId: grant.id });
  return grant.id;
}

test('credentials reach their owner once, are kept by no cache, and stand in no log and no record', async () => {
  const app = await world.server({ broker });
  const grantId = await activeGrant();
  const url = `/v1/grants/${grantId}/sessions`;
  const answer = await app.inject({ method: 'POST', url, headers: bearer(engineer) });
  expect(answer.statusCode, answer.body).toBe(201);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toMatchObject({
    grantId,
    credentials: { secretAccessKey, sessionToken, expiration: expiration.toISOString() },
    limits: expect.arrayContaining([expect.objectContaining({ won: true })]),
    residualExposureSeconds: expect.any(Number),
  });
  const kept = world.logged.join('') + JSON.stringify(await world.events('session.issued'));
  expect(kept).toContain('"operation":"issueSession"');
  for (const secret of [secretAccessKey, sessionToken]) expect(kept).not.toContain(secret);
});

test('somebody else, an operator too, is told that there is no such grant', async () => {
  const app = await world.server({ broker });
  const url = `/v1/grants/${await activeGrant()}/sessions`;
  for (const groups of [['engineers'], ['operators'], ['auditors']]) {
    const other = await world.person('Eve', groups);
    const answer = await app.inject({ method: 'POST', url, headers: bearer(other) });
    expect(answer.statusCode).toBe(404);
  }
});
