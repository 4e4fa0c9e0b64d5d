import { cutOff } from './clip.ts';

/** STS refuses longer ones (AWS STS API reference, AssumeRole, Policy), in characters. */
export const maxPolicyCharacters = 2048;

// Ways on to other roles and to tokens that outlive the session. AssumeRoot is no AssumeRole*.
const onwardActions = [
  'sts:AssumeRole*',
  'sts:AssumeRoot',
  'sts:GetWebIdentityToken',
  'sts:GetServiceBearerToken',
  'sts:GetFederationToken',
  'sts:GetSessionToken',
];

// Ways in that stay behind: keys, users, trust, policies, providers, assignments. Wildcards stand where every action of
// the family is one (Service Authorization Reference: IAM, Roles Anywhere, Identity Center, Identity Store). Not among
// them: CreateServiceLinkedRole, which services need and whose roles only they can assume.
const lastingActions = [
  'iam:Add*',
  'iam:Attach*',
  'iam:ChangePassword',
  'iam:CreateAccessKey',
  'iam:CreateGroup',
  'iam:CreateInstanceProfile',
  'iam:CreateLoginProfile',
  'iam:CreateOpenIDConnectProvider',
  'iam:CreatePolicy*',
  'iam:CreateRole',
  'iam:CreateSAMLProvider',
  'iam:CreateServiceSpecificCredential',
  'iam:CreateUser',
  'iam:CreateVirtualMFADevice',
  'iam:Deactivate*',
  'iam:DeleteGroupPolicy',
  'iam:DeletePolicy*',
  'iam:DeleteRole*',
  'iam:DeleteUserP*',
  'iam:Detach*',
  'iam:Enable*',
  'iam:Put*',
  'iam:Reset*',
  'iam:Set*',
  'iam:TagRole',
  'iam:UntagRole',
  'iam:Update*',
  'iam:Upload*',
  'rolesanywhere:Create*',
  'rolesanywhere:Enable*',
  'rolesanywhere:Import*',
  'rolesanywhere:Put*',
  'rolesanywhere:Update*',
  'sso:Attach*',
  'sso:Create*',
  'sso:Put*',
  'sso:Update*',
  'identitystore:Create*',
  'identitystore:Update*',
  'account-access:Create*',
];

export interface SessionPolicyInput {
  readonly grantEndsAt: Date;
  readonly allowOnward: boolean;
  readonly allowIamWrite: boolean;
}

/**
 * The policy that every session carries, as compact JSON of at most 2,048 characters. The Allow lets the role's own
 * permissions show through (a session policy grants nothing by itself); the denies cut: everything from the grant's end,
 * to the second, and, unless the entitlement allows them by name, going on to other roles and making lasting ways in.
 */
export function sessionPolicy(input: SessionPolicyInput): string {
  const end = `${cutOff(input.grantEndsAt).toISOString().slice(0, 19)}Z`;
  const statements = [
    { Sid: 'Role', Effect: 'Allow', Action: '*', Resource: '*' },
    {
      Sid: 'GrantEnd',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': end } },
    },
    ...(input.allowOnward ? [] : [deny('Onward', onwardActions)]),
    ...(input.allowIamWrite ? [] : [deny('Lasting', lastingActions)]),
  ];
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  if (text.length > maxPolicyCharacters) throw new Error('the session policy is longer than STS takes');
  return text;
}

function deny(sid: string, actions: readonly string[]) {
  return { Sid: sid, Effect: 'Deny', Action: actions, Resource: '*' };
}
