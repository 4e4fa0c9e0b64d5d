import { decide, deniedMessage } from './authorize.ts';
import { sharedError } from './error-codes.ts';
import { renderJsonError, renderJsonResult, textParameter } from './json-protocol.ts';
import { AwsError, type AwsState, type Call, type Result, type Service } from './service.ts';
import { same, type Operation } from './sso-assignments.ts';
import type { Assignment, PermissionSet } from './world.ts';

// IAM Identity Center API reference, patterns of the parameters.
const INSTANCE_ARN = /^arn:(aws|aws-us-gov|aws-cn):sso:::instance\/(sso)?ins-[a-zA-Z0-9-.]{16}$/;
const PERMISSION_SET_ARN =
  /^arn:(aws|aws-us-gov|aws-cn):sso:::permissionSet\/(sso)?ins-[a-zA-Z0-9-.]{16}\/ps-[a-zA-Z0-9-./]{16}$/;
const ACCOUNT = /^\d{12}$/;
const PRINCIPAL_ID =
  /^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/;
const REQUEST_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** IAM Identity Center's administration (target SWBExternalService): account assignments and what is needed to make them. */
export const ssoAdmin: Service = {
  name: 'sso-admin',
  signingName: 'sso',

  handle(call: Call, state: AwsState): Result {
    const instanceArn = textParameter(call.parameters, 'InstanceArn', INSTANCE_ARN);
    switch (call.action) {
      case 'CreateAccountAssignment':
        return change('create', 'AccountAssignmentCreationStatus', instanceArn, call, state);
      case 'DeleteAccountAssignment':
        return change('delete', 'AccountAssignmentDeletionStatus', instanceArn, call, state);
      case 'DescribeAccountAssignmentCreationStatus':
        return status('create', 'AccountAssignmentCreation', instanceArn, call, state);
      case 'DescribeAccountAssignmentDeletionStatus':
        return status('delete', 'AccountAssignmentDeletion', instanceArn, call, state);
      case 'ListAccountAssignments':
        return listAssignments(instanceArn, call, state);
      case 'ListPermissionSets':
        authorize(call, state, instanceArn, []);
        return { body: { PermissionSets: state.world.identityCenter.permissionSets.map(({ arn }) => arn) } };
      case 'DescribePermissionSet':
        return describePermissionSet(instanceArn, call, state);
      case 'GetPermissionsBoundaryForPermissionSet':
        return getPermissionsBoundary(instanceArn, call, state);
      default:
        throw sharedError('sso-admin', 'unknown-action', `${call.action} is not answered here.`);
    }
  },

  renderResult: (_action, result, requestId) => renderJsonResult(result, requestId),
  renderError: renderJsonError,
};

function change(
  kind: 'create' | 'delete',
  field: string,
  instanceArn: string,
  call: Call,
  state: AwsState,
): Result {
  const { parameters } = call;
  textParameter(parameters, 'TargetType', /^AWS_ACCOUNT$/);
  textParameter(parameters, 'PrincipalType', /^(USER|GROUP)$/);
  const assignment: Assignment = {
    accountId: textParameter(parameters, 'TargetId', ACCOUNT),
    permissionSetArn: textParameter(parameters, 'PermissionSetArn', PERMISSION_SET_ARN),
    principalType: 'USER',
    principalId: textParameter(parameters, 'PrincipalId', PRINCIPAL_ID),
  };
  if (parameters['PrincipalType'] !== 'USER') {
    throw new AwsError('ValidationException', 'Only principals of type USER are answered here.');
  }
  authorize(call, state, instanceArn, [accountArn(assignment.accountId), assignment.permissionSetArn]);
  findPermissionSet(state, assignment.permissionSetArn);
  if (state.assignments.underWay(assignment, call.now)) {
    throw new AwsError(
      'ConflictException',
      'There is a conflicting operation in process for the resource. Please try again later.',
    );
  }
  if (state.assignments.tooMany(call.now)) {
    throw sharedError('sso-admin', 'throttled', 'Too many outstanding account assignment operations.');
  }
  const exists = state.world.identityCenter.assignments.some((one) => same(one, assignment));
  if (kind === 'delete' && !exists) throw notFound('Account assignment not found.');
  const doomed =
    call.fault?.kind === 'fail-late' ? (call.fault.reason ?? 'Received an unknown status error.') : null;
  return { body: { [field]: describe(state.assignments.begin(kind, assignment, call.now, doomed)) } };
}

