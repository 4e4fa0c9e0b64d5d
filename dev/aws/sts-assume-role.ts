import { decide, deniedMessage } from './authorize.ts';
import { callerArn, callerUserId, type RoleSession } from './credentials.ts';
import { sharedError } from './error-codes.ts';
import type { RequestContext } from './iam/context.ts';
import { parsePolicy, type PolicyDocument } from './iam/policy.ts';
import { PolicyProblem } from './iam/problem.ts';
import { packedSize, tokenSize } from './packed-size.ts';
import { AwsError, type AwsState, type Call, type Result } from './service.ts';
import { readAssumeRole, type AssumeRoleParameters } from './sts-parameters.ts';
import { findManagedPolicy, findRole, type Account, type Role, type World } from './world.ts';
import { element } from './xml.ts';

/** Seconds. AWS, "Methods to assume a role": role chaining limits the session to one hour. */
const CHAIN_LIMIT = 3600;
const DEFAULT_DURATION = 3600;

/**
 * AssumeRole as the AWS STS API reference describes it.
 * @throws AwsError with the documented codes; PolicyProblem when a policy of the world cannot be judged
 */
export function assumeRole(call: Call, state: AwsState): Result {
  const { principal } = call.caller;
  const input = readAssumeRole(call.parameters);
  if (input.policy !== undefined) checkSessionPolicy(input.policy);
  if (principal.kind === 'root') {
    throw sharedError('sts', 'denied', 'Roles may not be assumed by root accounts.');
  }
  const chained = principal.kind === 'assumed-role' ? principal : null;
  const inherited = inheritedTags(chained);
  const sourceIdentity = input.sourceIdentity ?? chained?.sourceIdentity;
  const found = authorize(call, state, input, inherited, sourceIdentity);

  // AWS: source identity "cannot be changed" once set, all along a chain.
  if (chained?.sourceIdentity !== undefined && sourceIdentity !== chained.sourceIdentity) {
    throw sharedError(
      'sts',
      'denied',
      `The source identity of ${callerArn(chained)} is set and cannot be changed.`,
    );
  }
  // AWS: "If you pass a session tag with the same key as an inherited tag, the operation fails."
  const inheritedKeys = new Set(Object.keys(inherited).map((key) => key.toLowerCase()));
  if (input.tags.some(({ key }) => inheritedKeys.has(key.toLowerCase()))) {
    throw new AwsError(
      'ValidationError',
      'A session tag has the same key as a transitive tag of the calling session.',
    );
  }
  const seconds = duration(input, found.role, chained !== null);
  const packed = packedSize(
    [...(input.policy === undefined ? [] : [input.policy]), ...input.policyArns],
    input.tags,
  );
  if (packed.percent > 100) {
    throw new AwsError(
      'PackedPolicyTooLarge',
      `Packed policy consumes ${packed.percent}% of allotted space, please use smaller policy.`,
    );
  }

  const owner = call.fault?.kind === 'wrong-account' ? elsewhere(state.world, found) : found;
  const session: RoleSession = {
    kind: 'assumed-role',
    account: owner.account.id,
    roleArn: owner.role.arn,
    roleName: owner.role.name,
    roleId: owner.role.id,
    sessionName: input.sessionName,
    issuedAt: call.now,
    sessionTags: { ...inherited, ...Object.fromEntries(input.tags.map(({ key, value }) => [key, value])) },
    transitiveTagKeys: [...Object.keys(inherited), ...input.transitiveTagKeys],
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...sessionPolicies(input, state.world, found.account),
  };
  const token = tokenSize(packed, input.minimumTokenSize);
  const issued = state.credentials.issueTemporary(session, call.now, seconds, token.bytes);
  const passed = input.policy !== undefined || input.policyArns.length > 0 || input.tags.length > 0;
  return {
    issued: issued.accessKeyId,
    body: [
      '<Credentials>',
      element('AccessKeyId', issued.accessKeyId),
      element('SecretAccessKey', issued.secretAccessKey),
      element('SessionToken', issued.sessionToken),
      element('Expiration', issued.expiration.toISOString().replace('.000Z', 'Z')),
      '</Credentials><AssumedRoleUser>',
      element('AssumedRoleId', callerUserId(session)),
      element('Arn', callerArn(session)),
      '</AssumedRoleUser>',
      element('PackedPolicySize', passed ? packed.percent : undefined),
      element('SourceIdentity', sourceIdentity),
      element('SessionTokenUtilization', token.utilization),
      element('SessionTokenSize', token.bytes),
    ].join(''),
  };
}

