import { callerArn, callerNames, callerUserId, type Principal, type RoleSession } from './credentials.ts';
import type { RequestContext } from './iam/context.ts';
import { evaluate, type CallerPolicies, type Decision } from './iam/evaluate.ts';
import { parsePolicy, type PolicyDocument } from './iam/policy.ts';
import { unsupported } from './iam/problem.ts';
import type { Call } from './service.ts';
import { findManagedPolicy, findRole, type Account, type Role, type World } from './world.ts';

export interface Question {
  action: string;
  resource: string;
  /** Keys of this action, beside the global ones. */
  context?: RequestContext;
  /** A role's trust policy, and the account that owns the role. */
  trust?: { policy: PolicyDocument; account: string };
}

/**
 * Decides one action of one call by the policies as they are now: roles, managed policies and boundaries are read anew each time.
 * @throws PolicyProblem when a policy that matters cannot be judged
 */
export function decide(call: Call, world: World, question: Question): Decision {
  const { principal } = call.caller;
  // AWS, "AWS account root user": IAM policies cannot deny the root user anything in its own account.
  if (principal.kind === 'root') return { allowed: true };
  const context = { ...callerContext(call, principal, world), ...question.context };
  const resource = question.trust && {
    policy: parsePolicy(question.trust.policy, 'trust'),
    account: question.trust.account,
    caller: callerNames(principal),
  };
  return evaluate(
    { action: question.action, resource: question.resource, context },
    policiesOf(principal, world),
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
export function principalTags(principal: Principal, world: World): Record<string, string> {
  if (principal.kind !== 'assumed-role') return {};
  const overridden = new Set(Object.keys(principal.sessionTags).map((key) => key.toLowerCase()));
  const ofRole = Object.entries(sessionRole(principal, world)?.role.tags ?? {});
  return {
    ...Object.fromEntries(ofRole.filter(([key]) => !overridden.has(key.toLowerCase()))),
    ...principal.sessionTags,
  };
}

function policiesOf(principal: Principal, world: World): CallerPolicies {
  const read = (document: PolicyDocument) => parsePolicy(document, 'identity');
  if (principal.kind === 'user') return { identity: principal.policies.map(read) };
  if (principal.kind === 'root') return { identity: [] };
  const found = sessionRole(principal, world);
  if (!found) return { identity: [] };
  const { account, role } = found;
  const managed = (arn: string): PolicyDocument => {
    const document = findManagedPolicy(world, account, arn);
    if (!document)
      throw unsupported(`The role ${role.arn} refers to the policy ${arn}, which does not exist.`);
    return document;
  };
  return {
    identity: [...role.managedPolicyArns.map(managed), ...Object.values(role.inlinePolicies)].map(read),
    boundary:
      role.permissionsBoundaryArn === undefined ? undefined : read(managed(role.permissionsBoundaryArn)),
    session: principal.sessionPolicies?.map(read),
  };
}

// AWS, "AWS global condition context keys": what each key holds, and for which principals it is present.
function callerContext(call: Call, principal: Principal, world: World): RequestContext {
  const seconds = Math.floor(call.now.getTime() / 1000);
  const context: RequestContext = {
    'aws:CurrentTime': iso(seconds),
    'aws:EpochTime': String(seconds),
    'aws:PrincipalAccount': principal.account,
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:userid': callerUserId(principal),
    'aws:SourceIp': call.sourceIp,
    'aws:RequestedRegion': world.region,
  };
  if (principal.kind === 'assumed-role') {
    context['aws:PrincipalArn'] = principal.roleArn;
    context['aws:PrincipalType'] = 'AssumedRole';
    context['aws:SourceIdentity'] = principal.sourceIdentity;
  } else {
    context['aws:PrincipalArn'] = callerArn(principal);
    context['aws:PrincipalType'] = principal.kind === 'user' ? 'User' : 'Account';
    if (principal.kind === 'user') context['aws:username'] = principal.userName;
  }
  const issuedAt = principal.kind === 'root' ? undefined : principal.issuedAt;
  if (issuedAt) context['aws:TokenIssueTime'] = iso(Math.floor(issuedAt.getTime() / 1000));
  for (const [key, value] of Object.entries(principalTags(principal, world))) {
    context[`aws:PrincipalTag/${key}`] = value;
  }
  return context;
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}
