import { DescribeUserCommand, GetUserIdCommand } from '@aws-sdk/client-identitystore';
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListPermissionSetsCommand,
} from '@aws-sdk/client-sso-admin';
import { describe, expect, it } from 'vitest';
import type { AwsOptions } from '../../../dev/aws/aws.ts';
import { addUser } from '../../../dev/aws/world.ts';
import { assume, awsUnderTest, clients, statementsOf } from './aws-under-test.ts';

const issuer = 'http://127.0.0.1:4000';

async function identityCenter(options: Partial<AwsOptions> = {}) {
  const started = await awsUnderTest(options);
  const { world } = started.aws;
  const user = addUser(world, { userName: 'erin', displayName: 'Erin', issuer, externalId: 'sub-erin' });
  const other = addUser(world, { userName: 'avery', issuer, externalId: 'sub-avery' });
  const { instanceArn: InstanceArn, identityStoreId: IdentityStoreId, permissionSets } = world.identityCenter;
  const PermissionSetArn = permissionSets[0]?.arn ?? '';
  const assignment = {
    InstanceArn,
    TargetId: '111122223333',
    TargetType: 'AWS_ACCOUNT' as const,
    PermissionSetArn,
    PrincipalType: 'USER' as const,
    PrincipalId: user.userId,
  };
  const { sso, identitystore } = clients(started.aws);
  const create = async (change: Partial<typeof assignment> = {}) => {
    const answer = await sso.send(new CreateAccountAssignmentCommand({ ...assignment, ...change }));
    return answer.AccountAssignmentCreationStatus;
  };
  const remove = async () => {
    const answer = await sso.send(new DeleteAccountAssignmentCommand(assignment));
    return answer.AccountAssignmentDeletionStatus;
  };
  const created = async (id: string | undefined) => {
    const input = { InstanceArn, AccountAssignmentCreationRequestId: id };
    const answer = await sso.send(new DescribeAccountAssignmentCreationStatusCommand(input));
    return answer.AccountAssignmentCreationStatus;
  };
  const removed = async (id: string | undefined) => {
    const input = { InstanceArn, AccountAssignmentDeletionRequestId: id };
    const answer = await sso.send(new DescribeAccountAssignmentDeletionStatusCommand(input));
    return answer.AccountAssignmentDeletionStatus;
  };
  const list = async () => {
    const input = { InstanceArn, AccountId: '111122223333', PermissionSetArn };
    return (await sso.send(new ListAccountAssignmentsCommand(input))).AccountAssignments;
  };
  return {
    ...started,
    user,
    other,
    InstanceArn,
    IdentityStoreId,
    PermissionSetArn,
    assignment,
    sso,
    identitystore,
    create,
    remove,
    created,
    removed,
    list,
  };
}

const conflict = { name: 'ConflictException', $metadata: { httpStatusCode: 400 } };
const notFound = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 400 } };

