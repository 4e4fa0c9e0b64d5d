import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FaultKind } from '../../dev/aws/faults.ts';
import type { ConsoleSession } from '../../dev/aws/federation.ts';
import { createFederation } from '../../src/aws/federation.ts';
import { type ConsoleDeps, openConsole } from '../../src/broker/console-sign-in.ts';
import { endGrant } from '../../src/broker/end-grant.ts';
import { eq } from '../../src/db/drizzle.ts';
import { sessions } from '../../src/db/schema.ts';
import { type House, openHouse } from './house.ts';

let house: House;
let deps: ConsoleDeps;
beforeAll(async () => {
  house = await openHouse();
  const federation = createFederation({ endpoint: new URL(house.aws.signinEndpoint), timeLimitMs: 400 });
  deps = { ...house.deps, federation, issuer: 'https://daypass.test/' };
});
afterAll(() => house.close());
beforeEach(() => house.aws.clearFaults());

async function activeGrant(options: Parameters<House['grant']>[0] = {}) {
  const grant = await house.grant(options);
  return { ...grant, caller: await house.caller(grant.person) };
}

async function opened(grantId: string): Promise<Record<string, unknown>[]> {
  const { rows } = await house.pool.raw.query<{ leaf: string }>(
    "SELECT leaf FROM audit_events WHERE kind = 'console.opened' ORDER BY id",
  );
  return rows
    .map(({ leaf }) => JSON.parse(leaf) as Record<string, unknown>)
    .filter((e) => e.grant === grantId);
}

test('the address signs in to the session that was issued for it, as the grant would have it', async () => {
  const { id, caller } = await activeGrant({ seconds: 3600 });
  const destination = 'https://eu-west-1.console.aws.amazon.com/s3/home';
  const signIn = await openConsole(deps, caller, { grantId: id, destination });
  const session = (await (await fetch(signIn.url.reveal())).json()) as ConsoleSession;
  expect(session).toMatchObject({
    arn: `arn:aws:sts::111122223333:assumed-role/daypass-admin/${session.sessionName}`,
    issuer: 'https://daypass.test/',
    destination,
    sessionTags: { 'daypass:grant': id, 'daypass:session': signIn.sessionId },
  });
  const [row] = await house.pool.db.select().from(sessions).where(eq(sessions.id, signIn.sessionId));
  expect(row).toMatchObject({ state: 'issued', grantId: id, roleSessionName: session.sessionName });
  expect(signIn.sessionEndsAt).toBe(session.expiration);
  expect(Date.parse(signIn.expiresAt) - house.now().getTime()).toBe(900_000);
  // What the console does is held by the same policy, down to the second the grant ends.
  const { credentials, expiration } = session;
  expect(await house.listBuckets({ ...credentials, expiration })).toBe('ok');
  expect(await house.kinds(id)).toEqual(
    expect.arrayContaining(['session.issuing', 'session.issued', 'console.opened']),
  );
  const [event] = await opened(id);
  expect(event).toMatchObject({
    outcome: 'success',
    session: signIn.sessionId,
    accessKeyId: row?.accessKeyId,
    details: { handedOut: true, destination: 'eu-west-1.console.aws.amazon.com' },
  });
});

test('the address can be opened no longer than the session lives', async () => {
  const { id, caller } = await activeGrant({ seconds: 300 });
  const signIn = await openConsole(deps, caller, { grantId: id });
  expect(signIn.expiresAt).toBe(signIn.sessionEndsAt);
  expect(Date.parse(signIn.expiresAt)).toBeLessThanOrEqual(house.now().getTime() + 300_000);
});

