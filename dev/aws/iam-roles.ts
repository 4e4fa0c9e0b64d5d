import { findPolicy } from './iam-policies.ts';
import {
  authorizedAccount,
  choiceOf,
  iamTime,
  noSuchEntity,
  onlyParameters,
  pageOf,
  POLICY_ARN,
  POLICY_NAME,
  ROLE_NAME,
  textOf,
  urlEncoded,
} from './iam-request.ts';
import { WORLD_MADE } from './policy-store.ts';
import type { AwsState, Call, Result } from './service.ts';
import { findAccount, type Account, type Role } from './world.ts';
import { element } from './xml.ts';

export function getRole(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['RoleName']);
  const { role } = subject(call, state);
  const tags = Object.entries(role.tags).map(
    ([key, value]) => `<member>${element('Key', key)}${element('Value', value)}</member>`,
  );
  const boundary =
    role.permissionsBoundaryArn === undefined
      ? ''
      : `<PermissionsBoundary>${element('PermissionsBoundaryType', 'Policy')}${element('PermissionsBoundaryArn', role.permissionsBoundaryArn)}</PermissionsBoundary>`;
  return {
    body: [
      '<Role>',
      element('Path', rolePath(role)),
      element('RoleName', role.name),
      element('RoleId', role.id),
      element('Arn', role.arn),
      element('CreateDate', iamTime(WORLD_MADE)),
      element('AssumeRolePolicyDocument', urlEncoded(JSON.stringify(role.trustPolicy))),
      element('MaxSessionDuration', role.maxSessionDuration),
      boundary,
      tags.length === 0 ? '' : `<Tags>${tags.join('')}</Tags>`,
      '</Role>',
    ].join(''),
  };
}

export function listRolePolicies(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['RoleName', 'MaxItems', 'Marker']);
  const { role } = subject(call, state);
  const { items, trailer } = pageOf(call.parameters, Object.keys(role.inlinePolicies));
  return {
    body: `<PolicyNames>${items.map((name) => element('member', name)).join('')}</PolicyNames>${trailer}`,
  };
}

export function getRolePolicy(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['RoleName', 'PolicyName']);
  const name = textOf(call.parameters, 'PolicyName', POLICY_NAME);
  const { role } = subject(call, state);
  const document = role.inlinePolicies[name];
  if (!document) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return {
    body:
      element('RoleName', role.name) +
      element('PolicyName', name) +
      element('PolicyDocument', urlEncoded(JSON.stringify(document))),
  };
}

export function listAttachedRolePolicies(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['RoleName', 'MaxItems', 'Marker']);
  const { role } = subject(call, state);
  const { items, trailer } = pageOf(call.parameters, role.managedPolicyArns);
  const members = items.map(
    (arn) => `<member>${element('PolicyName', arn.split('/').at(-1))}${element('PolicyArn', arn)}</member>`,
  );
  return { body: `<AttachedPolicies>${members.join('')}</AttachedPolicies>${trailer}` };
}

/** Roles alone: this world's users have no managed policies, and it has no groups. */
export function listEntitiesForPolicy(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, [
    'PolicyArn',
    'EntityFilter',
    'PathPrefix',
    'PolicyUsageFilter',
    'MaxItems',
    'Marker',
  ]);
  const filters = ['User', 'Role', 'Group', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const;
  const entity = choiceOf(call.parameters, 'EntityFilter', filters);
  const usage = choiceOf(call.parameters, 'PolicyUsageFilter', ['PermissionsPolicy', 'PermissionsBoundary']);
  const prefix =
    call.parameters['PathPrefix'] === undefined
      ? '/'
      : textOf(call.parameters, 'PathPrefix', { min: 1, max: 512, form: /^\/[\u0021-\u007E]*$/ });
  const arn = textOf(call.parameters, 'PolicyArn', POLICY_ARN);
  const account = authorizedAccount(call, state, { resource: arn }, `policy ${arn}`);
  findPolicy(state, account, arn);
  const roles = account.roles.filter((role) => {
    const attached = usage !== 'PermissionsBoundary' && role.managedPolicyArns.includes(arn);
    const bounded = usage !== 'PermissionsPolicy' && role.permissionsBoundaryArn === arn;
    return (attached || bounded) && (entity ?? 'Role') === 'Role' && rolePath(role).startsWith(prefix);
  });
  const { items, trailer } = pageOf(call.parameters, roles);
  const members = items.map(
    (role) => `<member>${element('RoleName', role.name)}${element('RoleId', role.id)}</member>`,
  );
  return { body: `<PolicyGroups/><PolicyUsers/><PolicyRoles>${members.join('')}</PolicyRoles>${trailer}` };
}

export function listAccountAliases(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['MaxItems', 'Marker']);
  const { alias } = authorizedAccount(call, state, { resource: '*' }, '*');
  const { items, trailer } = pageOf(call.parameters, alias === undefined ? [] : [alias]);
  return {
    body: `<AccountAliases>${items.map((one) => element('member', one)).join('')}</AccountAliases>${trailer}`,
  };
}

/** The role that the call names by its name alone, once the caller may do this to it. */
function subject(call: Call, state: AwsState): { account: Account; role: Role } {
  const name = textOf(call.parameters, 'RoleName', ROLE_NAME);
  const { account: own } = call.caller.principal;
  const role = findAccount(state.world, own)?.roles.find((one) => one.name === name);
  const tags = Object.entries(role?.tags ?? {}).flatMap(([key, value]) => [
    [`aws:ResourceTag/${key}`, value],
    [`iam:ResourceTag/${key}`, value],
  ]);
  const resource = role?.arn ?? `arn:aws:iam::${own}:role/${name}`;
  const question = { resource, context: Object.fromEntries(tags) as Record<string, string> };
  const account = authorizedAccount(call, state, question, `role ${name}`);
  if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return { account, role };
}

function rolePath(role: Role): string {
  return /:role(\/.*\/|\/)[^/]+$/.exec(role.arn)?.[1] ?? '/';
}
