import { GetUserIdCommand, type IdentitystoreClient } from '@aws-sdk/client-identitystore';
import {
  CreateAccountAssignmentCommand,
  DeleteAccountAssignmentCommand,
  DescribeAccountAssignmentCreationStatusCommand,
  DescribeAccountAssignmentDeletionStatusCommand,
  DescribePermissionSetCommand,
  GetPermissionsBoundaryForPermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListPermissionSetsCommand,
  paginateListAccountAssignments,
  type SSOAdminClient,
} from '@aws-sdk/client-sso-admin';
import { awsFault } from './fault.ts';

/** One person's assignment of one permission set in one account. */
export interface AssignmentKey {
  readonly accountId: string;
  readonly permissionSetArn: string;
  /** UserId in the identity store. */
  readonly principalId: string;
}
export type AssignmentOperation = 'create' | 'delete';
export type OperationStatus =
  | { readonly kind: 'in-progress' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'not-known' };

export interface PermissionSet {
  /** Part of the names of its roles. */
  readonly name: string;
  /** Name of the customer-managed policy that is its permissions boundary, with its path and no leading slash; or null. */
  readonly boundary: string | null;
  /** Somebody is assigned it in the account: AWS has a role for it there. */
  readonly assigned: boolean;
}

/** The calls of IAM Identity Center in use. Each rejects with the SDK's error: see awsFault. */
export interface IdentityCenter {
  /** The UserId of the person with this external id, or null. */
  findUser(externalId: { readonly issuer: string; readonly id: string }): Promise<string | null>;
  isAssigned(key: AssignmentKey): Promise<boolean>;
  /** Starts an operation and returns its request id. It has no idempotency token. */
  begin(operation: AssignmentOperation, key: AssignmentKey): Promise<string>;
  status(operation: AssignmentOperation, operationId: string): Promise<OperationStatus>;
  /** What a permission set is, and whether anybody is assigned it in the account. */
  describe(permissionSetArn: string, accountId: string): Promise<PermissionSet>;
}

export interface IdentityCenterOptions {
  readonly instanceArn: string;
  readonly identityStoreId: string;
}

/** IAM Identity Center over its clients (IAM Identity Center API reference; Identity Store API reference). */
export function createIdentityCenter(
  ssoAdmin: SSOAdminClient,
  identityStore: IdentitystoreClient,
  options: IdentityCenterOptions,
): IdentityCenter {
  const InstanceArn = options.instanceArn;

  const permissionSetExists = async (arn: string): Promise<boolean> => {
    let token: string | undefined;
    do {
      const page = await ssoAdmin.send(
        new ListPermissionSetsCommand({ InstanceArn, ...(token === undefined ? {} : { NextToken: token }) }),
      );
      if (page.PermissionSets?.includes(arn) === true) return true;
      token = page.NextToken;
    } while (token !== undefined && token !== '');
    return false;
  };

  const boundaryOf = async (PermissionSetArn: string): Promise<string | null> => {
    try {
      const { PermissionsBoundary: boundary } = await ssoAdmin.send(
        new GetPermissionsBoundaryForPermissionSetCommand({ InstanceArn, PermissionSetArn }),
      );
      const { Name: name, Path: path = '/' } = boundary?.CustomerManagedPolicyReference ?? {};
      return name === undefined ? null : `${path.slice(1)}${name}`;
    } catch (error) {
      // It has none (IAM Identity Center API reference, GetPermissionsBoundaryForPermissionSet).
      if (awsFault(error).kind === 'not-found' && (await permissionSetExists(PermissionSetArn))) return null;
      throw error;
    }
  };

  return {
    async findUser(externalId) {
      try {
        const reply = await identityStore.send(
          new GetUserIdCommand({
            IdentityStoreId: options.identityStoreId,
            AlternateIdentifier: { ExternalId: { Issuer: externalId.issuer, Id: externalId.id } },
          }),
        );
        return reply.UserId ?? null;
      } catch (error) {
        if (awsFault(error).kind === 'not-found' && resourceType(error) !== 'IDENTITY_STORE') return null;
        throw error;
      }
    },

    async isAssigned(key) {
      try {
        const pages = paginateListAccountAssignments(
          { client: ssoAdmin },
          { InstanceArn, AccountId: key.accountId, PermissionSetArn: key.permissionSetArn },
        );
        for await (const page of pages) {
          const found = page.AccountAssignments?.some((one) => {
            return one.PrincipalType === 'USER' && one.PrincipalId === key.principalId;
          });
          if (found === true) return true;
        }
        return false;
      } catch (error) {
        // A permission set is only deleted when nothing is assigned any more. That it is gone is looked up, so that a
        // mistyped instance does not pass for it.
        if (awsFault(error).kind === 'not-found' && !(await permissionSetExists(key.permissionSetArn)))
          return false;
        throw error;
      }
    },

    async begin(operation, key) {
      const input = {
        InstanceArn,
        TargetId: key.accountId,
        TargetType: 'AWS_ACCOUNT' as const,
        PermissionSetArn: key.permissionSetArn,
        PrincipalType: 'USER' as const,
        PrincipalId: key.principalId,
      };
      const requestId =
        operation === 'create'
          ? (await ssoAdmin.send(new CreateAccountAssignmentCommand(input))).AccountAssignmentCreationStatus
              ?.RequestId
          : (await ssoAdmin.send(new DeleteAccountAssignmentCommand(input))).AccountAssignmentDeletionStatus
              ?.RequestId;
      if (requestId === undefined) throw new Error('IAM Identity Center gave no request id');
      return requestId;
    },

    async status(operation, operationId) {
      try {
        const status =
          operation === 'create'
            ? (
                await ssoAdmin.send(
                  new DescribeAccountAssignmentCreationStatusCommand({
                    InstanceArn,
                    AccountAssignmentCreationRequestId: operationId,
                  }),
                )
              ).AccountAssignmentCreationStatus
            : (
                await ssoAdmin.send(
                  new DescribeAccountAssignmentDeletionStatusCommand({
                    InstanceArn,
                    AccountAssignmentDeletionRequestId: operationId,
                  }),
                )
              ).AccountAssignmentDeletionStatus;
        if (status?.Status === 'SUCCEEDED') return { kind: 'succeeded' };
        if (status?.Status === 'FAILED')
          return { kind: 'failed', reason: status.FailureReason ?? 'no reason given' };
        return { kind: 'in-progress' };
      } catch (error) {
        if (awsFault(error).kind === 'not-found') return { kind: 'not-known' };
        throw error;
      }
    },

    async describe(PermissionSetArn, AccountId) {
      const [{ PermissionSet: found }, boundary, { AccountAssignments: assigned = [] }] = await Promise.all([
        ssoAdmin.send(new DescribePermissionSetCommand({ InstanceArn, PermissionSetArn })),
        boundaryOf(PermissionSetArn),
        ssoAdmin.send(
          new ListAccountAssignmentsCommand({ InstanceArn, AccountId, PermissionSetArn, MaxResults: 1 }),
        ),
      ]);
      if (found?.Name === undefined || found.Name === '')
        throw new Error('IAM Identity Center gave no name of the permission set');
      return { name: found.Name, boundary, assigned: assigned.length > 0 };
    },
  };
}

function resourceType(error: unknown): string {
  return error instanceof Error && 'ResourceType' in error && typeof error.ResourceType === 'string'
    ? error.ResourceType
    : '';
}
