import { callerArn, callerUserId } from './credentials.ts';
import { sharedError } from './error-codes.ts';
import { renderQueryError, renderQueryResult } from './query-protocol.ts';
import type { AwsState, Call, Result, Service } from './service.ts';
import { assumeRole } from './sts-assume-role.ts';
import { element } from './xml.ts';

/** STS: AssumeRole and GetCallerIdentity. Other actions answer InvalidAction. */
export const sts: Service = {
  name: 'sts',
  signingName: 'sts',

  handle(call: Call, state: AwsState): Result {
    switch (call.action) {
      case 'AssumeRole':
        return assumeRole(call, state);
      case 'GetCallerIdentity':
        return getCallerIdentity(call);
      default:
        throw sharedError(
          'sts',
          'unknown-action',
          `Could not find operation ${call.action} for version 2011-06-15`,
        );
    }
  },

  renderResult: renderQueryResult('sts'),
  renderError: renderQueryError('sts'),
};

/**
 * Asks no policy: "No permissions are required to perform this operation. If an administrator attaches a policy … that
 * explicitly denies access to the sts:GetCallerIdentity action, you can still perform it" (AWS STS API reference).
 */
function getCallerIdentity(call: Call): Result {
  const { principal } = call.caller;
  return {
    body:
      element('Arn', callerArn(principal)) +
      element('UserId', callerUserId(principal)) +
      element('Account', principal.account),
  };
}