function checkSessionPolicy(policy: string): void {
  try {
    parsePolicy(policy, 'identity');
  } catch (error) {
    if (error instanceof PolicyProblem && error.kind === 'malformed') {
      throw new AwsError('MalformedPolicyDocument', error.message);
    }
    throw error;
  }
}

/** AWS, "Pass session tags": transitive tags, and only those, go on to the next session of a chain. */
function inheritedTags(chained: RoleSession | null): Record<string, string> {
  const keys = new Set(chained?.transitiveTagKeys.map((key) => key.toLowerCase()));
  return Object.fromEntries(
    Object.entries(chained?.sessionTags ?? {}).filter(([key]) => keys.has(key.toLowerCase())),
  );
}

/** The caller's policies and the trust policy must allow each of the actions that the call amounts to. */
function authorize(
  call: Call,
  state: AwsState,
  input: AssumeRoleParameters,
  inherited: Record<string, string>,
  sourceIdentity: string | undefined,
): { account: Account; role: Role } {
  const { principal } = call.caller;
  const refusal = (action: string): AwsError => {
    const message = `User: ${callerArn(principal)} is not authorized to perform: ${action} on resource: ${input.roleArn}`;
    return sharedError('sts', 'denied', message);
  };
  const found = findRole(state.world, input.roleArn);
  // A role that does not exist answers like one that may not be assumed.
  if (!found) throw refusal('sts:AssumeRole');
  const requestTags = {
    ...inherited,
    ...Object.fromEntries(input.tags.map(({ key, value }) => [key, value])),
  };
  const context: RequestContext = {
    'sts:RoleSessionName': input.sessionName,
    'sts:ExternalId': input.externalId,
    'sts:SourceIdentity': sourceIdentity,
    'aws:TagKeys': Object.keys(requestTags).length > 0 ? Object.keys(requestTags) : undefined,
    'sts:TransitiveTagKeys': input.transitiveTagKeys.length > 0 ? input.transitiveTagKeys : undefined,
  };
  for (const [key, value] of Object.entries(requestTags)) context[`aws:RequestTag/${key}`] = value;

  const actions = ['sts:AssumeRole'];
  // AWS: passing tags needs sts:TagSession and passing a source identity sts:SetSourceIdentity, inherited ones too.
  if (Object.keys(requestTags).length > 0) actions.push('sts:TagSession');
  if (sourceIdentity !== undefined) actions.push('sts:SetSourceIdentity');
  for (const action of actions) {
    const { trustPolicy } = state.propagation.role(found.role, call.now);
    const trust = { policy: trustPolicy, account: found.account.id };
    const decision = decide(call, state, { action, resource: input.roleArn, context, trust });
    if (!decision.allowed) {
      throw sharedError('sts', 'denied', deniedMessage(principal, action, input.roleArn, decision));
    }
  }
  return found;
}

function duration(input: AssumeRoleParameters, role: Role, chained: boolean): number {
  const seconds = input.durationSeconds ?? DEFAULT_DURATION;
  if (chained && seconds > CHAIN_LIMIT) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > role.maxSessionDuration) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return seconds;
}

function sessionPolicies(
  input: AssumeRoleParameters,
  world: World,
  account: Account,
): { sessionPolicies?: PolicyDocument[] } {
  const managed = input.policyArns.map((arn) => {
    const document = findManagedPolicy(world, account, arn);
    if (!document)
      throw new AwsError('ValidationError', `The policy ${arn} does not exist in the account of the role.`);
    return document;
  });
  const inline = input.policy === undefined ? [] : [JSON.parse(input.policy) as PolicyDocument];
  return managed.length + inline.length === 0 ? {} : { sessionPolicies: [...inline, ...managed] };
}

/** For the fault `wrong-account`: a role of the same name in another account, or any role there. */
function elsewhere(world: World, found: { account: Account; role: Role }): { account: Account; role: Role } {
  const others = world.accounts
    .filter((account) => account.id !== found.account.id)
    .flatMap((account) => account.roles.map((role) => ({ account, role })));
  const other = others.find(({ role }) => role.name === found.role.name) ?? others[0];
  if (!other) throw new Error('The fault wrong-account needs a second account with a role.');
  return other;
}
