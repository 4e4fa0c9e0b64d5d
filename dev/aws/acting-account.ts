import type { StoredCredential } from './credentials.ts';
import type { Routed } from './route.ts';
import type { AwsState } from './service.ts';

/**
 * The account that a call acts in, by which faults can be kept to one: that of the role to be assumed, that of an account
 * assignment, and otherwise the caller's.
 */
export function actingAccount(routed: Routed, caller: StoredCredential, state: AwsState): string {
  const { service, action, parameters } = routed;
  const named = (name: string): string | undefined => {
    const value = parameters[name];
    return typeof value === 'string' ? value : undefined;
  };
  const own = caller.principal.account;
  if (service.name === 'sts') {
    return (action === 'AssumeRole' ? named('RoleArn')?.split(':')[4] : undefined) ?? own;
  }
  if (service.name === 'sso-admin') {
    const requestId =
      named('AccountAssignmentCreationRequestId') ?? named('AccountAssignmentDeletionRequestId');
    const underWay = requestId === undefined ? undefined : state.assignments.accountOf(requestId);
    return named('TargetId') ?? named('AccountId') ?? underWay ?? own;
  }
  return own;
}
