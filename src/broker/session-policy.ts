import { cutOff } from './clip.ts';

/** STS refuses longer ones (AWS STS API reference, AssumeRole, Policy), in characters. */
export const maxPolicyCharacters = 2048;

// Ways on: other roles, credentials that a service vends for a role of its own, and tokens that outlive the session.
const onwardActions = [
  'sts:Assume*',
  'sts:GetDelegated*',
  'sts:GetFederationToken',
  'sts:GetServiceBearerToken',
  'sts:GetSessionToken',
  'sts:GetWebIdentityToken',
  'signin:*OAuth2*',
  'sso-oauth:Create*',
  'cognito-identity:GetOpenIdTokenF*',
  's3:GetDataAccess',
];

// Ways in that stay behind: keys, users, trust, policies, providers, assignments, and machines or logins that are let in.
// STS counts characters, so a wildcard is as short as may be without catching an action that is to stay open (Service
// Authorization Reference, the page of each service). What stays open, and why: docs/adr/0009.
const lastingActions = [
  'iam:*Delegation*',
  'iam:A*',
  'iam:ChangePassword',
  'iam:CreateA*',
  'iam:CreateG*',
  'iam:CreateI*',
  'iam:CreateL*',
  'iam:CreateO*',
  'iam:CreateP*',
  'iam:CreateR*',
  'iam:CreateSA*',
  'iam:CreateServiceS*',
  'iam:CreateU*',
  'iam:CreateV*',
  'iam:Deactivate*',
  'iam:DeleteGroupP*',
  'iam:DeleteP*',
  'iam:DeleteR*',
  'iam:DeleteUserP*',
  'iam:Detach*',
  'iam:Enable*',
  'iam:Put*',
  'iam:R*',
  'iam:Set*',
  'iam:T*',
  'iam:U*',
  'rolesanywhere:C*',
  'rolesanywhere:E*',
  'rolesanywhere:I*',
  'rolesanywhere:P*',
  'rolesanywhere:U*',
  'sso:A*',
  'sso:C*',
  'sso:DeleteI*',
  'sso:DeleteP*',
  'sso:Detach*',
  'sso:I*',
  'sso:P*',
  'sso:U*',
  'sso-directory:A*',
  'sso-directory:C*',
  'sso-directory:E*',
  'sso-directory:Im*',
  'sso-directory:St*',
  'sso-directory:U*',
  'identitystore:C*',
  'identitystore:U*',
  'account-access:C*',
  'organizations:Create*Account',
  'organizations:RegisterD*',
  'ssm:CreateActivation',
  'iot:Create*Cert*',
  'iot:CreateProvisioningC*',
  'iot:CreateRoleAlias',
  'iot:Register*',
  'iot:UpdateRoleAlias',
  'eks:AssociateA*',
  'eks:AssociateI*',
  'eks:CreateAc*',
  'eks:UpdateAc*',
  'transfer:CreateAccess',
  'transfer:CreateUser',
  'transfer:ImportSsh*',
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
 * Work handed to a role of a service, and ordinary resource policies, pass: residual.ts names them.
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
