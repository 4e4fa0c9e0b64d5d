import { sharedError } from './error-codes.ts';
import {
  createPolicyVersion,
  deletePolicyVersion,
  getPolicy,
  getPolicyVersion,
  listPolicyVersions,
} from './iam-policies.ts';
import {
  getRole,
  getRolePolicy,
  listAccountAliases,
  listAttachedRolePolicies,
  listEntitiesForPolicy,
  listRolePolicies,
} from './iam-roles.ts';
import { renderQueryError, renderQueryResult } from './query-protocol.ts';
import type { AwsState, Call, Result, Service } from './service.ts';

const ACTIONS: Readonly<Record<string, (call: Call, state: AwsState) => Result>> = {
  GetPolicy: getPolicy,
  ListPolicyVersions: listPolicyVersions,
  GetPolicyVersion: getPolicyVersion,
  CreatePolicyVersion: createPolicyVersion,
  DeletePolicyVersion: deletePolicyVersion,
  ListEntitiesForPolicy: listEntitiesForPolicy,
  GetRole: getRole,
  ListRolePolicies: listRolePolicies,
  GetRolePolicy: getRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
  ListAccountAliases: listAccountAliases,
};

/** IAM: versions of managed policies, and what can be read of roles. Other actions answer InvalidAction. */
export const iam: Service = {
  name: 'iam',
  signingName: 'iam',

  handle(call: Call, state: AwsState): Result {
    const action = Object.hasOwn(ACTIONS, call.action) ? ACTIONS[call.action] : undefined;
    if (!action) {
      throw sharedError(
        'iam',
        'unknown-action',
        `Could not find operation ${call.action} for version 2010-05-08`,
      );
    }
    return action(call, state);
  },

  renderResult: renderQueryResult('iam'),
  renderError: renderQueryError('iam'),
};
