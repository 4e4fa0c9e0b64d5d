import { decide, deniedMessage } from './authorize.ts';
import { sharedError } from './error-codes.ts';
import { renderJsonError, renderJsonResult, textParameter } from './json-protocol.ts';
import { AwsError, type AwsState, type Call, type Result, type Service } from './service.ts';
import type { IdentityStoreUser } from './world.ts';

// Identity Store API reference, patterns of the parameters.
const STORE_ID = /^d-[0-9a-f]{10}$|^[0-9a-f]{8}\b-[0-9a-f]{4}\b-[0-9a-f]{4}\b-[0-9a-f]{4}\b-[0-9a-f]{12}$/;
const USER_ID =
  /^([0-9a-f]{10}-|)[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$/;

/** Identity Center's directory (target AWSIdentityStore): GetUserId and DescribeUser. */
export const identityStore: Service = {
  name: 'identitystore',
  signingName: 'identitystore',

  handle(call: Call, state: AwsState): Result {
    const storeId = textParameter(call.parameters, 'IdentityStoreId', STORE_ID);
    switch (call.action) {
      case 'GetUserId':
        return getUserId(storeId, call, state);
      case 'DescribeUser':
        return describeUser(storeId, call, state);
      default:
        throw sharedError('identitystore', 'unknown-action', `${call.action} is not answered here.`);
    }
  },

  renderResult: (_action, result, requestId) => renderJsonResult(result, requestId),
  renderError: (error, requestId) => {
    return renderJsonError(
      new AwsError(error.code, error.message, error.status, { ...error.fields, RequestId: requestId }),
      requestId,
    );
  },
};

function getUserId(storeId: string, call: Call, state: AwsState): Result {
  const wanted = alternateIdentifier(call.parameters['AlternateIdentifier']);
  authorize(call, state, storeId, '*');
  const found = state.world.identityCenter.users.filter(wanted);
  const [user] = found;
  if (!user || found.length > 1) throw noUser();
  return { body: { IdentityStoreId: storeId, UserId: user.userId } };
}

function describeUser(storeId: string, call: Call, state: AwsState): Result {
  const userId = textParameter(call.parameters, 'UserId', USER_ID);
  authorize(call, state, storeId, userId);
  const user = state.world.identityCenter.users.find((one) => one.userId === userId);
  if (!user) throw noUser(userId);
  return {
    body: {
      IdentityStoreId: storeId,
      UserId: user.userId,
      UserName: user.userName,
      DisplayName: user.displayName,
      ExternalIds: user.externalIds.map(({ issuer, id }) => ({ Issuer: issuer, Id: id })),
    },
  };
}

/** AlternateIdentifier is a union: exactly one of ExternalId and UniqueAttribute (userName is the one kept here). */
function alternateIdentifier(value: unknown): (user: IdentityStoreUser) => boolean {
  const union = record(value);
  if (Object.keys(union).length !== 1) throw invalid('AlternateIdentifier must hold exactly one member.');
  if ('ExternalId' in union) {
    const external = record(union['ExternalId']);
    const issuer = textParameter(external, 'Issuer', /^[\s\S]{1,100}$/);
    const id = textParameter(external, 'Id', /^[\s\S]{1,256}$/);
    return (user) => user.externalIds.some((one) => one.issuer === issuer && one.id === id);
  }
  const attribute = record(union['UniqueAttribute']);
  const path = textParameter(attribute, 'AttributePath', /^\p{L}+(?:\.\p{L}+){0,2}$/u);
  if (path.toLowerCase() !== 'username')
    throw invalid(`The attribute ${path} is not a unique attribute here.`);
  // User names in the identity store are unique without regard to case.
  const name = textParameter(attribute, 'AttributeValue', /^[\s\S]+$/).toLowerCase();
  return (user) => user.userName.toLowerCase() === name;
}

/** Service Authorization Reference, AWS Identity Store: the store and the user are required resources. */
function authorize(call: Call, state: AwsState, storeId: string, userId: string): void {
  const { principal } = call.caller;
  const { identityCenter } = state.world;
  const action = `identitystore:${call.action}`;
  const store = `arn:aws:identitystore::${identityCenter.ownerAccount}:identitystore/${storeId}`;
  for (const resource of [store, `arn:aws:identitystore:::user/${userId}`]) {
    const decision = decide(call, state, { action, resource });
    if (!decision.allowed) {
      throw sharedError('identitystore', 'denied', deniedMessage(principal, action, resource, decision));
    }
  }
  if (principal.account !== identityCenter.ownerAccount) {
    throw sharedError(
      'identitystore',
      'denied',
      `User: is not authorized to perform: ${action} on resource: ${store}`,
    );
  }
  if (storeId !== identityCenter.identityStoreId) {
    throw new AwsError('ResourceNotFoundException', 'IDENTITY_STORE not found.', 400, {
      ResourceType: 'IDENTITY_STORE',
      ResourceId: storeId,
    });
  }
}

function record(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('Not a structure.');
  return value as Record<string, unknown>;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function noUser(id?: string): AwsError {
  return new AwsError('ResourceNotFoundException', 'USER not found.', 400, {
    ResourceType: 'USER',
    ...(id === undefined ? {} : { ResourceId: id }),
  });
}