describe('account assignments', () => {
  it('are made and deleted asynchronously, each seen in progress before it is done', async () => {
    const { now, user, assignment, create, created, remove, removed, list } = await identityCenter();
    const making = await create();
    const { InstanceArn: _instance, ...same } = assignment;
    expect(making).toMatchObject({ ...same, Status: 'IN_PROGRESS', CreatedDate: now() });
    expect(await list()).toEqual([]);
    expect((await created(making?.RequestId))?.Status).toBe('IN_PROGRESS');
    expect((await created(making?.RequestId))?.Status).toBe('SUCCEEDED');
    expect(await list()).toMatchObject([{ AccountId: '111122223333', PrincipalId: user.userId }]);

    const deleting = await remove();
    expect(deleting?.Status).toBe('IN_PROGRESS');
    expect((await removed(deleting?.RequestId))?.Status).toBe('IN_PROGRESS');
    expect(await list()).toHaveLength(1);
    expect((await removed(deleting?.RequestId))?.Status).toBe('SUCCEEDED');
    expect(await list()).toEqual([]);
  });

  it('come to their end by the clock when nobody asks', async () => {
    const { passSeconds, create, list } = await identityCenter({ settling: { polls: 1000, seconds: 60 } });
    await create();
    passSeconds(59);
    await expect(create()).rejects.toMatchObject(conflict);
    passSeconds(1);
    await expect(create()).resolves.toMatchObject({ Status: 'IN_PROGRESS' });
    expect(await list()).toHaveLength(1);
  });

  it('conflict with a change of the same assignment under way, and with no other', async () => {
    const { other, create, created } = await identityCenter();
    const first = await create();
    await expect(create()).rejects.toMatchObject(conflict);
    await expect(create({ PrincipalId: other.userId })).resolves.toMatchObject({ Status: 'IN_PROGRESS' });
    await expect(create({ TargetId: '444455556666' })).resolves.toMatchObject({ Status: 'IN_PROGRESS' });
    await created(first?.RequestId);
    await created(first?.RequestId);
    await expect(create()).resolves.toMatchObject({ Status: 'IN_PROGRESS' });
  });

  it('are accepted and fail late, with a reason, for an account or a person that does not exist', async () => {
    const { create, created, list } = await identityCenter({ settling: { polls: 0, seconds: 30 } });
    const account = await create({ TargetId: '123412341234' });
    expect(await created(account?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: expect.stringContaining('Account'),
    });
    const person = await create({ PrincipalId: '00000000-0000-4000-8000-000000000000' });
    expect(await created(person?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: expect.stringContaining('Principal'),
    });
    expect(await list()).toEqual([]);
  });

  it('fail late on demand', async () => {
    const { aws, create, created, list } = await identityCenter();
    aws.fault({
      service: 'sso-admin',
      action: 'CreateAccountAssignment',
      kind: 'fail-late',
      reason: 'Role quota exceeded',
      times: 1,
    });
    const making = await create();
    await created(making?.RequestId);
    expect(await created(making?.RequestId)).toMatchObject({
      Status: 'FAILED',
      FailureReason: 'Role quota exceeded',
    });
    expect(await list()).toEqual([]);
    await expect(create()).resolves.toMatchObject({ Status: 'IN_PROGRESS' });
  });

  it('refuse an eleventh outstanding operation by throttling', async () => {
    const { aws, create } = await identityCenter();
    for (let i = 0; i < 10; i += 1) {
      const user = addUser(aws.world, { userName: `u${i}`, issuer, externalId: `sub-${i}` });
      await create({ PrincipalId: user.userId });
    }
    await expect(create()).rejects.toMatchObject({ name: 'ThrottlingException' });
  });

  it('answer ResourceNotFoundException for what is not there', async () => {
    const { InstanceArn, PermissionSetArn, sso, create, created, remove, removed } = await identityCenter();
    await expect(create({ PermissionSetArn: `${PermissionSetArn.slice(0, -2)}00` })).rejects.toMatchObject(
      notFound,
    );
    await expect(remove()).rejects.toMatchObject(notFound);
    const making = await create();
    await expect(created('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject(notFound);
    await expect(removed(making?.RequestId)).rejects.toMatchObject(notFound);
    const missing = new DescribePermissionSetCommand({
      InstanceArn,
      PermissionSetArn: `${PermissionSetArn.slice(0, -2)}00`,
    });
    await expect(sso.send(missing)).rejects.toMatchObject(notFound);
  });

  it('answer ValidationException for parameters that are not of their form', async () => {
    const { create } = await identityCenter();
    for (const change of [
      { TargetId: '1111' },
      { PrincipalId: 'erin' },
      { PermissionSetArn: 'ReadOnlyAccess' },
    ]) {
      await expect(create(change)).rejects.toMatchObject({ name: 'ValidationException' });
    }
  });

  it('are refused to whom the policies or the owner of the instance do not allow them', async () => {
    const { aws, assignment, create } = await identityCenter();
    const admin = clients(aws, await assume(aws)).sso;
    const denied = { name: 'AccessDeniedException' };
    await expect(admin.send(new CreateAccountAssignmentCommand(assignment))).rejects.toMatchObject(denied);
    const policy = aws.world.accounts[0]?.roles[0]?.inlinePolicies['daypass-broker'];
    statementsOf(policy).push({
      Effect: 'Deny',
      Action: 'sso:*',
      Resource: 'arn:aws:sso:::account/111122223333',
    });
    await expect(create()).rejects.toMatchObject(denied);
    await expect(create({ TargetId: '444455556666' })).resolves.toBeDefined();
  });
});

describe('permission sets', () => {
  it('are listed and described', async () => {
    const { InstanceArn, PermissionSetArn, sso } = await identityCenter();
    expect((await sso.send(new ListPermissionSetsCommand({ InstanceArn }))).PermissionSets).toEqual([
      PermissionSetArn,
    ]);
    const one = await sso.send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn }));
    expect(one.PermissionSet).toMatchObject({
      Name: 'ReadOnlyAccess',
      PermissionSetArn,
      SessionDuration: 'PT1H',
    });
  });
});

describe('the identity store', () => {
  it('finds a person by issuer and id, and by user name, and describes them', async () => {
    const { user, IdentityStoreId, identitystore } = await identityCenter();
    const find = async (AlternateIdentifier: GetUserIdCommand['input']['AlternateIdentifier']) =>
      (await identitystore.send(new GetUserIdCommand({ IdentityStoreId, AlternateIdentifier }))).UserId;
    expect(await find({ ExternalId: { Issuer: issuer, Id: 'sub-erin' } })).toBe(user.userId);
    expect(await find({ UniqueAttribute: { AttributePath: 'userName', AttributeValue: 'ERIN' } })).toBe(
      user.userId,
    );
    await expect(find({ ExternalId: { Issuer: `${issuer}/`, Id: 'sub-erin' } })).rejects.toMatchObject({
      ...notFound,
      ResourceType: 'USER',
    });
    const described = await identitystore.send(
      new DescribeUserCommand({ IdentityStoreId, UserId: user.userId }),
    );
    expect(described).toMatchObject({
      UserName: 'erin',
      DisplayName: 'Erin',
      ExternalIds: [{ Issuer: issuer, Id: 'sub-erin' }],
    });
  });

  it('answers the documented errors', async () => {
    const { aws, IdentityStoreId, user, identitystore } = await identityCenter();
    const describeIn = (store: string, UserId: string) =>
      identitystore.send(new DescribeUserCommand({ IdentityStoreId: store, UserId }));
    await expect(describeIn('d-0000000000', user.userId)).rejects.toMatchObject({
      ...notFound,
      ResourceType: 'IDENTITY_STORE',
    });
    await expect(describeIn(IdentityStoreId, user.userId.replace(/.$/, 'x'))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    aws.world.identityCenter.users = [];
    await expect(describeIn(IdentityStoreId, user.userId)).rejects.toMatchObject({
      ...notFound,
      ResourceId: user.userId,
    });
    const broker = aws.world.accounts[0]?.roles[0];
    if (broker) broker.inlinePolicies = {};
    await expect(describeIn(IdentityStoreId, user.userId)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});
