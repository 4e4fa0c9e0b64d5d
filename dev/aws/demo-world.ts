import { allow, makeRole, targetAccount } from './target-account.ts';
import type { Account, World } from './world.ts';

const BROKER_ACCOUNT = '999988887777';
const BROKER_ROLE = `arn:aws:iam::${BROKER_ACCOUNT}:role/daypass-broker`;
const INSTANCE = 'arn:aws:sso:::instance/ssoins-7223d05fe0ad6a5c';

/**
 * A broker account with the role `daypass-broker` and Identity Center; accounts prod (111122223333) and staging (444455556666)
 * with the roles `daypass-admin`, `daypass-readonly`, `daypass-deny-writer` and `daypass-inspector`; the permission set
 * `ReadOnlyAccess`. No users: see addUser. Every call makes a world of its own.
 */
export function demoWorld(): World {
  return {
    region: 'us-east-1',
    brokerRoleArn: BROKER_ROLE,
    accounts: [
      brokerAccount(),
      targetAccount({ id: '111122223333', name: 'prod', brokerRoleArn: BROKER_ROLE }),
      targetAccount({ id: '444455556666', name: 'staging', brokerRoleArn: BROKER_ROLE }),
    ],
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
          managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
          permissionsBoundary: 'daypass-boundary',
        },
      ],
      users: [],
      assignments: [],
    },
  };
}

function brokerAccount(): Account {
  const role = makeRole(BROKER_ACCOUNT, 'daypass-broker', {
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
          'sso:GetPermissionsBoundaryForPermissionSet',
          'identitystore:GetUserId',
          'identitystore:DescribeUser',
        ],
        Resource: '*',
      },
    ],
  };
  return {
    id: BROKER_ACCOUNT,
    name: 'security',
    alias: 'daypass-security',
    roles: [role],
    managedPolicies: {},
    buckets: [],
  };
}

/** The demo's world with this many target accounts, `target-1` and so on, in the place of prod and staging. */
export function manyAccounts(count: number): World {
  const world = demoWorld();
  const targets = Array.from({ length: count }, (_, i) => {
    const id = String(200_000_000_001 + i);
    return targetAccount({ id, name: `target-${i + 1}`, brokerRoleArn: BROKER_ROLE });
  });
  return { ...world, accounts: [...world.accounts.slice(0, 1), ...targets] };
}
