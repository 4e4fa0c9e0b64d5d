import { callerArn, callerNames, callerUserId, type Principal, type RoleSession } from './credentials.ts';
import type { RequestContext } from './iam/context.ts';
import { evaluate, type CallerPolicies, type Decision } from './iam/evaluate.ts';
import { parsePolicy, type PolicyDocument } from './iam/policy.ts';
import { unsupported } from './iam/problem.ts';
import { originContext } from './origin.ts';
import type { AwsState, Call } from './service.ts';
import { findAccount, findRole, type Account, type Role, type World } from './world.ts';

const EVERYTHING: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export interface Question {
  action: string;
  resource: string;
  /** Keys of this action, beside the global ones. */
  context?: RequestContext;
  /** A role's trust policy, and the account that owns the role. */
  trust?: { policy: PolicyDocument; account: string };
  /** Any other resource-based policy, and the account that owns the resource. */
  resourcePolicy?: { policy: PolicyDocument; account: string };
}

/**
 * Decides one action of one call by the policies as they are now, or as far as changes have spread: roles, managed policies and
 * boundaries are read anew each time.
 * @throws PolicyProblem when a policy that matters cannot be judged
 */
export function decide(call: Call, state: AwsState, question: Question): Decision {
  const { principal } = call.caller;
  const context = { ...callerContext(call, principal, state), ...question.context };
  const kind = question.trust ? 'trust' : 'resource';
  const attached = question.trust ?? question.resourcePolicy;
  const resource =
    attached &&
    ({
      kind,
      policy: parsePolicy(attached.policy, kind),
      account: attached.account,
      caller: callerNames(principal),
    } as const);
  return evaluate(
    { action: question.action, resource: question.resource, context },
    policiesOf(principal, state, call.now),
    resource,
  );
}

/** The text of an access denied error (AWS, "Troubleshoot access denied error messages"); across accounts it gives no reason. */
export function deniedMessage(
  principal: Principal,
  action: string,
  resource: string | null,
  decision: Decision,
): string {
  const on = resource === null ? '' : ` on resource: ${resource}`;
  const text = `User: ${callerArn(principal)} is not authorized to perform: ${action}${on}`;
  if (decision.allowed || decision.crossAccount) return text;
  const { source } = decision;
  if (decision.explicit)
    return `${text} with an explicit deny in ${source.startsWith('i') ? 'an' : 'a'} ${source}`;
  return `${text} because no ${source} allows the ${action} action`;
}

/** The role behind a session; undefined once it was deleted. */
export function sessionRole(
  session: RoleSession,
  world: World,
): { account: Account; role: Role } | undefined {
  const found = findRole(world, session.roleArn);
  return found?.role.id === session.roleId ? found : undefined;
}

/** Session tags win over role tags of the same key, whose case does not matter (AWS, "Pass session tags in AWS STS"). */
function principalTags(principal: Principal, state: AwsState, now: Date): Record<string, string> {
  if (principal.kind !== 'assumed-role') return {};
  const overridden = new Set(Object.keys(principal.sessionTags).map((key) => key.toLowerCase()));
  const found = sessionRole(principal, state.world);
  const ofRole = Object.entries(found ? state.propagation.role(found.role, now).tags : {});
  return {
    ...Object.fromEntries(ofRole.filter(([key]) => !overridden.has(key.toLowerCase()))),
    ...principal.sessionTags,
  };
}

function policiesOf(principal: Principal, state: AwsState, now: Date): CallerPolicies {
  const read = (document: PolicyDocument) => parsePolicy(document, 'identity');
  const serviceControl = serviceControlOf(principal, state.world)?.map((level) => level.map(read));
  if (principal.kind === 'user') return { identity: principal.policies.map(read), serviceControl };
  // AWS, "AWS account root user": no identity-based policy limits it; service control policies do.
  if (principal.kind === 'root') return { identity: [read(EVERYTHING)], serviceControl };
  const found = sessionRole(principal, state.world);
  if (!found) return { identity: [] };
  const { account } = found;
  const role = state.propagation.role(found.role, now);
  const managed = (arn: string): PolicyDocument => {
    const document = state.propagation.policy(account, arn, now);
    if (!document)
      throw unsupported(`The role ${role.arn} refers to the policy ${arn}, which does not exist.`);
    return document;
  };
  return {
    identity: [...role.managedPolicyArns.map(managed), ...Object.values(role.inlinePolicies)].map(read),
    boundary:
      role.permissionsBoundaryArn === undefined ? undefined : read(managed(role.permissionsBoundaryArn)),
    session: principal.sessionPolicies?.map(read),
    serviceControl,
  };
}

/** AWS Organizations User Guide, "Service control policies": they bind everybody in member accounts, and nobody in the management account. */
function serviceControlOf(principal: Principal, world: World): PolicyDocument[][] | undefined {
  if (principal.account === world.managementAccount) return undefined;
  return findAccount(world, principal.account)?.serviceControlPolicies;
}

// AWS, "AWS global condition context keys": what each key holds, and for which principals it is present.
function callerContext(call: Call, principal: Principal, state: AwsState): RequestContext {
  const seconds = Math.floor(call.now.getTime() / 1000);
  const context: RequestContext = {
    'aws:CurrentTime': iso(seconds),
    'aws:EpochTime': String(seconds),
    'aws:PrincipalAccount': principal.account,
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': callerUserId(principal),
    'aws:RequestedRegion': call.region,
    ...originContext(call.origin),
  };
  if (principal.kind === 'assumed-role') {
    context['aws:PrincipalArn'] = principal.roleArn;
    context['aws:PrincipalType'] = 'AssumedRole';
    context['aws:SourceIdentity'] = principal.sourceIdentity;
    context['identitystore:UserId'] = principal.identityStoreUserId;
  } else {
    context['aws:PrincipalArn'] = callerArn(principal);
    context['aws:PrincipalType'] = principal.kind === 'user' ? 'User' : 'Account';
    if (principal.kind === 'user') context['aws:username'] = principal.userName;
  }
  const issuedAt = principal.kind === 'root' ? undefined : principal.issuedAt;
  if (issuedAt) context['aws:TokenIssueTime'] = iso(Math.floor(issuedAt.getTime() / 1000));
  for (const [key, value] of Object.entries(principalTags(principal, state, call.now))) {
    context[`aws:PrincipalTag/${key}`] = value;
  }
  return context;
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