function status(
  kind: 'create' | 'delete',
  name: string,
  instanceArn: string,
  call: Call,
  state: AwsState,
): Result {
  const requestId = textParameter(call.parameters, `${name}RequestId`, REQUEST_ID);
  authorize(call, state, instanceArn, []);
  const operation = state.assignments.poll(kind, requestId, call.now);
  if (!operation) throw notFound(`Request ${requestId} not found.`);
  return { body: { [`${name}Status`]: describe(operation) } };
}

function describe(operation: Operation): Record<string, unknown> {
  const { assignment } = operation;
  return {
    Status: operation.status,
    RequestId: operation.requestId,
    ...(operation.failureReason === undefined ? {} : { FailureReason: operation.failureReason }),
    TargetId: assignment.accountId,
    TargetType: 'AWS_ACCOUNT',
    PermissionSetArn: assignment.permissionSetArn,
    PrincipalType: assignment.principalType,
    PrincipalId: assignment.principalId,
    CreatedDate: operation.createdAt.getTime() / 1000,
  };
}

function listAssignments(instanceArn: string, call: Call, state: AwsState): Result {
  const accountId = textParameter(call.parameters, 'AccountId', ACCOUNT);
  const permissionSetArn = textParameter(call.parameters, 'PermissionSetArn', PERMISSION_SET_ARN);
  authorize(call, state, instanceArn, [accountArn(accountId), permissionSetArn]);
  findPermissionSet(state, permissionSetArn);
  const found = state.world.identityCenter.assignments.filter((one) => {
    return one.accountId === accountId && one.permissionSetArn === permissionSetArn;
  });
  return {
    body: {
      AccountAssignments: found.map((one) => ({
        AccountId: one.accountId,
        PermissionSetArn: one.permissionSetArn,
        PrincipalType: one.principalType,
        PrincipalId: one.principalId,
      })),
    },
  };
}

function describePermissionSet(instanceArn: string, call: Call, state: AwsState): Result {
  const arn = textParameter(call.parameters, 'PermissionSetArn', PERMISSION_SET_ARN);
  authorize(call, state, instanceArn, [arn]);
  const set = findPermissionSet(state, arn);
  return {
    body: {
      PermissionSet: { Name: set.name, PermissionSetArn: set.arn, SessionDuration: set.sessionDuration },
    },
  };
}

function getPermissionsBoundary(instanceArn: string, call: Call, state: AwsState): Result {
  const arn = textParameter(call.parameters, 'PermissionSetArn', PERMISSION_SET_ARN);
  authorize(call, state, instanceArn, [arn]);
  const { permissionsBoundary } = findPermissionSet(state, arn);
  if (permissionsBoundary === undefined) throw notFound(`PermissionSet ${arn} has no permissions boundary.`);
  const reference = { Name: permissionsBoundary, Path: '/' };
  return { body: { PermissionsBoundary: { CustomerManagedPolicyReference: reference } } };
}

/** Each resource of the action must be allowed (Service Authorization Reference, AWS IAM Identity Center, required resources). */
function authorize(call: Call, state: AwsState, instanceArn: string, others: string[]): void {
  const { principal } = call.caller;
  const action = `sso:${call.action}`;
  for (const resource of [instanceArn, ...others]) {
    const decision = decide(call, state, { action, resource });
    if (!decision.allowed)
      throw sharedError('sso-admin', 'denied', deniedMessage(principal, action, resource, decision));
  }
  const { identityCenter } = state.world;
  if (principal.account !== identityCenter.ownerAccount || instanceArn !== identityCenter.instanceArn) {
    throw sharedError(
      'sso-admin',
      'denied',
      `User: is not authorized to perform: ${action} on resource: ${instanceArn}`,
    );
  }
}

function findPermissionSet(state: AwsState, arn: string): PermissionSet {
  const set = state.world.identityCenter.permissionSets.find((one) => one.arn === arn);
  if (!set) throw notFound(`PermissionSet ${arn} not found.`);
  return set;
}

function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

function accountArn(id: string): string {
  return `arn:aws:sso:::account/${id}`;
}