test.each<[FaultKind, string, string]>([
  ['refuse', 'aws_refused', 'failure'],
  ['throttle', 'aws_unavailable', 'failure'],
  ['server-error', 'aws_unavailable', 'failure'],
  ['hang', 'aws_unavailable', 'unknown'],
  ['cut-after', 'aws_unavailable', 'unknown'],
  ['rubbish', 'aws_unavailable', 'unknown'],
])(
  'when the sign-in of AWS answers with %s nothing is handed out, and the record says so',
  async (kind, code, outcome) => {
    const { id, caller } = await activeGrant();
    house.aws.fault({ service: 'signin', action: 'GetSigninToken', kind, times: 1 });
    await expect(openConsole(deps, caller, { grantId: id })).rejects.toMatchObject({ code });
    const [row] = await house.pool.db.select().from(sessions).where(eq(sessions.grantId, id));
    expect(row?.state).toBe('issued');
    const [event] = await opened(id);
    expect(event).toMatchObject({
      outcome,
      session: row?.id,
      accessKeyId: row?.accessKeyId,
      details: { handedOut: false, credentialsHandedOut: false, reason: expect.any(String) },
    });
  },
);

test('a grant that ends while AWS is asked gives no way in', async () => {
  const { id, caller } = await activeGrant();
  const slow: ConsoleDeps = {
    ...deps,
    federation: {
      ...deps.federation,
      getSigninToken: async (credentials) => {
        await endGrant(deps, caller, { grantId: id, because: null });
        return deps.federation.getSigninToken(credentials);
      },
    },
  };
  await expect(openConsole(slow, caller, { grantId: id })).rejects.toMatchObject({ code: 'not_active' });
  expect(await opened(id)).toMatchObject([{ outcome: 'failure', details: { handedOut: false } }]);
});

test('no way in leaves before its record is committed', async () => {
  const { id, caller } = await activeGrant();
  let transactions = 0;
  const broken: ConsoleDeps = {
    ...deps,
    transact: (context, run) => {
      transactions += 1;
      if (transactions === 3) return Promise.reject(new Error('the database is gone'));
      return deps.transact(context, run);
    },
  };
  await expect(openConsole(broken, caller, { grantId: id })).rejects.toThrow('the database is gone');
  expect(transactions).toBe(3);
  expect(await opened(id)).toEqual([]);
});

test('what refuses a session refuses the console: no session, no call to AWS', async () => {
  const { id, person } = await house.grant();
  const weak = await house.caller(person, { level: 'single-factor' });
  const other = await house.caller(await house.person());
  const assigned = await house.grant({ entitlement: house.permissionSet });
  const before = house.aws.log.length;
  const attempt = (caller: Parameters<typeof openConsole>[1], grantId: string, destination?: string) =>
    openConsole(deps, caller, { grantId, destination });
  await expect(attempt(weak, id)).rejects.toMatchObject({ code: 'insufficient_assurance' });
  await expect(attempt(other, id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(attempt(await house.caller(assigned.person), assigned.id)).rejects.toMatchObject({
    code: 'not_possible',
  });
  await expect(attempt(await house.caller(person), id, 'https://evil.example/')).rejects.toMatchObject({
    code: 'invalid_input',
  });
  expect(house.aws.log.length).toBe(before);
  expect(await house.kinds(id)).not.toContain('session.issuing');
});

test('the stand-in signs nobody in with a stale token or with credentials that are not whole', async () => {
  const { id, caller } = await activeGrant();
  const signIn = await openConsole(deps, caller, { grantId: id });
  const wrong = new URL(signIn.url.reveal());
  wrong.searchParams.set('SigninToken', 'made-up');
  expect((await fetch(wrong)).status).toBe(400);
  house.pass(900);
  expect((await fetch(signIn.url.reveal())).status).toBe(400);
  const halves = { sessionId: house.aws.log.at(-1)?.accessKeyId ?? '', sessionKey: 'x', sessionToken: 'y' };
  const form = new URLSearchParams({ Action: 'getSigninToken', Session: JSON.stringify(halves) });
  expect((await fetch(house.aws.signinEndpoint, { method: 'POST', body: form })).status).toBe(400);
});
