import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Catalog, Target } from './types.ts';

/** An IAM role's ARN, as AWS writes it (IAM User Guide, "IAM identifiers"). */
export const roleArnPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

// CloudFormation User Guide, "Understand CloudFormation quotas".
const maxRoles = 500;
const maxParameters = 200;

export interface TemplateOptions {
  /** The role that Daypass runs as: the one principal that may assume the target roles. */
  readonly brokerRoleArn: string;
  /** Only the roles of this account, by its id; null for all accounts. */
  readonly accountId: string | null;
}

export type TemplateResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problems: readonly string[] };

interface LentRole extends Extract<Target, { kind: 'role' }> {
  /** With slashes around: `/` or `/team/`. */
  readonly path: string;
  readonly name: string;
  readonly entitlements: readonly string[];
}

/**
 * A CloudFormation template (YAML) of the roles that a catalog lends. One template serves every account, so that it can be
 * a StackSet: each role has the condition that the stack is in its account. What a role may do is not in the catalog: its
 * managed policies are a parameter without default. The same catalog gives the same text, whatever its order.
 * @returns the text, or every reason why there is none, each with what to do
 */
export function cloudFormationTemplate(catalog: Catalog, options: TemplateOptions): TemplateResult {
  const problems: string[] = [];
  const all = lentRoles(catalog, problems);
  const roles = all.filter((role) => options.accountId === null || role.accountId === options.accountId);
  if (problems.length === 0 && roles.length === 0) {
    problems.push(
      options.accountId === null
        ? 'the catalog lends no role: permission sets are made in IAM Identity Center'
        : `the catalog lends no role in account ${options.accountId}: name one of ${[...new Set(all.map((role) => role.accountId))].join(', ') || 'its accounts'}`,
    );
  }
  const names = [...new Map(roles.map((role) => [policiesId(role), role])).values()];
  if (roles.length > maxRoles || names.length >= maxParameters) {
    problems.push(
      `a template holds ${maxRoles} roles and ${maxParameters - 1} names of roles at most, and these are ${roles.length} and ${names.length}: render one account at a time with --account`,
    );
  }
  if (problems.length > 0) return { ok: false, problems };
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Daypass: the roles that the catalog lends',
    Parameters: {
      BoundaryPolicyName: {
        Type: 'String',
        Default: 'daypass-boundary',
        Description: 'The policy of account.yaml that Daypass writes its denies into',
      },
      ...Object.fromEntries(names.map((role) => [policiesId(role), policiesParameter(role)])),
    },
    Conditions: Object.fromEntries(
      roles.map(({ accountId }) => [
        conditionId(accountId),
        { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, accountId] },
      ]),
    ),
    Resources: Object.fromEntries(
      roles.map((role) => [`Role${role.accountId}${idOf(role)}`, resource(role, options.brokerRoleArn)]),
    ),
  };
  // Every text in quotes: CloudFormation reads YAML 1.1, in which more plain words than one thinks are something else.
  const text = stringify(template, {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
  });
  return {
    ok: true,
    text: `# Made from a catalog by daypass catalog render: change the catalog instead.\n${text}`,
  };
}

/** Each role once, by account and name. Notes what two entitlements say of one role and cannot both be so. */
function lentRoles(catalog: Catalog, problems: string[]): LentRole[] {
  const roles = new Map<string, LentRole>();
  for (const [id, { target }] of [...catalog.entitlements].toSorted(([a], [b]) => compare(a, b))) {
    if (target.kind !== 'role') continue;
    const before = roles.get(target.roleArn);
    const entitlements = [...(before?.entitlements ?? []), id];
    for (const field of ['externalId', 'maxSessionSeconds'] as const) {
      if (before === undefined || before[field] === target[field]) continue;
      const written = field === 'externalId' ? field : 'maxSession';
      problems.push(
        `${before.entitlements[0]} and ${id} name the same role with a different ${written}: write the one that it has`,
      );
    }
    const [path, name] = pathAndName(target.roleArn);
    roles.set(target.roleArn, { ...target, path, name, entitlements });
  }
  return [...roles.values()].toSorted((a, b) => compare(a.roleArn, b.roleArn));
}

function resource(role: LentRole, brokerRoleArn: string) {
  return {
    Type: 'AWS::IAM::Role',
    Condition: conditionId(role.accountId),
    Metadata: { Entitlements: role.entitlements },
    Properties: {
      RoleName: role.name,
      Path: role.path,
      Description: 'Lent by Daypass',
      MaxSessionDuration: role.maxSessionSeconds,
      PermissionsBoundary: {
        'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${BoundaryPolicyName}',
      },
      ManagedPolicyArns: { Ref: policiesId(role) },
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust(brokerRoleArn, role.externalId) },
    },
  };
}

function trust(brokerRoleArn: string, externalId: string | null) {
  const Principal = { AWS: brokerRoleArn };
  const marks = ['sts:SetSourceIdentity', 'sts:TagSession'];
  if (externalId === null) {
    return [{ Sid: 'TheBrokerOnly', Effect: 'Allow', Principal, Action: ['sts:AssumeRole', ...marks] }];
  }
  // sts:ExternalId is a key of sts:AssumeRole alone (Service Authorization Reference, AWS STS).
  return [
    {
      Sid: 'TheBrokerWithTheExternalId',
      Effect: 'Allow',
      Principal,
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': externalId } },
    },
    { Sid: 'MarkTheSession', Effect: 'Allow', Principal, Action: marks },
  ];
}

function policiesParameter(role: LentRole) {
  return {
    Type: 'CommaDelimitedList',
    Description: `What ${(role.path + role.name).slice(1)} may do: ARNs of its managed policies, separated by commas`,
  };
}

function pathAndName(arn: string): [path: string, name: string] {
  const full = arn.slice(arn.indexOf(':role/') + ':role'.length);
  const cut = full.lastIndexOf('/') + 1;
  return [full.slice(0, cut), full.slice(cut)];
}

const policiesId = (role: LentRole) => `Policies${idOf(role)}`;
const conditionId = (accountId: string) => `Account${accountId}`;

// Ids are letters and digits, and must not change when another role joins: CloudFormation would make the role anew.
function idOf({ path, name }: LentRole): string {
  const words = name.split(/[^A-Za-z0-9]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const digest = createHash('sha256').update(`${path}${name}`).digest('hex').slice(0, 8);
  return `${words.join('')}x${digest}`;
}

// By code unit, so that no locale has a say.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
