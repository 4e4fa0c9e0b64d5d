import { randomUUID } from 'node:crypto';
import type { PolicyDocument } from './iam/policy.ts';

/** What exists in this AWS. Plain data: a test may change it between calls, and the next call sees the change. */
export interface World {
  /** The region of everything here. */
  region: string;
  /** Regions that signatures may be scoped to beside it, for tests of aws:RequestedRegion. IAM keeps to us-east-1. */
  otherRegions?: string[];
  /** The role under which the broker itself runs. */
  brokerRoleArn: string;
  accounts: Account[];
  /** The account of the organization that service control policies do not bind. */
  managementAccount?: string;
  /** AWS's own managed policies by ARN. */
  awsManagedPolicies: Record<string, PolicyDocument>;
  identityCenter: IdentityCenter;
}

export interface Account {
  /** Twelve digits, as a string. */
  id: string;
  name: string;
  /** Account alias, of which an account has at most one. */
  alias?: string;
  roles: Role[];
  /** Customer managed policies by ARN: the document in force. Their other versions are kept in policy-store.ts. */
  managedPolicies: Record<string, PolicyDocument>;
  buckets: Bucket[];
  /** Service control policies by level, from the root of the organization to the account; without it, none. */
  serviceControlPolicies?: PolicyDocument[][];
}

export interface Bucket {
  name: string;
  /** RFC 3339. */
  created: string;
  tags?: Record<string, string>;
  /** Bucket policy. */
  policy?: PolicyDocument;
  /** Content by key. */
  objects?: Record<string, string>;
}

export interface Role {
  name: string;
  arn: string;
  /** Unique id, AROA… */
  id: string;
  trustPolicy: PolicyDocument;
  inlinePolicies: Record<string, PolicyDocument>;
  managedPolicyArns: string[];
  /** ARN of a managed policy of the same account, or of AWS. */
  permissionsBoundaryArn?: string;
  /** Seconds, 3,600 to 43,200. */
  maxSessionDuration: number;
  tags: Record<string, string>;
}

export interface IdentityCenter {
  /** The account that owns the instance; only its principals may administer it. */
  ownerAccount: string;
  instanceArn: string;
  identityStoreId: string;
  permissionSets: PermissionSet[];
  users: IdentityStoreUser[];
  assignments: Assignment[];
}

export interface PermissionSet {
  arn: string;
  name: string;
  /** ISO 8601 duration, such as PT1H. */
  sessionDuration: string;
  /** ARNs of managed policies of AWS. */
  managedPolicyArns?: string[];
  inlinePolicy?: PolicyDocument;
  /** Name of a customer managed policy, path `/`, which every account that the set is assigned in must have. */
  permissionsBoundary?: string;
}

export interface IdentityStoreUser {
  userId: string;
  userName: string;
  displayName: string;
  externalIds: { issuer: string; id: string }[];
}

export interface Assignment {
  accountId: string;
  permissionSetArn: string;
  principalType: 'USER';
  principalId: string;
}

/** The account with this id, or undefined. */
export function findAccount(world: World, id: string): Account | undefined {
  return world.accounts.find((account) => account.id === id);
}

/** The role with this ARN and its account, or undefined. */
export function findRole(world: World, arn: string): { account: Account; role: Role } | undefined {
  const owner = arn.split(':')[4];
  for (const account of world.accounts) {
    if (account.id !== owner) continue;
    const role = account.roles.find((candidate) => candidate.arn === arn);
    if (role) return { account, role };
  }
  return undefined;
}

/** A managed policy that a role of this account can use, or undefined. */
export function findManagedPolicy(world: World, account: Account, arn: string): PolicyDocument | undefined {
  return account.managedPolicies[arn] ?? world.awsManagedPolicies[arn];
}

/**
 * Adds a person to the identity store and returns the record with its UserId. Issuer and id are what the IdP of the day says
 * (`iss` and `sub`), so this is called once the IdP is up and its address is known.
 */
export function addUser(
  world: World,
  user: { userName: string; displayName?: string; issuer: string; externalId: string },
): IdentityStoreUser {
  const added: IdentityStoreUser = {
    userId: `${world.identityCenter.identityStoreId.replace(/^d-/, '')}-${randomUUID()}`,
    userName: user.userName,
    displayName: user.displayName ?? user.userName,
    externalIds: [{ issuer: user.issuer, id: user.externalId }],
  };
  world.identityCenter.users.push(added);
  return added;
}

export { demoWorld, manyAccounts } from './demo-world.ts';
