import { ACTION, GRAMMAR, NOT_ACTION, NOT_RESOURCE, PRINCIPAL, RESOURCE, VARIABLES } from './sources.ts';
import { ALLOW, policy, ROLE, type Vector } from './vector.ts';

const allow = (statement: Record<string, unknown>) => [policy({ Effect: 'Allow', ...statement })];
const deny = (statement: Record<string, unknown>) => [ALLOW, policy({ Effect: 'Deny', ...statement })];
const NOBODY = 'implicit deny: identity-based policy' as const;
const DENIED = 'explicit deny: identity-based policy' as const;
const KEYS = { action: 'iam:ListAccessKeys', resource: 'arn:aws:iam::111122223333:user/accounting/Ana' };
const PAYROLL = ['arn:aws:s3:::HRBucket/Payroll', 'arn:aws:s3:::HRBucket/Payroll/*'];

/** Actions, resources and grammar. */
export const ELEMENTS: Vector[] = [
  {
    says: 'service prefix and action name do not mind case',
    source: ACTION,
    ...KEYS,
    identity: allow({ Action: 'IAM:listaccesskeys' }),
    expected: 'allow',
  },
  {
    says: 'several actions in one element: any of them',
    source: ACTION,
    identity: allow({ Action: ['sqs:SendMessage', 's3:GetObject'] }),
    expected: 'allow',
  },
  {
    says: '* in an action is any run of characters',
    source: ACTION,
    ...KEYS,
    identity: allow({ Action: 'iam:*AccessKey*' }),
    expected: 'allow',
  },
  {
    says: '? in an action is exactly one character',
    source: ACTION,
    ...KEYS,
    identity: allow({ Action: 'iam:ListAccessKey?' }),
    expected: 'allow',
  },
  {
    says: '? in an action is not no character',
    source: ACTION,
    ...KEYS,
    identity: allow({ Action: 'iam:ListAccessKeys?' }),
    expected: NOBODY,
  },
  {
    says: 'an action without its service is refused',
    source: ACTION,
    identity: allow({ Action: 'GetObject' }),
    expected: 'malformed',
  },
  {
    says: 'NotAction with Allow: everything except what it lists',
    source: NOT_ACTION,
    identity: allow({ NotAction: 'iam:*' }),
    expected: 'allow',
  },
  {
    says: 'NotAction with Allow: what it lists is not allowed by it',
    source: NOT_ACTION,
    ...KEYS,
    identity: allow({ NotAction: 'iam:*' }),
    expected: NOBODY,
  },
  {
    says: 'NotAction with Allow does not deny what it lists: another statement may allow it',
    source: NOT_ACTION,
    ...KEYS,
    identity: [...allow({ NotAction: 'iam:*' }), ...allow({ Action: 'iam:List*' })],
    expected: 'allow',
  },
  {
    says: 'NotAction with Deny: what is not listed is denied explicitly',
    source: NOT_ACTION,
    identity: deny({ NotAction: 'iam:*' }),
    expected: DENIED,
  },
  {
    says: 'NotAction with Deny: what is listed is left alone',
    source: NOT_ACTION,
    ...KEYS,
    identity: deny({ NotAction: ['iam:*', 'sts:*'] }),
    expected: 'allow',
  },
  {
    says: 'NotAction is kept to its Resource',
    source: NOT_ACTION,
    ...KEYS,
    identity: allow({ NotAction: 's3:DeleteBucket', Resource: 'arn:aws:s3:::*' }),
    expected: NOBODY,
  },
  {
    says: 'wildcards hold within a part of the ARN',
    source: RESOURCE,
    ...KEYS,
    identity: allow({ Resource: 'arn:aws:iam::111122223333:user/accounting/*' }),
    expected: 'allow',
  },
  {
    says: 'the account in the ARN counts',
    source: RESOURCE,
    ...KEYS,
    identity: allow({ Resource: 'arn:aws:iam::444455556666:user/accounting/*' }),
    expected: NOBODY,
  },
  {
    says: 'a wildcard does not reach over the colons of an ARN',
    source: RESOURCE,
    resource: 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    identity: allow({ Resource: 'arn:aws:someservice:*:111122223333:finance/*' }),
    expected: NOBODY,
  },
  {
    says: '* of an object reaches over slashes',
    source: RESOURCE,
    identity: allow({ Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/*' }),
    expected: 'allow',
  },
  {
    says: 'the bucket is not its objects',
    source: RESOURCE,
    identity: allow({ Resource: 'arn:aws:s3:::amzn-s3-demo-bucket' }),
    expected: NOBODY,
  },
  {
    says: 'the segment of the service takes no wildcard',
    source: RESOURCE,
    identity: allow({ Resource: 'arn:aws:*:::amzn-s3-demo-bucket/*' }),
    expected: 'malformed',
  },
  {
    says: 'NotResource with Deny: everything else is denied',
    source: NOT_RESOURCE,
    identity: deny({ Action: 's3:*', NotResource: PAYROLL }),
    expected: DENIED,
  },
  {
    says: 'NotResource with Deny: what is listed is left alone',
    source: NOT_RESOURCE,
    resource: 'arn:aws:s3:::HRBucket/Payroll/july',
    identity: deny({ Action: 's3:*', NotResource: PAYROLL }),
    expected: 'allow',
  },
  {
    says: 'NotResource with Deny is kept to its Action',
    source: NOT_RESOURCE,
    ...KEYS,
    identity: deny({ Action: 's3:*', NotResource: PAYROLL }),
    expected: 'allow',
  },
  {
    says: 'Action and NotAction exclude each other',
    source: GRAMMAR,
    identity: allow({ Action: '*', NotAction: 's3:*' }),
    expected: 'malformed',
  },
  {
    says: 'Resource and NotResource exclude each other',
    source: GRAMMAR,
    identity: allow({ Resource: '*', NotResource: PAYROLL }),
    expected: 'malformed',
  },
  {
    says: 'an Effect is Allow or Deny, in that spelling',
    source: GRAMMAR,
    identity: [policy({ Effect: 'allow' })],
    expected: 'malformed',
  },
  {
    says: 'an identity policy names no principal',
    source: PRINCIPAL,
    identity: allow({ Principal: { AWS: ROLE } }),
    expected: 'malformed',
  },
  {
    says: 'a policy variable in a resource would have to be resolved',
    source: VARIABLES,
    identity: allow({ Resource: 'arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*' }),
    expected: 'unsupported',
  },
  {
    says: 'a policy variable in a condition would have to be resolved',
    source: VARIABLES,
    identity: allow({ Condition: { StringLike: { 's3:prefix': '${aws:username}/*' } } }),
    expected: 'unsupported',
  },
];
