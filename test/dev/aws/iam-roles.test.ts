import {
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { manyAccounts } from '../../../dev/aws/world.ts';
import { assume, awsUnderTest, clients, INSPECTOR, PROD_BOUNDARY } from './aws-under-test.ts';

async function inspector() {
  const started = await awsUnderTest();
  const session = await assume(started.aws, { RoleArn: INSPECTOR, RoleSessionName: 'inspect' });
  return { ...started, iam: clients(started.aws, session).iam };
}

describe('what can be read of a role', () => {
  it('is its trust policy, boundary, longest session and tags', async () => {
    const { aws, iam } = await inspector();
    const admin = aws.world.accounts[1]?.roles[0];
    if (admin) admin.tags = { Team: 'platform' };
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'daypass-admin' }));
    expect(Role).toMatchObject({
      RoleName: 'daypass-admin',
      Arn: 'arn:aws:iam::111122223333:role/daypass-admin',
      Path: '/',
      RoleId: admin?.id,
      MaxSessionDuration: 43_200,
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: PROD_BOUNDARY },
      Tags: [{ Key: 'Team', Value: 'platform' }],
    });
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(admin?.trustPolicy);
    expect(Role?.AssumeRolePolicyDocument).not.toMatch(/[{"*]/);
  });

  it('is its inline policies and the managed ones, by name', async () => {
    const { aws, iam } = await inspector();
    const role = { RoleName: 'daypass-deny-writer' };
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand(role));
    expect(PolicyNames).toEqual(['daypass-deny-writer', 'more']);
    const named = new GetRolePolicyCommand({ ...role, PolicyName: 'daypass-deny-writer' });
    const { PolicyDocument } = await iam.send(named);
    expect(JSON.parse(decodeURIComponent(PolicyDocument ?? ''))).toEqual(
      aws.world.accounts[1]?.roles[2]?.inlinePolicies['daypass-deny-writer'],
    );
    const none = new GetRolePolicyCommand({ ...role, PolicyName: 'none' });
    await expect(iam.send(none)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    const attached = new ListAttachedRolePoliciesCommand({ RoleName: 'daypass-admin' });
    expect((await iam.send(attached)).AttachedPolicies).toEqual([
      { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    ]);
  });

  it('is NoSuchEntity for a role that is not there, and denied for one that is not the inspector’s to read', async () => {
    const { iam } = await inspector();
    await expect(iam.send(new GetRoleCommand({ RoleName: 'daypass-none' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      $metadata: { httpStatusCode: 404 },
    });
    await expect(iam.send(new GetRoleCommand({ RoleName: 'other' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });
});

describe('the inspector', () => {
  it('reads the boundary and the alias of the account, and may do nothing else', async () => {
    const { iam } = await inspector();
    const read = new GetPolicyVersionCommand({ PolicyArn: PROD_BOUNDARY, VersionId: 'v1' });
    await expect(iam.send(read)).resolves.toBeDefined();
    const { AccountAliases } = await iam.send(new ListAccountAliasesCommand({}));
    expect(AccountAliases).toEqual(['daypass-prod']);
    const entities = new ListEntitiesForPolicyCommand({ PolicyArn: PROD_BOUNDARY });
    await expect(iam.send(entities)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('is assumed without tags or source identity only, as is the deny-writer', async () => {
    const { aws } = await awsUnderTest();
    for (const role of ['daypass-inspector', 'daypass-deny-writer']) {
      const RoleArn = `arn:aws:iam::444455556666:role/${role}`;
      await expect(assume(aws, { RoleArn })).resolves.toBeDefined();
      const tagged = { RoleArn, Tags: [{ Key: 'a', Value: 'b' }] };
      await expect(assume(aws, tagged)).rejects.toMatchObject({ name: 'AccessDenied' });
      await expect(assume(aws, { RoleArn, SourceIdentity: 'usr_1' })).rejects.toMatchObject({
        name: 'AccessDenied',
      });
    }
  });
});

describe('IAM', () => {
  it('answers InvalidAction to what it does not know, and NotImplemented to a parameter that it would not heed', async () => {
    const { aws, iam } = await inspector();
    const simulate = new SimulatePrincipalPolicyCommand({
      PolicySourceArn: INSPECTOR,
      ActionNames: ['s3:*'],
    });
    await expect(iam.send(simulate)).rejects.toMatchObject({ name: 'InvalidAction' });
    expect(aws.log.at(-1)).toMatchObject({ service: 'iam', action: 'SimulatePrincipalPolicy', status: 400 });
    const page = new ListRolePoliciesCommand({ RoleName: 'daypass-admin', MaxItems: 1001 });
    await expect(iam.send(page)).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('is global: whatever the region, a call is one to us-east-1', async () => {
    const { aws } = await awsUnderTest();
    aws.world.region = 'eu-west-1';
    const inspect = aws.world.accounts[1]?.roles[3];
    const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
    const session = await assume(aws, { RoleArn: INSPECTOR });
    const alias = () => clients(aws, session).iam.send(new ListAccountAliasesCommand({}));
    if (inspect) {
      const Condition = { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' } };
      inspect.inlinePolicies['region'] = { Statement: [{ ...deny, Condition }] };
    }
    await expect(alias()).resolves.toBeDefined();
    if (inspect) {
      const Condition = { StringEquals: { 'aws:RequestedRegion': 'us-east-1' } };
      inspect.inlinePolicies['region'] = { Statement: [{ ...deny, Condition }] };
    }
    await expect(alias()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('holds as many target accounts as are asked for, each with its own boundary', async () => {
    const { aws } = await awsUnderTest({ world: manyAccounts(60) });
    expect(aws.world.accounts).toHaveLength(61);
    const RoleArn = 'arn:aws:iam::200000000060:role/daypass-inspector';
    const { iam } = clients(aws, await assume(aws, { RoleArn }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'daypass-admin' }));
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(
      'arn:aws:iam::200000000060:policy/daypass-boundary',
    );
  });
});
