import {
  CreatePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';
import { CreateAccountAssignmentCommand } from '@aws-sdk/client-sso-admin';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { addUser } from '../../../dev/aws/world.ts';
import {
  assume,
  awsUnderTest,
  clients,
  DENY_WRITER,
  narrowed,
  PROD_ADMIN,
  PROD_BOUNDARY,
} from './aws-under-test.ts';

const STAGING_BOUNDARY = 'arn:aws:iam::444455556666:policy/daypass-boundary';
const STAGING_DENY_WRITER = 'arn:aws:iam::444455556666:role/daypass-deny-writer';

async function denyWriter() {
  const started = await awsUnderTest();
  const writer = async (RoleArn: string, PolicyArn: string) => {
    const { iam } = clients(started.aws, await assume(started.aws, { RoleArn }));
    const create = (sid = '') => {
      const PolicyDocument = narrowed({ Sid: sid, Action: '*' });
      return iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
    };
    const versions = async () =>
      (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.map(
        ({ VersionId }) => VersionId,
      );
    return { iam, create, versions };
  };
  const prod = await writer(DENY_WRITER, PROD_BOUNDARY);
  return { ...started, ...prod, staging: await writer(STAGING_DENY_WRITER, STAGING_BOUNDARY) };
}

const error = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (reason: unknown) => (reason instanceof Error ? reason.name : String(reason)),
  );

describe('faults of IAM', () => {
  it.each([
    ['throttle', 'Throttling', 400],
    ['refuse', 'AccessDenied', 403],
    ['server-error', 'ServiceFailureException', 500],
  ] as const)('%s answers %s and does nothing', async (kind, name, httpStatusCode) => {
    const { aws, create, versions } = await denyWriter();
    aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind, times: 1 });
    await expect(create()).rejects.toMatchObject({ name, $metadata: { httpStatusCode } });
    expect(await versions()).toEqual(['v1']);
    await expect(create()).resolves.toBeDefined();
  });

  it('cut does nothing, cut-after writes what nobody hears of', async () => {
    const { aws, create, versions } = await denyWriter();
    aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'cut', times: 1 });
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await versions()).toEqual(['v1']);
    aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'cut-after', times: 1 });
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await versions()).toEqual(['v2', 'v1']);
  });

  it('hang does nothing, and its connection is closed by stop()', async () => {
    const { aws, create } = await denyWriter();
    aws.fault({ service: 'iam', action: '*', kind: 'hang' });
    const hanging = [create(), create()].map((call) =>
      expect(call).rejects.toMatchObject({ code: 'ECONNRESET' }),
    );
    await expect.poll(() => aws.log.filter(({ fault }) => fault === 'hang').length).toBe(2);
    await aws.stop();
    await Promise.all(hanging);
    expect(aws.world.accounts[1]?.managedPolicies[PROD_BOUNDARY]).toMatchObject({
      Statement: [{ Effect: 'Allow' }],
    });
  });

  it('rubbish is 200 with nothing to be read as a policy', async () => {
    const { aws, iam } = await denyWriter();
    aws.fault({ service: 'iam', action: 'GetPolicy', kind: 'rubbish', times: 1 });
    const answer: unknown = await iam
      .send(new GetPolicyCommand({ PolicyArn: PROD_BOUNDARY }))
      .catch((e) => e);
    expect(answer).not.toHaveProperty('Policy.Arn');
  });
});

describe('the fault twice', () => {
  it('makes two versions of one call, and the second is answered', async () => {
    const { aws, create, versions } = await denyWriter();
    aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'twice', times: 1 });
    const { PolicyVersion } = await create();
    expect(PolicyVersion?.VersionId).toBe('v3');
    expect(await versions()).toEqual(['v3', 'v2', 'v1']);
    expect(aws.log.filter(({ fault }) => fault === 'twice').map(({ status }) => status)).toEqual([null, 200]);
  });

  it('answers the error of the second where the first left no room', async () => {
    const { aws, create, versions } = await denyWriter();
    for (const sid of ['a', 'b', 'c']) await create(sid);
    aws.fault({ service: 'iam', action: 'CreatePolicyVersion', kind: 'twice', times: 1 });
    expect(await error(create('d'))).toBe('LimitExceededException');
    expect(await versions()).toHaveLength(5);
  });

  it('gives credentials away that nobody received, and conflicts with itself in an account assignment', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'twice', times: 1 });
    const { accessKeyId } = await assume(aws);
    const issued = aws.log.map(({ issuedAccessKeyId }) => issuedAccessKeyId);
    expect(issued).toEqual([expect.stringMatching(/^ASIA/), accessKeyId]);
    expect(new Set(issued).size).toBe(2);

    const { identityCenter } = aws.world;
    const user = addUser(aws.world, { userName: 'erin', issuer: 'https://idp.example', externalId: 'erin' });
    aws.fault({ service: 'sso-admin', action: 'CreateAccountAssignment', kind: 'twice', times: 1 });
    const command = new CreateAccountAssignmentCommand({
      InstanceArn: identityCenter.instanceArn,
      PermissionSetArn: identityCenter.permissionSets[0]?.arn,
      TargetId: '111122223333',
      TargetType: 'AWS_ACCOUNT',
      PrincipalType: 'USER',
      PrincipalId: user.userId,
    });
    expect(await error(clients(aws).sso.send(command))).toBe('ConflictException');
  });
});

