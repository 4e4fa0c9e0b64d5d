import { conditionsHold } from './condition.ts';
import type { RequestContext } from './context.ts';
import { matchesAction, matchesArn } from './match.ts';
import type { Policy, Statement } from './policy.ts';
import { isExcepted, principalGrade, type CallerNames, type Grade } from './principal-match.ts';

export interface AuthorizationRequest {
  action: string;
  resource: string;
  context: RequestContext;
}

export type PolicySource =
  | 'service control policy'
  | 'identity-based policy'
  | 'permissions boundary'
  | 'session policy'
  | 'resource-based policy';

export interface CallerPolicies {
  identity: Policy[];
  /** Undefined: no boundary is set. */
  boundary?: Policy | undefined;
  /** Undefined: the session was made without session policies. */
  session?: Policy[] | undefined;
  /**
   * Service control policies of the caller's account by level: root, organizational units, account. Undefined: none bind it, as in an
   * account of no organization and in the management account.
   */
  serviceControl?: Policy[][] | undefined;
}

export interface ResourcePolicy {
  kind: 'trust' | 'resource';
  policy: Policy;
  account: string;
  caller: CallerNames;
}

export type Decision =
  | { allowed: true }
  | { allowed: false; explicit: boolean; source: PolicySource; crossAccount: boolean };

/**
 * AWS, "Policy evaluation logic": an explicit deny in any policy ends it; then service control policies must allow; then what is allowed is
 * the intersection of identity policies, boundary and session policies. A resource-based policy adds to that within an
 * account and is a further demand across accounts; a role's trust policy is a demand in both.
 * @throws PolicyProblem when a policy that matters cannot be judged.
 */
export function evaluate(
  request: AuthorizationRequest,
  policies: CallerPolicies,
  resource?: ResourcePolicy,
): Decision {
  const identity = effects(policies.identity, request);
  const boundary = policies.boundary ? effects([policies.boundary], request) : null;
  const session = policies.session ? effects(policies.session, request) : null;
  const levels = policies.serviceControl?.map((level) => effects(level, request)) ?? [];
  const byResource = resource ? resourceEffects(resource, request, policies.boundary !== undefined) : null;
  const crossAccount = resource !== undefined && resource.caller.account !== resource.account;
  const refuse = (explicit: boolean, source: PolicySource): Decision => {
    return { allowed: false, explicit, source, crossAccount };
  };

  // AWS, "Explicit and implicit denies": a deny in any of these policies overrides every allow.
  if (levels.some(({ deny }) => deny)) return refuse(true, 'service control policy');
  if (identity.deny) return refuse(true, 'identity-based policy');
  if (boundary?.deny) return refuse(true, 'permissions boundary');
  if (session?.deny) return refuse(true, 'session policy');
  if (byResource?.deny) return refuse(true, 'resource-based policy');

  // AWS Organizations User Guide, "SCP evaluation": every level from the root to the account must allow, whoever else allows.
  if (levels.some(({ allow }) => !allow)) return refuse(false, 'service control policy');
  // AWS: "Role trust policies … must explicitly allow access for principals", in the same account as across accounts.
  // "Cross-account policy evaluation logic": both sides must allow.
  const demanded = resource?.kind === 'trust' || crossAccount;
  if (byResource?.grade === null && demanded) return refuse(false, 'resource-based policy');
  // AWS, "Evaluating identity-based policies with resource-based policies": within one account a resource policy that
  // names the session or user itself is enough; one that names the role leaves boundary and session policy in force.
  const named = crossAccount ? null : (byResource?.grade ?? null);
  if (named === 'direct') return { allowed: true };
  if (boundary && !boundary.allow) return refuse(false, 'permissions boundary');
  if (session && !session.allow) return refuse(false, 'session policy');
  if (named !== 'role' && !identity.allow) return refuse(false, 'identity-based policy');
  return { allowed: true };
}

function effects(policies: Policy[], request: AuthorizationRequest): { allow: boolean; deny: boolean } {
  const applying = policies.flatMap((policy) =>
    policy.statements.filter((statement) => applies(statement, request)),
  );
  return {
    allow: applying.some((statement) => statement.effect === 'Allow'),
    deny: applying.some((statement) => statement.effect === 'Deny'),
  };
}

function resourceEffects(
  resource: ResourcePolicy,
  request: AuthorizationRequest,
  bounded: boolean,
): { grade: Grade | null; deny: boolean } {
  const order: Grade[] = ['direct', 'role', 'account'];
  let deny = false;
  const grades = new Set<Grade>();
  for (const statement of resource.policy.statements) {
    const { not, names } = statement.principals ?? { not: false, names: [] };
    if (not) {
      if (applies(statement, request) && !isExcepted(names, resource.caller, bounded)) deny = true;
      continue;
    }
    const grade = principalGrade(names, resource.caller);
    if (!grade || !applies(statement, request)) continue;
    if (statement.effect === 'Deny') deny = true;
    else grades.add(grantsDirectly(statement) ? 'direct' : grade);
  }
  return { grade: order.find((grade) => grades.has(grade)) ?? null, deny };
}

/**
 * AWS, "IAM JSON policy elements: Principal", role session principals: with `*` and a condition on aws:PrincipalArn, boundaries and
 * session policies do not limit what is granted unless they deny.
 */
function grantsDirectly({ principals, conditions }: Statement): boolean {
  const everyone = principals?.names.includes('*') ?? false;
  return everyone && conditions.some(({ key }) => key.toLowerCase() === 'aws:principalarn');
}

function applies(statement: Statement, request: AuthorizationRequest): boolean {
  const { actions, resources } = statement;
  // AWS: NotAction and NotResource match everything except what they list.
  if (actions.patterns.some((glob) => matchesAction(glob, request.action)) === actions.not) return false;
  if (resources && resources.patterns.some((glob) => matchesArn(glob, request.resource)) === resources.not) {
    return false;
  }
  return conditionsHold(statement.conditions, request.context);
}
