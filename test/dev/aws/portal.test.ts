import { ListBucketsCommand } from '@aws-sdk/client-s3';
import {
  CreateAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  GetPermissionsBoundaryForPermissionSetCommand,
} from '@aws-sdk/client-sso-admin';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { addUser } from '../../../dev/aws/world.ts';
import { awsUnderTest, clients, PROD_BOUNDARY, statementsOf } from './aws-under-test.ts';

const list = new ListBucketsCommand({});
const denied = { name: 'AccessDenied' };

async function assigned() {
  const started = await awsUnderTest({ settling: { polls: 0, seconds: 30 } });
  const { world } = started.aws;
  const { identityCenter } = world;
  const set = identityCenter.permissionSets[0];
  if (!set) throw new Error('no permission set');
  const person = (userName: string) => {
    const { userId } = addUser(world, { userName, issuer: 'https://idp.example', externalId: userName });
    const assignment = { accountId: '111122223333', permissionSetArn: set.arn, principalId: userId };
    identityCenter.assignments.push({ ...assignment, principalType: 'USER' });
    return { userId, permissionSetArn: set.arn, accountId: '111122223333' };
  };
  const boundary = () => statementsOf(world.accounts[1]?.managedPolicies[PROD_BOUNDARY]);
  return { ...started, set, person, boundary };
}

describe('sessions of the access portal', () => {
  it('are of the role that the permission set has in the account, and live as long as the set says', async () => {
    const { aws, person, set, passSeconds } = await assigned();
    set.sessionDuration = 'PT2H';
    const { s3, sts } = clients(aws, aws.portalCredentials(person('erin')));
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    expect(Arn).toMatch(
      /^arn:aws:sts::111122223333:assumed-role\/AWSReservedSSO_ReadOnlyAccess_[0-9a-f]{16}\/erin$/,
    );
    const role = aws.world.accounts[1]?.roles.at(-1);
    expect(role?.arn).toMatch(/:role\/aws-reserved\/sso\.amazonaws\.com\/AWSReservedSSO_ReadOnlyAccess_/);
    passSeconds(7199);
    await expect(s3.send(list)).resolves.toBeDefined();
    passSeconds(1);
    await expect(s3.send(list)).rejects.toMatchObject({ name: 'ExpiredToken' });
  });

  it('are given to those who are assigned only, and go on living when the assignment is deleted', async () => {
    const { aws, person } = await assigned();
    const erin = person('erin');
    const { s3 } = clients(aws, aws.portalCredentials(erin));
    aws.world.identityCenter.assignments = [];
    await expect(s3.send(list)).resolves.toBeDefined();
    expect(() => aws.portalCredentials(erin)).toThrow(/is not assigned/);
  });

  it('are cut by a deny on person, time of issue and role in the boundary, and nobody else is', async () => {
    const { aws, person, boundary, passSeconds, now } = await assigned();
    const erin = person('erin');
    const early = clients(aws, aws.portalCredentials(erin)).s3;
    const other = clients(aws, aws.portalCredentials(person('avery'))).s3;
    passSeconds(10);
    boundary().push({
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: {
        StringEquals: { 'identitystore:UserId': [erin.userId] },
        DateLessThan: { 'aws:TokenIssueTime': now().toISOString() },
        ArnLike: {
          'aws:PrincipalArn':
            'arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_ReadOnlyAccess_*',
        },
      },
    });
    await expect(early.send(list)).rejects.toMatchObject(denied);
    await expect(other.send(list)).resolves.toBeDefined();
    passSeconds(1);
    const later = clients(aws, aws.portalCredentials(erin)).s3;
    await expect(later.send(list)).resolves.toBeDefined();
  });

  it('have the region in the role’s path outside of us-east-1', async () => {
    const { aws, person } = await assigned();
    aws.world.region = 'eu-west-1';
    aws.portalCredentials(person('erin'));
    expect(aws.world.accounts[1]?.roles.at(-1)?.arn).toContain(
      '/sso.amazonaws.com/eu-west-1/AWSReservedSSO_',
    );
  });

  it('have the same unique role in each account, another in another account', async () => {
    const { aws, person } = await assigned();
    const erin = person('erin');
    aws.portalCredentials(erin);
    aws.portalCredentials(erin);
    const [assignment] = aws.world.identityCenter.assignments;
    if (assignment) assignment.accountId = '444455556666';
    aws.portalCredentials({ ...erin, accountId: '444455556666' });
    const names = aws.world.accounts.map(({ roles }) =>
      roles.map(({ name }) => name).filter((name) => name.startsWith('AWSReservedSSO_')),
    );
    expect(names.map(({ length }) => length)).toEqual([0, 1, 1]);
    expect(names[1]).not.toEqual(names[2]);
  });
});

describe('the boundary of a permission set', () => {
  it('is told by name, and not found where there is none', async () => {
    const { aws, set } = await assigned();
    const { sso } = clients(aws);
    const InstanceArn = aws.world.identityCenter.instanceArn;
    const command = new GetPermissionsBoundaryForPermissionSetCommand({
      InstanceArn,
      PermissionSetArn: set.arn,
    });
    expect((await sso.send(command)).PermissionsBoundary).toEqual({
      CustomerManagedPolicyReference: { Name: 'daypass-boundary', Path: '/' },
    });
    delete set.permissionsBoundary;
    await expect(sso.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('must exist in the account: the assignment fails late, and the portal gives nothing', async () => {
    const { aws, person, set } = await assigned();
    const erin = person('erin');
    const prod = aws.world.accounts[1];
    if (prod) prod.managedPolicies = {};
    expect(() => aws.portalCredentials(erin)).toThrow(/has no policy/);
    aws.world.identityCenter.assignments = [];
    const { sso } = clients(aws);
    const InstanceArn = aws.world.identityCenter.instanceArn;
    const { AccountAssignmentCreationStatus: begun } = await sso.send(
      new CreateAccountAssignmentCommand({
        InstanceArn,
        PermissionSetArn: set.arn,
        TargetId: '111122223333',
        TargetType: 'AWS_ACCOUNT',
        PrincipalType: 'USER',
        PrincipalId: erin.userId,
      }),
    );
    const { AccountAssignmentCreationStatus: ended } = await sso.send(
      new DescribeAccountAssignmentCreationStatusCommand({
        InstanceArn,
        AccountAssignmentCreationRequestId: begun?.RequestId,
      }),
    );
    expect(ended).toMatchObject({ Status: 'FAILED', FailureReason: expect.stringContaining(PROD_BOUNDARY) });
  });
});