describe('the fault stale', () => {
  it('shows a policy as it was before the last write, while the write is in force', async () => {
    const { aws, iam, create } = await denyWriter();
    await create('a');
    await create('b');
    aws.fault({ service: 'iam', action: '*', kind: 'stale' });
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn: PROD_BOUNDARY }));
    expect(Policy?.DefaultVersionId).toBe('v2');
    const third = new GetPolicyVersionCommand({ PolicyArn: PROD_BOUNDARY, VersionId: 'v3' });
    expect(await error(iam.send(third))).toBe('NoSuchEntityException');
    // A write is not held back by it.
    expect((await create('c')).PolicyVersion?.VersionId).toBe('v4');
    aws.clearFaults();
    await expect(iam.send(third)).resolves.toBeDefined();
  });
});

describe('which calls a fault hits', () => {
  it('only those that act in its account', async () => {
    const { aws, create, staging } = await denyWriter();
    const account = '111122223333';
    aws.fault({ service: 'iam', action: '*', kind: 'throttle', account });
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'refuse', account });
    expect(await error(create())).toBe('Throttling');
    expect(await error(staging.create())).toBe('done');
    expect(await error(assume(aws))).toBe('AccessDenied');
    expect(await error(assume(aws, { RoleArn: 'arn:aws:iam::444455556666:role/daypass-admin' }))).toBe(
      'done',
    );
  });

  it('every so many, counted over the calls that it fits', async () => {
    const { aws } = await awsUnderTest();
    aws.fault({ service: 'sts', action: 'AssumeRole', kind: 'throttle', every: 3, times: 2 });
    const { sts } = clients(aws);
    const command = new AssumeRoleCommand({ RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1' });
    const seen: string[] = [];
    for (let i = 0; i < 10; i++) seen.push(await error(sts.send(command)));
    expect(seen.map((name) => name === 'Throttling')).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n === 3 || n === 6),
    );
  });

  it('those that a seed chooses, the same ones each time', async () => {
    const { aws } = await awsUnderTest();
    const command = new AssumeRoleCommand({ RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1' });
    const campaign = async (seed: number): Promise<string> => {
      aws.clearFaults();
      aws.fault({ service: 'sts', action: '*', kind: 'throttle', probability: 0.4, seed });
      const { sts } = clients(aws);
      let hits = '';
      for (let i = 0; i < 40; i++) hits += (await error(sts.send(command))) === 'done' ? '.' : 'x';
      return hits;
    };
    const first = await campaign(7);
    expect(await campaign(7)).toBe(first);
    expect(await campaign(8)).not.toBe(first);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
  });

  it('as they are set over HTTP, where wrong ones are refused', async () => {
    const { aws } = await awsUnderTest();
    const post = async (fault: Record<string, unknown>) => {
      const body = JSON.stringify({ service: 'iam', action: '*', kind: 'throttle', ...fault });
      return (await fetch(`${aws.endpoint}/_faults`, { method: 'POST', body })).status;
    };
    for (const right of [
      { account: '111122223333', every: 2 },
      { probability: 0.5, seed: 3 },
      { kind: 'twice' },
      { kind: 'stale', times: 1 },
    ]) {
      expect(await post(right), JSON.stringify(right)).toBe(201);
    }
    for (const wrong of [
      { account: 111122223333 },
      { account: 'prod' },
      { every: 0 },
      { every: 1.5 },
      { probability: 0 },
      { probability: 1.1 },
      { probability: 0.5, every: 2 },
      { seed: 'x' },
      { propability: 0.5 },
    ]) {
      expect(await post(wrong), JSON.stringify(wrong)).toBe(400);
    }
    const { sts } = clients(aws);
    const command = new AssumeRoleCommand({ RoleArn: PROD_ADMIN, RoleSessionName: 'ses_1' });
    expect(await post({ service: 'sts' })).toBe(201);
    expect(await error(sts.send(command))).toBe('Throttling');
    await fetch(`${aws.endpoint}/_faults`, { method: 'DELETE' });
    expect(await error(sts.send(command))).toBe('done');
  });
});
