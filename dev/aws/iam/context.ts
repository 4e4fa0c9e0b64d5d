import { unsupported } from './problem.ts';

/** Values of a request by context key. A key that is known but absent from the request is simply not set. */
export interface RequestContext {
  [key: string]: string | string[] | undefined;
}

// AWS, "AWS global condition context keys"; "IAM and AWS STS condition context keys"; IAM Identity Center User Guide, "Revoke
// active IAM role sessions created by permission sets" for identitystore:UserId.
const KNOWN = new Set(
  [
    'aws:CurrentTime',
    'aws:EpochTime',
    'aws:TokenIssueTime',
    'aws:PrincipalArn',
    'aws:PrincipalAccount',
    'aws:PrincipalType',
    'aws:PrincipalIsAWSService',
    'aws:userid',
    'aws:username',
    'aws:SourceIp',
    'aws:SourceVpc',
    'aws:SourceVpce',
    'aws:VpcSourceIp',
    'aws:SecureTransport',
    'aws:ResourceAccount',
    'aws:SourceIdentity',
    'aws:MultiFactorAuthPresent',
    'aws:MultiFactorAuthAge',
    'aws:ViaAWSService',
    'aws:CalledVia',
    'aws:CalledViaFirst',
    'aws:CalledViaLast',
    'aws:RequestedRegion',
    'aws:TagKeys',
    'identitystore:UserId',
    's3:prefix',
    'sts:ExternalId',
    'sts:SourceIdentity',
    'sts:RoleSessionName',
    'sts:TransitiveTagKeys',
  ].map((key) => key.toLowerCase()),
);
const MULTIVALUED = new Set(['aws:tagkeys', 'aws:calledvia', 'sts:transitivetagkeys']);
const PREFIXES = [
  'aws:principaltag/',
  'aws:requesttag/',
  'aws:resourcetag/',
  'iam:resourcetag/',
  's3:buckettag/',
];

/**
 * Values of a key in a request; null if the request does not carry it. Key names are case-insensitive
 * (AWS: IAM JSON policy elements, Condition, "the condition key").
 * @throws PolicyProblem for a key whose value in this request nobody here can know.
 */
export function lookUp(
  context: RequestContext,
  key: string,
): { values: string[]; multivalued: boolean } | null {
  const wanted = key.toLowerCase();
  if (!KNOWN.has(wanted) && !PREFIXES.some((prefix) => wanted.startsWith(prefix) && wanted !== prefix)) {
    throw unsupported(`The context key ${key} is not known here.`);
  }
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() !== wanted || value === undefined) continue;
    return { values: Array.isArray(value) ? value : [value], multivalued: MULTIVALUED.has(wanted) };
  }
  return null;
}
