import { createHash } from 'node:crypto';
import type { IssuedCredentials, RoleSession } from './credentials.ts';
import type { AwsState } from './service.ts';
import { findAccount, type Account, type PermissionSet, type Role, type World } from './world.ts';

export interface PortalSignIn {
  /** UserId of the identity store. */
  userId: string;
  permissionSetArn: string;
  accountId: string;
}

/**
 * What IAM Identity Center's access portal gives to a person who is assigned: a session of the role that the permission set has
 * in the account, for as long as the set says. It goes on living when the assignment is deleted.
 * @throws Error when the person is not assigned, or something named is missing
 */
export function portalCredentials(
  state: AwsState,
  now: Date,
  input: PortalSignIn,
): Required<IssuedCredentials> {
  const { identityCenter } = state.world;
  state.assignments.settle(now);
  const assigned = identityCenter.assignments.some((one) => {
    return (
      one.accountId === input.accountId &&
      one.permissionSetArn === input.permissionSetArn &&
      one.principalId === input.userId
    );
  });
  const user = identityCenter.users.find(({ userId }) => userId === input.userId);
  const set = identityCenter.permissionSets.find(({ arn }) => arn === input.permissionSetArn);
  const account = findAccount(state.world, input.accountId);
  if (!assigned || !user || !set || !account) {
    throw new Error(`${input.userId} is not assigned to ${input.permissionSetArn} in ${input.accountId}.`);
  }
  const role = provisionedRole(state.world, account, set);
  const session: RoleSession = {
    kind: 'assumed-role',
    account: account.id,
    roleArn: role.arn,
    roleName: role.name,
    roleId: role.id,
    sessionName: user.userName,
    issuedAt: now,
    identityStoreUserId: user.userId,
    sessionTags: {},
    transitiveTagKeys: [],
  };
  return state.credentials.issueTemporary(session, now, role.maxSessionDuration);
}

/**
 * The set's role in the account, made with its first assignment there and brought up to date with the set otherwise. Names and path as
 * the IAM Identity Center User Guide gives them ("Referencing permission sets in resource policies"): the path holds the
 * region except for us-east-1.
 * @throws Error when the account lacks the customer managed policy that is the set's boundary
 */
export function provisionedRole({ region }: World, account: Account, set: PermissionSet): Role {
  const suffix = createHash('sha256').update(`${account.id} ${set.arn}`).digest('hex').slice(0, 16);
  const name = `AWSReservedSSO_${set.name}_${suffix}`;
  const path = `aws-reserved/sso.amazonaws.com/${region === 'us-east-1' ? '' : `${region}/`}`;
  let role = account.roles.find((one) => one.name === name);
  if (!role) {
    role = {
      name,
      arn: `arn:aws:iam::${account.id}:role/${path}${name}`,
      id: `AROA${suffix.toUpperCase()}0`,
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: {
              Federated: `arn:aws:iam::${account.id}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE`,
            },
            Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
          },
        ],
      },
      inlinePolicies: {},
      managedPolicyArns: [],
      maxSessionDuration: 43_200,
      tags: {},
    };
    account.roles.push(role);
  }
  role.managedPolicyArns = [...(set.managedPolicyArns ?? [])];
  role.inlinePolicies = set.inlinePolicy === undefined ? {} : { AwsSSOInlinePolicy: set.inlinePolicy };
  role.maxSessionDuration = seconds(set.sessionDuration);
  const boundary = boundaryArn(account, set);
  if (boundary === null) delete role.permissionsBoundaryArn;
  else role.permissionsBoundaryArn = boundary;
  if (boundary !== null && !account.managedPolicies[boundary]) {
    throw new Error(`The account ${account.id} has no policy ${boundary}.`);
  }
  return role;
}

/** The policy that bounds the set's role in this account; null for none. */
export function boundaryArn(account: Account, set: PermissionSet): string | null {
  return set.permissionsBoundary === undefined
    ? null
    : `arn:aws:iam::${account.id}:policy/${set.permissionsBoundary}`;
}

/** An ISO 8601 duration of hours and minutes, in seconds. */
function seconds(duration: string): number {
  const parts = /^PT(?:(\d+)H)?(?:(\d+)M)?$/.exec(duration);
  if (!parts) throw new Error(`Not a session duration: ${duration}`);
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60;
}
