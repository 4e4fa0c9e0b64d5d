import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeRole } from '../../dev/aws/target-account.ts';
import { activateGrant } from '../../src/broker/activate-grant.ts';
import { getGrant } from '../../src/broker/get-grant.ts';
import { issueSession } from '../../src/broker/issue-session.ts';
import { type Entitlement, type Hours, weekDays } from '../../src/catalog/types.ts';
import { Refusal } from '../../src/refusal.ts';
import { adminRole, type House, openHouse, prod } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());

async function issue(entitlement: Entitlement, seconds = 7200) {
  const grant = await house.grant({ entitlement, seconds });
  await activateGrant(house.deps, { grantId: grant.id });
  const caller = await house.caller(grant.person);
  const again = () => issueSession(house.deps, caller, { grantId: grant.id });
  return { id: grant.id, caller, again, issued: await again() };
}

type Issued = Awaited<ReturnType<typeof issue>>['issued'];

/** 'ok', or the name of the error; `origin` is what the stand-in's own headers say of where the call comes from. */
async function call(
  issued: Issued,
  command: ListBucketsCommand | GetObjectCommand | PutObjectCommand,
  origin: Record<string, string> = {},
): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = issued.credentials.reveal();
  const s3 = new S3Client({
    region: 'us-east-1',
    endpoint: house.aws.endpoint,
    forcePathStyle: true,
    systemClockOffset: house.now().getTime() - Date.now(),
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: 1,
  });
  s3.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, origin);
      return next(args);
    },
    { step: 'build' },
  );
  try {
    await s3.send(command as GetObjectCommand);
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    s3.destroy();
  }
}

const bucket = 'prod-data';
const get = (Key: string) => new GetObjectCommand({ Bucket: bucket, Key });
const put = (Key: string) => new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' });

test('a session under a choice reaches what was picked and nothing else of the role', async () => {
  const { id, caller, issued } = await issue({
    ...adminRole,
    choice: {
      name: 'one-prefix',
      description: 'One prefix',
      parameters: { prefix: 'team' },
      allow: { actions: ['s3:GetObject', 's3:PutObject'], resources: [`arn:aws:s3:::${bucket}/team/*`] },
    },
  });
  expect(await call(issued, put('team/a'))).toBe('ok');
  expect(await call(issued, get('team/a'))).toBe('ok');
  expect(await call(issued, put('other/a'))).toBe('AccessDenied');
  expect(await call(issued, new ListBucketsCommand({}))).toBe('AccessDenied');
  expect((await getGrant(house.deps, caller, { grantId: id })).choice).toEqual({
    name: 'one-prefix',
    description: 'One prefix',
    parameters: [{ name: 'prefix', value: 'team' }],
    actions: ['s3:GetObject', 's3:PutObject'],
    resources: [`arn:aws:s3:::${bucket}/team/*`],
    resourceTags: [],
  });
});

test('conditions hold at AWS: where the call comes from, TLS, and the assurance the session was issued on', async () => {
  const { issued } = await issue({
    ...adminRole,
    conditions: { addresses: ['203.0.113.0/24'], tls: true, assurance: 'multi-factor' },
  });
  const list = new ListBucketsCommand({});
  const office = { 'x-stand-in-source-ip': '203.0.113.7' };
  expect(await call(issued, list, office)).toBe('ok');
  expect(await call(issued, list, { 'x-stand-in-source-ip': '198.51.100.7' })).toBe('AccessDenied');
  expect(await call(issued, list, { ...office, 'x-stand-in-insecure': 'true' })).toBe('AccessDenied');
  const strict = await issue({ ...adminRole, conditions: { assurance: 'phishing-resistant' } });
  expect(await call(strict.issued, list)).toBe('AccessDenied');
});

describe('hours', () => {
  const time = (date: Date) => date.toISOString().slice(11, 16);
  const minutes = (count: number) => new Date(Math.floor(house.now().getTime() / 60_000 + count) * 60_000);
  const hoursUntil = (count: number): Hours => ({
    days: [...weekDays],
    from: time(minutes(-60)),
    to: time(minutes(count)),
    zone: 'UTC',
  });

  test('a session ends with them, to the second, and says that they decided', async () => {
    // Shorter than STS can issue for, so that the policy does the cutting.
    const end = minutes(10);
    const { issued, again } = await issue({ ...adminRole, conditions: { hours: hoursUntil(10) } });
    const left = Math.floor((end.getTime() - house.now().getTime()) / 1000);
    expect(issued.endsAt).toBe(end.toISOString());
    expect(issued.limits.filter(({ won }) => won)).toEqual([{ name: 'hours', seconds: left, won: true }]);
    const list = new ListBucketsCommand({});
    expect(await call(issued, list)).toBe('ok');
    house.pass(left);
    expect(await call(issued, list)).toBe('AccessDenied');
    const refusal = await again().catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refusal);
    expect(refusal).toMatchObject({
      code: 'outside_hours',
      extra: { opensAt: new Date(end.getTime() + (24 * 60 - 70) * 60_000).toISOString() },
    });
  });

  test('outside of them nothing is asked of AWS, and nobody is asked to prove themselves', async () => {
    const grant = await house.grant({
      entitlement: {
        ...adminRole,
        conditions: { hours: { ...hoursUntil(20), from: time(minutes(30)), to: time(minutes(60)) } },
      },
    });
    await activateGrant(house.deps, { grantId: grant.id });
    const caller = await house.caller(grant.person, { level: 'single-factor' });
    const refusal = await issueSession(house.deps, caller, { grantId: grant.id }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({ code: 'outside_hours', extra: { opensAt: minutes(30).toISOString() } });
    expect(await house.kinds(grant.id)).not.toContain('session.issuing');
  });

  test('a grant that ends first ends first', async () => {
    const { issued } = await issue({ ...adminRole, conditions: { hours: hoursUntil(40) } }, 600);
    expect(issued.limits.find(({ won }) => won)?.name).toBe('grant_end');
  });
});

test('an external id goes to STS, and the role refuses whoever comes without it', async () => {
  const account = house.aws.world.accounts.find(({ id }) => id === prod);
  const admin = account?.roles.find(({ name }) => name === 'daypass-admin');
  if (account === undefined || admin === undefined) throw new Error('no such role');
  const [statement] = admin.trustPolicy['Statement'] as object[];
  const role = makeRole(prod, 'daypass-partner', {
    Version: '2012-10-17',
    Statement: [{ ...statement, Condition: { StringEquals: { 'sts:ExternalId': 'partner-1234' } } }],
  });
  role.managedPolicyArns = admin.managedPolicyArns;
  account.roles.push(role);
  const partner = (externalId: string | null): Entitlement => {
    if (adminRole.target.kind !== 'role') throw new Error('a role');
    return { ...adminRole, target: { ...adminRole.target, roleArn: role.arn, externalId } };
  };
  const { issued } = await issue(partner('partner-1234'));
  expect(await call(issued, new ListBucketsCommand({}))).toBe('ok');
  for (const wrong of [null, 'partner-9999']) {
    const refusal = await issue(partner(wrong)).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'aws_refused' });
    expect(JSON.stringify(refusal)).not.toContain('partner-');
  }
});
