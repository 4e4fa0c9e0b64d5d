import { globsIntersect } from './glob.ts';

// STS counts characters, so a pattern is as short as may be without catching an action that is to stay open. IAM compares
// actions without regard to case, and a letter in the middle can be what tells them apart: `iam:C*p*` is every Create… but
// those of roles, users, keys and CreateServiceLinkedRole. test/broker/aws-actions.ts holds what must be caught and what
// must stay open, by the names of the Service Authorization Reference. What stays open, and why: docs/adr/0009.

// Ways on: other roles, credentials that a service vends for a role of its own, and tokens that outlive the session.
export const onwardActions: readonly string[] = [
  'sts:Assume*',
  'sts:Get*Token',
  'signin:*OAuth2*',
  'sso-oauth:C*',
  'cognito-identity:*TokenF*',
  's3:GetDataA*',
];

// Ways in that stay behind: keys, users, trust, policies, providers, assignments, and machines or logins that are let in.
export const lastingActions: readonly string[] = [
  'iam:A*',
  'iam:C*p*',
  'iam:C*u*',
  'iam:C*y',
  'iam:CreateR*',
  'iam:Dea*',
  'iam:D*Pol*',
  'iam:D*dary',
  'iam:DeleteR*',
  'iam:E*',
  'iam:Pu*',
  'iam:R*',
  'iam:Se*',
  'iam:T*',
  'iam:U*',
  'rolesanywhere:*te*',
  'rolesanywhere:*able*',
  'rolesanywhere:I*',
  'sso:A*',
  'sso:C*',
  'sso:DeleteI*',
  'sso:De*t*Pe*',
  'sso:I*',
  'sso:P*',
  'sso:U*',
  'sso-directory:*ate*',
  'sso-directory:*Reg*',
  'sso-directory:A*',
  'sso-directory:E*',
  'identitystore:*ate*',
  'account-access:C*',
  'organizations:Create*Account',
  'organizations:RegisterD*',
  'ssm:CreateAc*',
  'iot:Create*Cert*',
  'iot:*Claim',
  'iot:*ateRoleA*',
  'iot:Reg*',
  'eks:*ateAcc*',
  'eks:AssociateI*',
  'transfer:CreateAcc*',
  'transfer:CreateU*',
  'transfer:ImportS*',
];

/** Names, without ARN, of what Daypass itself keeps in every target account. */
export interface OwnNames {
  /** The customer-managed policy that is the permissions boundary of the target roles. */
  readonly boundaryPolicy: string;
  readonly denyWriterRole: string;
  readonly inspectorRole: string;
}

export const defaultOwnNames: OwnNames = {
  boundaryPolicy: 'daypass-boundary',
  denyWriterRole: 'daypass-deny-writer',
  inspectorRole: 'daypass-inspector',
};

/**
 * The patterns that can catch something of what is allowed. Those left out match nothing that a session with this Allow may
 * do: what it does not allow is denied to it already.
 * @param allowed action patterns of the Allow
 */
export function guardsFor(guards: readonly string[], allowed: readonly string[]): string[] {
  // The usual case, once for each of many entitlements.
  if (allowed.includes('*')) return [...guards];
  return guards.filter((guard) => allowed.some((pattern) => globsIntersect(guard, pattern)));
}
