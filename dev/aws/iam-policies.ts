import { parsePolicy } from './iam/policy.ts';
import { PolicyProblem } from './iam/problem.ts';
import {
  authorizedAccount,
  iamTime,
  noSuchEntity,
  onlyParameters,
  pageOf,
  POLICY_ARN,
  textOf,
  urlEncoded,
  VERSION_ID,
} from './iam-request.ts';
import type { PolicyVersion, StoredPolicy } from './policy-store.ts';
import { AwsError, type AwsState, type Call, type Result } from './service.ts';
import type { Account } from './world.ts';
import { element } from './xml.ts';

/** Characters without white space, and versions (IAM User Guide, "IAM and AWS STS quotas"). */
const MAX_CHARACTERS = 6144;
const MAX_VERSIONS = 5;
const DOCUMENT = { min: 1, max: 131_072, form: /^[\t\n\r\u0020-\u00FF]+$/ };

export function getPolicy(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['PolicyArn']);
  const { account, policy } = subject(call, state);
  const uses = (what: (role: Account['roles'][number]) => boolean): number =>
    account.roles.filter(what).length;
  return {
    body: [
      '<Policy>',
      element('PolicyName', policy.arn.split('/').at(-1)),
      element('PolicyId', policy.id),
      element('Arn', policy.arn),
      element('Path', policy.arn.replace(/^[^/]*(\/.*\/|\/)[^/]*$/, '$1')),
      element('DefaultVersionId', policy.defaultVersion),
      element(
        'AttachmentCount',
        uses((role) => role.managedPolicyArns.includes(policy.arn)),
      ),
      element(
        'PermissionsBoundaryUsageCount',
        uses((role) => role.permissionsBoundaryArn === policy.arn),
      ),
      element('IsAttachable', 'true'),
      element('CreateDate', iamTime(policy.createdAt)),
      element('UpdateDate', iamTime(policy.updatedAt)),
      '</Policy>',
    ].join(''),
  };
}

export function listPolicyVersions(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['PolicyArn', 'MaxItems', 'Marker']);
  const { policy } = subject(call, state);
  const { items, trailer } = pageOf(call.parameters, policy.versions.toReversed());
  const versions = items.map((version) => `<member>${describe(policy, version)}</member>`).join('');
  return { body: `<Versions>${versions}</Versions>${trailer}` };
}

export function getPolicyVersion(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['PolicyArn', 'VersionId']);
  const versionId = textOf(call.parameters, 'VersionId', VERSION_ID);
  const { policy } = subject(call, state);
  const version = findVersion(policy, versionId);
  const document = element('Document', urlEncoded(version.text));
  return { body: `<PolicyVersion>${document}${describe(policy, version)}</PolicyVersion>` };
}

export function createPolicyVersion(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['PolicyArn', 'PolicyDocument', 'SetAsDefault']);
  const text = textOf(call.parameters, 'PolicyDocument', DOCUMENT);
  const { account, policy } = subject(call, state);
  checkDocument(text);
  if (text.replace(/\s/g, '').length > MAX_CHARACTERS) {
    throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${MAX_CHARACTERS}`, 409);
  }
  if (policy.versions.length >= MAX_VERSIONS) {
    throw new AwsError(
      'LimitExceeded',
      `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
      409,
    );
  }
  const asDefault = call.parameters['SetAsDefault'] === 'true';
  // What tests changed by hand until now was changed before this call.
  state.propagation.note(call.now);
  const version = state.policies.add(account, policy.arn, text, asDefault, call.now);
  state.propagation.note(call.now);
  return {
    body: `<PolicyVersion>${describe(findPolicy(state, account, policy.arn), version)}</PolicyVersion>`,
  };
}

export function deletePolicyVersion(call: Call, state: AwsState): Result {
  onlyParameters(call.parameters, ['PolicyArn', 'VersionId']);
  const versionId = textOf(call.parameters, 'VersionId', VERSION_ID);
  const { account, policy } = subject(call, state);
  findVersion(policy, versionId);
  if (versionId === policy.defaultVersion) {
    throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
  }
  state.policies.remove(account, policy.arn, versionId, call.now);
  return { body: '' };
}

/** The policy that the call names, once the caller may do this to it. */
function subject(call: Call, state: AwsState): { account: Account; policy: StoredPolicy } {
  const arn = textOf(call.parameters, 'PolicyArn', POLICY_ARN);
  const account = authorizedAccount(call, state, { resource: arn }, `policy ${arn}`);
  // Writes always meet the newest state: a read that lags behind changes nothing.
  const stale = call.fault?.kind === 'stale' && /^(Get|List)/.test(call.action);
  return { account, policy: findPolicy(state, account, arn, stale) };
}

export function findPolicy(state: AwsState, account: Account, arn: string, stale = false): StoredPolicy {
  const policy = state.policies.find(account, arn, stale);
  if (!policy) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

function findVersion(policy: StoredPolicy, id: string): PolicyVersion {
  const version = policy.versions.find((one) => one.id === id);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

function describe(policy: StoredPolicy, version: PolicyVersion): string {
  return (
    element('VersionId', version.id) +
    element('IsDefaultVersion', String(version.id === policy.defaultVersion)) +
    element('CreateDate', iamTime(version.createdAt))
  );
}

function checkDocument(text: string): void {
  try {
    parsePolicy(text, 'identity');
  } catch (error) {
    if (!(error instanceof PolicyProblem) || error.kind !== 'malformed') throw error;
    throw new AwsError('MalformedPolicyDocument', error.message);
  }
}
