import { createHash } from 'node:crypto';
import type { PolicyDocument } from './iam/policy.ts';
import type { Account, Role } from './world.ts';

/**
 * An account set up for Daypass: the boundary policy, the roles `daypass-admin` and `daypass-readonly` to lend, `daypass-deny-writer`
 * that writes versions of the boundary, and `daypass-inspector` that reads.
 */
export function targetAccount(options: { id: string; name: string; brokerRoleArn: string }): Account {
  const { id, name, brokerRoleArn } = options;
  const boundaryArn = `arn:aws:iam::${id}:policy/daypass-boundary`;
  const lent = trust(brokerRoleArn, ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']);
  const admin = makeRole(id, 'daypass-admin', lent);
  admin.managedPolicyArns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
  admin.permissionsBoundaryArn = boundaryArn;
  const readonly = makeRole(id, 'daypass-readonly', lent);
  readonly.managedPolicyArns = ['arn:aws:iam::aws:policy/ReadOnlyAccess'];
  readonly.permissionsBoundaryArn = boundaryArn;
  const own = trust(brokerRoleArn, ['sts:AssumeRole']);
  return {
    id,
    name,
    alias: `daypass-${name}`,
    roles: [
      admin,
      readonly,
      withPolicy(makeRole(id, 'daypass-deny-writer', own), denyWriterPolicy(boundaryArn)),
      withPolicy(makeRole(id, 'daypass-inspector', own), inspectorPolicy(id, boundaryArn)),
    ],
    managedPolicies: { [boundaryArn]: allow(['*']) },
    buckets: [{ name: `${name}-data`, created: '2026-01-05T09:00:00Z' }],
  };
}

function denyWriterPolicy(boundaryArn: string): PolicyDocument {
  return allow(
    [
      'iam:CreatePolicyVersion',
      'iam:DeletePolicyVersion',
      'iam:GetPolicyVersion',
      'iam:ListPolicyVersions',
      'iam:ListEntitiesForPolicy',
    ],
    boundaryArn,
  );
}

function inspectorPolicy(account: string, boundaryArn: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['iam:GetRole', 'iam:ListRolePolicies', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies'],
        Resource: `arn:aws:iam::${account}:role/daypass-*`,
      },
      { Effect: 'Allow', Action: ['iam:GetPolicy', 'iam:GetPolicyVersion'], Resource: boundaryArn },
      { Effect: 'Allow', Action: 'iam:ListAccountAliases', Resource: '*' },
    ],
  };
}

/** A role without permissions. Its unique id follows from account and name. */
export function makeRole(account: string, name: string, trustPolicy: PolicyDocument): Role {
  const unique = createHash('sha256').update(`${account} ${name}`).digest('hex').slice(0, 17);
  return {
    name,
    arn: `arn:aws:iam::${account}:role/${name}`,
    id: `AROA${unique.toUpperCase()}`,
    trustPolicy: structuredClone(trustPolicy),
    inlinePolicies: {},
    managedPolicyArns: [],
    maxSessionDuration: 43_200,
    tags: {},
  };
}

export function allow(actions: string[], resource = '*'): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] };
}

function withPolicy(role: Role, policy: PolicyDocument): Role {
  role.inlinePolicies[role.name] = policy;
  return role;
}

function trust(brokerRoleArn: string, actions: string[]): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: brokerRoleArn }, Action: actions }],
  };
}
