import { evaluate } from '../../dev/aws/iam/evaluate.ts';
import { parsePolicy, type PolicyDocument } from '../../dev/aws/iam/policy.ts';
import { shared, statementsOf } from './names.ts';

/** The roles under which Daypass itself calls AWS. */
export const ownRoles = ['daypass-broker', 'daypass-deny-writer', 'daypass-inspector'] as const;
export type OwnRole = (typeof ownRoles)[number];

const policyNames: Readonly<Record<OwnRole, readonly string[]>> = {
  'daypass-broker': ['broker-roles', 'broker-identity-center'],
  'daypass-deny-writer': ['deny-writer'],
  'daypass-inspector': ['inspector'],
};

/** Every action that the templates allow a role, such as `iam:GetRole`, sorted. */
export function allowedActions(role: OwnRole): string[] {
  const actions = policyNames[role].flatMap((name) =>
    statementsOf(shared(name)).flatMap(({ Action }) => Action),
  );
  return [...new Set(actions)].toSorted();
}

/** The role's policies in an account, without the condition on the organisation: see withoutOrganisation. */
export function documentsOf(role: OwnRole, account: string): Record<string, PolicyDocument> {
  return Object.fromEntries(
    policyNames[role].map((name) => [name, withoutOrganisation(shared(name, account))]),
  );
}

/** Do the templates allow this role of the account the action on the resource? */
export function isAllowed(role: OwnRole, account: string, action: string, resource: string): boolean {
  const identity = Object.values(documentsOf(role, account)).map((one) => parsePolicy(one, 'identity'));
  return evaluate({ action, resource, context: {} }, { identity }).allowed;
}

/** The stand-in is no organisation. That the condition is there, and what it says, is for templates.test.ts. */
function withoutOrganisation(policy: PolicyDocument): PolicyDocument {
  const statements = policy['Statement'] as Record<string, unknown>[];
  return {
    ...policy,
    Statement: statements.map(({ Condition, ...rest }) => {
      const expected = { StringEquals: { 'aws:ResourceOrgID': 'o-a1b2c3d4e5' } };
      const organisation = JSON.stringify(Condition) === JSON.stringify(expected);
      return Condition === undefined || organisation ? rest : { ...rest, Condition };
    }),
  };
}
