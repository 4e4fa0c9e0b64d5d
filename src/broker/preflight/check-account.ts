import type { RoleFacts, RoleRights } from '../../aws/inspect-account.ts';
import type { OwnNames } from '../../catalog/policy/guards.ts';
import { checkOwnTrust } from './check-trust.ts';
import { compareRights, type ExpectedRights } from './exact-rights.ts';
import { error, type Finding, info, named, ok, stopping, warning } from './finding.ts';
import { covers, readStatements, type Statement, UnreadablePolicyError } from './policy-statements.ts';
import type { Broker } from './trust-broker.ts';

/** One of Daypass's own roles as it was found. */
export interface OwnRole {
  readonly facts: RoleFacts;
  readonly rights: RoleRights;
}

const denyWriterActions = [
  'iam:CreatePolicyVersion',
  'iam:DeletePolicyVersion',
  'iam:GetPolicyVersion',
  'iam:ListEntitiesForPolicy',
  'iam:ListPolicyVersions',
];
const inspectorActions = [
  'iam:GetPolicy',
  'iam:GetPolicyVersion',
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:ListAccountAliases',
  'iam:ListAttachedRolePolicies',
  'iam:ListRolePolicies',
];

/** Is it the account that the catalog means? @param wanted its alias in the catalog, where that names one */
export function checkAlias(accountId: string, found: string | null, wanted: string | undefined): Finding {
  const has =
    found === null
      ? `Account ${accountId} has no alias`
      : `The alias of account ${accountId} is ${named([found])}`;
  if (wanted !== undefined && found !== wanted) {
    return stopping(
      'account',
      'It is another account than the catalog says.',
      `${has}, and the catalog says ${wanted}: mend the account id or the alias.`,
    );
  }
  return ok('account', 'The account is the one that the catalog names.', `${has}.`);
}

/** The role that writes early ends: exactly its rights, on that one policy, for Daypass alone. @param role null: there is none */
export function checkDenyWriter(
  role: OwnRole | null,
  broker: Broker,
  boundaryArn: string,
  names: OwnNames,
): Finding[] {
  const name = names.denyWriterRole;
  if (role === null) {
    return [
      error(
        'deny-writer',
        'What is issued cannot be denied early: the role that writes denies is missing.',
        `Make role ${name} with its trust and policy.`,
      ),
    ];
  }
  const expected: ExpectedRights = { actions: denyWriterActions, resource: (arn) => arn === boundaryArn };
  const { spare, missing, unjudged } = compareRights(role.rights, expected);
  const findings = [
    ...checkOwnTrust('deny-writer', name, role.facts.trustPolicy, {
      broker,
      actions: ['sts:AssumeRole'],
      externalId: null,
    }),
    ...(spare.length === 0
      ? []
      : [
          error(
            'deny-writer',
            'The role that writes denies may do more than that.',
            `Take away from role ${name}: ${named(spare)}. It needs its six actions on ${boundaryArn} and nothing else.`,
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [
          error(
            'deny-writer',
            'What is issued cannot be denied early: the role that writes denies lacks rights.',
            `Allow role ${name} on ${boundaryArn}: ${named(missing)}.`,
          ),
        ]),
    ...unjudgedRights('deny-writer', name, [
      ...unjudged,
      ...(role.facts.boundaryArn === null ? [] : [`its permissions boundary ${role.facts.boundaryArn}`]),
    ]),
  ];
  return findings.length > 0
    ? findings
    : [ok('deny-writer', 'The role that writes denies may do that and nothing else.')];
}

/** The role that looks. That it can be assumed is known when this is asked. */
export function checkInspector(role: OwnRole | null, broker: Broker, names: OwnNames): Finding[] {
  const name = names.inspectorRole;
  if (role === null)
    return [
      warning('inspector', 'The role that looks does not find itself.', `Let role ${name} read itself.`),
    ];
  const { spare, unjudged } = compareRights(role.rights, { actions: inspectorActions, resource: () => true });
  const findings = [
    ...checkOwnTrust('inspector', name, role.facts.trustPolicy, {
      broker,
      actions: ['sts:AssumeRole'],
      externalId: null,
    }),
    ...(spare.length === 0
      ? []
      : [
          error(
            'inspector',
            'The role that looks may do more than that.',
            `Take away from role ${name}: ${named(spare)}.`,
          ),
        ]),
    ...unjudgedRights('inspector', name, unjudged),
  ];
  return findings.length > 0
    ? findings
    : [ok('inspector', 'The role that looks may do that and nothing else.')];
}

/** The policy that early ends are written into. @param document null: there is none */
export function checkBoundaryPolicy(document: string | null, arn: string): Finding[] {
  if (document === null) {
    return [
      error(
        'boundary-policy',
        'What is issued cannot be denied early: the boundary policy is missing.',
        `Make ${arn}, with Allow * on *.`,
      ),
    ];
  }
  let statements: readonly Statement[];
  let foreign: string[];
  try {
    statements = readStatements(document);
    foreign = foreignIn(document, statements);
  } catch (problem) {
    if (!(problem instanceof UnreadablePolicyError)) throw problem;
    return [
      warning(
        'boundary-policy',
        'The boundary policy could not be judged.',
        `${arn} cannot be read (${problem.message}): look at it yourself.`,
      ),
    ];
  }
  return [
    statements.some(isPlainAllow)
      ? ok('boundary-policy', 'The boundary policy is there.')
      : error(
          'boundary-policy',
          'The boundary policy lets nothing through, or not everything.',
          `${arn} must have a statement Allow * on *: what it does not allow, no session may do.`,
        ),
    ...(foreign.length === 0
      ? []
      : [
          info(
            'boundary-policy',
            'The boundary policy has statements that are not of Daypass.',
            `${arn}: ${named(foreign)}. Daypass leaves them alone; they take room from its denies.`,
          ),
        ]),
  ];
}

function isPlainAllow({ allow, actions, resources, conditions }: Statement): boolean {
  const everything = [actions, resources].every(
    (one) => one !== null && !one.not && one.patterns.includes('*'),
  );
  return allow && everything && conditions.length === 0 && covers(actions, 'any:Thing');
}

// Daypass's own denies are told by their Sid (boundary/document.ts).
function foreignIn(document: string, statements: readonly Statement[]): string[] {
  const { Statement: raw } = JSON.parse(document) as { Statement: unknown };
  const list = (Array.isArray(raw) ? raw : [raw]) as { readonly Sid?: unknown; readonly Effect?: unknown }[];
  return list.flatMap(({ Sid, Effect }, place) => {
    const sid = typeof Sid === 'string' ? Sid : '';
    const statement = statements[place];
    if (sid.startsWith('DaypassEnded') || (statement !== undefined && isPlainAllow(statement))) return [];
    return [sid === '' ? `${String(Effect)} without a Sid` : sid];
  });
}

function unjudgedRights(
  check: 'deny-writer' | 'inspector',
  role: string,
  what: readonly string[],
): Finding[] {
  if (what.length === 0) return [];
  return [
    warning(
      check,
      `It could not be judged what role ${role} may do.`,
      `Daypass does not judge ${named(what)}: take it out, or look at it yourself.`,
    ),
  ];
}
