import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FastifyInstance } from 'fastify';
import type { AssumeRole } from '../../src/aws/assume-role.ts';
import { createFederation, type SigninReply } from '../../src/aws/federation.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import type { ConsoleDeps } from '../../src/broker/console-sign-in.ts';
import { Secret } from '../../src/keys/secret.ts';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

const secretAccessKey = 'wJalrXUtnFEMI-not-to-be-seen';
const sessionToken = 'FwoGZXIvYXdz-not-to-be-seen';
const signinToken = 'VCQgs5qZZt3Q6fn8Tr5-not-to-be-seen';
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
let signsIn: ConsoleDeps;
let reply: SigninReply;
let app: FastifyInstance;
let url: string;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  const role = { assumeRole, takeAway: () => Promise.resolve({ kind: 'gone', evidence: {} } as const) };
  const federation = createFederation({ endpoint: new URL('https://signin.aws.amazon.com/federation') });
  const { broker } = world.deps;
  signsIn = {
    ...broker,
    targets: { ...broker.targets, role },
    federation: { ...federation, getSigninToken: () => Promise.resolve(reply) },
    issuer: 'https://daypass.test/',
  };
  app = await world.server({ console: signsIn });
  url = `/v1/grants/${await activeGrant()}/console`;
});
afterAll(() => world.stop());

async function activeGrant(): Promise<string> {
  const approver = await world.person('Bob', ['approvers']);
  const post = (path: string, who: Persona, payload: object) =>
    world.app.inject({ method: 'POST', url: path, payload, headers: bearer(who) });
  const { id, digest } = (await post('/v1/requests', engineer, ask)).json<{ id: string; digest: string }>();
  const review = await post(`/v1/requests/${id}/reviews`, approver, { decision: 'approve', digest });
  const [grant] = review.json<{ grants: { id: string }[] }>().grants;
  if (grant === undefined) throw new Error(review.body);
  await activateGrant(signsIn, { grantId: grant.id });
  return grant.id;
}

const kept = async () =>
  world.logged.join('') +
  JSON.stringify([await world.events('session.issued'), await world.events('console.opened')]);

test('the address reaches the owner once, is kept by no cache, and stands in no log and no record', async () => {
  reply = { kind: 'token', token: new Secret(signinToken) };
  const payload = { destination: 'https://console.aws.amazon.com/s3/home' };
  const answer = await app.inject({ method: 'POST', url, payload, headers: bearer(engineer) });
  expect(answer.statusCode, answer.body).toBe(201);
  expect(answer.headers['cache-control']).toBe('no-store');
  const body = answer.json<{ url: string }>();
  expect(body).toMatchObject({
    expiresAt: '2026-11-22T09:15:00.000Z',
    sessionEndsAt: expect.any(String),
    sessionId: expect.stringMatching(/^ses_/),
    limits: expect.arrayContaining([expect.objectContaining({ won: true })]),
  });
  expect(Object.fromEntries(new URL(body.url).searchParams)).toMatchObject({
    Issuer: 'https://daypass.test/',
    Destination: payload.destination,
    SigninToken: signinToken,
  });
  expect(answer.body).not.toContain(secretAccessKey);
  const text = await kept();
  expect(text).toContain('"operation":"openConsole"');
  for (const secret of [signinToken, 'SigninToken', secretAccessKey, sessionToken])
    expect(text).not.toContain(secret);
});

test('without a way in the caller is told what to do, with nothing of the session', async () => {
  reply = { kind: 'fault', fault: { kind: 'refused', code: 'HTTP 400' } };
  const refused = await app.inject({ method: 'POST', url, headers: bearer(engineer) });
  expect(refused.statusCode).toBe(502);
  expect(refused.json()).toMatchObject({ code: 'aws_refused' });
  reply = { kind: 'fault', fault: { kind: 'unknown-outcome', code: 'EGRESS_TIME' } };
  const lost = await app.inject({ method: 'POST', url, headers: bearer(engineer) });
  expect(lost.statusCode).toBe(503);
  expect(lost.headers['retry-after']).toBe('5');
  expect(lost.json()).toMatchObject({ code: 'aws_unavailable' });
  for (const secret of [signinToken, secretAccessKey, sessionToken, 'ASIA'])
    expect(refused.body + lost.body).not.toContain(secret);
});

test.each([
  { destination: 'https://evil.example/' },
  { destination: 'https://console.aws.amazon.com.evil.example/' },
  { destination: '' },
  { destination: 5 },
  { somewhere: 'https://console.aws.amazon.com/' },
])('no address leads out of the console: %j', async (payload) => {
  reply = { kind: 'token', token: new Secret(signinToken) };
  const answer = await app.inject({ method: 'POST', url, payload, headers: bearer(engineer) });
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'invalid_input' });
});

test('somebody else, an operator too, is told that there is no such grant', async () => {
  for (const groups of [['engineers'], ['operators'], ['auditors']]) {
    const other = await world.person('Eve', groups);
    const answer = await app.inject({ method: 'POST', url, headers: bearer(other) });
    expect(answer.statusCode).toBe(404);
  }
});
