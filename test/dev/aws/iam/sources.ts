/** A document of AWS: its title, with the section where it has several, and its address. */
export interface Source {
  title: string;
  url: string;
}

const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/';
const ORGANIZATIONS = 'https://docs.aws.amazon.com/organizations/latest/userguide/';

const iam = (title: string, page: string): Source => ({
  title: `IAM User Guide, ${title}`,
  url: `${IAM}${page}`,
});

export const LOGIC = iam(
  'How AWS enforcement code logic evaluates requests to allow or deny access',
  'reference_policies_evaluation-logic_policy-eval-denyallow.html',
);
export const SINGLE_ACCOUNT = iam(
  'Policy evaluation for requests within a single account',
  'reference_policies_evaluation-logic_policy-eval-basics.html',
);
export const OVERVIEW = iam('Policy evaluation logic', 'reference_policies_evaluation-logic.html');
export const CROSS_ACCOUNT = iam(
  'Cross-account policy evaluation logic',
  'reference_policies_evaluation-logic-cross-account.html',
);
export const INTERPLAY = iam(
  'The difference between explicit and implicit denies',
  'reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html',
);
export const BOUNDARIES = iam(
  'Permissions boundaries for IAM entities, Evaluating effective permissions with boundaries',
  'access_policies_boundaries.html#access_policies_boundaries-eval-logic',
);
export const SESSION_POLICIES = iam(
  'Policies and permissions in IAM, Session policies',
  'access_policies.html#policies_session',
);
export const PRINCIPAL = iam(
  'IAM JSON policy elements: Principal',
  'reference_policies_elements_principal.html',
);
export const NOT_PRINCIPAL = iam(
  'IAM JSON policy elements: NotPrincipal',
  'reference_policies_elements_notprincipal.html',
);
export const ACTION = iam('IAM JSON policy elements: Action', 'reference_policies_elements_action.html');
export const NOT_ACTION = iam(
  'IAM JSON policy elements: NotAction',
  'reference_policies_elements_notaction.html',
);
export const RESOURCE = iam(
  'IAM JSON policy elements: Resource',
  'reference_policies_elements_resource.html',
);
export const NOT_RESOURCE = iam(
  'IAM JSON policy elements: NotResource',
  'reference_policies_elements_notresource.html',
);
export const CONDITION = iam(
  'IAM JSON policy elements: Condition',
  'reference_policies_elements_condition.html',
);
/** @param section such as `Conditions_String` */
export const operators = (title: string, section: string): Source =>
  iam(
    `IAM JSON policy elements: Condition operators, ${title}`,
    `reference_policies_elements_condition_operators.html#${section}`,
  );
export const OPERATORS = iam(
  'IAM JSON policy elements: Condition operators',
  'reference_policies_elements_condition_operators.html',
);
export const MULTIPLE = iam(
  'Conditions with multiple context keys or values',
  'reference_policies_condition-logic-multiple-context-keys-or-values.html',
);
export const SETS = iam(
  'Set operators for multivalued context keys',
  'reference_policies_condition-single-vs-multi-valued-context-keys.html',
);
export const GLOBAL_KEYS = iam('AWS global condition context keys', 'reference_policies_condition-keys.html');
export const VARIABLES = iam('IAM policy elements: Variables and tags', 'reference_policies_variables.html');
export const GRAMMAR = iam('Grammar of the IAM JSON policy language', 'reference_policies_grammar.html');
export const REVOKE_SESSIONS = iam(
  'Revoke IAM role temporary security credentials',
  'id_roles_use_revoke-sessions.html',
);
export const SCP: Source = {
  title: 'AWS Organizations User Guide, SCP evaluation',
  url: `${ORGANIZATIONS}orgs_manage_policies_scps_evaluation.html`,
};
export const SCP_EFFECTS: Source = {
  title: 'AWS Organizations User Guide, Service control policies, SCP effects on permissions',
  url: `${ORGANIZATIONS}orgs_manage_policies_scps.html#scp-effects-on-permissions`,
};
export const SSO_REVOKE: Source = {
  title:
    'IAM Identity Center User Guide, Revoke active user permissions with a Deny policy, Prepare to revoke an active IAM role session created by a permission set',
  url: 'https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html',
};
