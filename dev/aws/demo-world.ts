import type { PolicyDocument } from './iam/policy.ts';
import type { Account, Role, World } from './world.ts';

const BROKER_ACCOUNT = '999988887777';
const BROKER_ROLE = `arn:aws:iam::${BROKER_ACCOUNT}:role/daypass-broker`;
const INSTANCE = 'arn:aws:sso:::instance/ssoins-7223d05fe0ad6a5c';

/**
 * A broker account with the role `daypass-broker` and Identity Center; accounts prod (111122223333) and staging (444455556666)
 * with the roles `daypass-admin` and `daypass-readonly`; the permission set `ReadOnlyAccess`. No users: see addUser. Every
 * call makes a world of its own.
 */
export function demoWorld(): World {
  return {
    region: 'us-east-1',
    brokerRoleArn: BROKER_ROLE,
    accounts: [brokerAccount(), target('111122223333', 'prod'), target('444455556666', 'staging')],
    awsManagedPolicies: {
      'arn:aws:iam::aws:policy/AdministratorAccess': allow(['*']),
      'arn:aws:iam::aws:policy/ReadOnlyAccess': allow([
        's3:Get*',
        's3:List*',
        'ec2:Describe*',
        'iam:Get*',
        'iam:List*',
      ]),
    },
    identityCenter: {
      ownerAccount: BROKER_ACCOUNT,
      instanceArn: INSTANCE,
      identityStoreId: 'd-9067642ac7',
      permissionSets: [
        {
          arn: `${INSTANCE.replace(':instance/', ':permissionSet/')}/ps-6f1e2d3c4b5a6978`,
          name: 'ReadOnlyAccess',
          sessionDuration: 'PT1H',
        },
      ],
      users: [],
      assignments: [],
    },
  };
}

function brokerAccount(): Account {
  const role = makeRole(BROKER_ACCOUNT, 'daypass-broker', 'AROABROKERDAYPASS0001', {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  });
  role.inlinePolicies['daypass-broker'] = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'LendTheTargetRoles',
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
        Resource: 'arn:aws:iam::*:role/daypass-*',
      },
      {
        Sid: 'AssignPermissionSets',
        Effect: 'Allow',
        Action: [
          'sso:CreateAccountAssignment',
          'sso:DeleteAccountAssignment',
          'sso:DescribeAccountAssignmentCreationStatus',
          'sso:DescribeAccountAssignmentDeletionStatus',
          'sso:ListAccountAssignments',
          'sso:ListPermissionSets',
          'sso:DescribePermissionSet',
          'identitystore:GetUserId',
          'identitystore:DescribeUser',
        ],
        Resource: '*',
      },
    ],
  };
  return { id: BROKER_ACCOUNT, name: 'security', roles: [role], managedPolicies: {}, buckets: [] };
}

function target(id: string, name: string): Account {
  const boundaryArn = `arn:aws:iam::${id}:policy/daypass-boundary`;
  const trust: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: BROKER_ROLE },
        Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
      },
    ],
  };
  const admin = makeRole(id, 'daypass-admin', `AROA${name.toUpperCase().padEnd(12, '0')}ADMIN`, trust);
  admin.managedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
  admin.permissionsBoundaryArn = boundaryArn;
  const readonly = makeRole(id, 'daypass-readonly', `AROA${name.toUpperCase().padEnd(12, '0')}READS`, trust);
  readonly.managedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
  readonly.permissionsBoundaryArn = boundaryArn;
  return {
    id,
    name,
    roles: [admin, readonly],
    managedPolicies: { [boundaryArn]: allow(['*']) },
    buckets: [{ name: `${name}-data`, created: '2026-01-05T09:00:00Z' }],
  };
}

function makeRole(account: string, name: string, id: string, trustPolicy: PolicyDocument): Role {
  return {
    name,
    arn: `arn:aws:iam::${account}:role/${name}`,
    id,
    trustPolicy: structuredClone(trustPolicy),
    inlinePolicies: {},
    managedPolicyArns: [],
    maxSessionDuration: 43_200,
    tags: {},
  };
}

function allow(actions: string[]): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] };
}
