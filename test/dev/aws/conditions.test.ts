import { describe, expect, it } from 'vitest';
import type { RequestContext } from '../../../dev/aws/iam/context.ts';
import { evaluate } from '../../../dev/aws/iam/evaluate.ts';
import { parsePolicy } from '../../../dev/aws/iam/policy.ts';

/** Whether a statement with this condition applies. */
function applies(condition: Record<string, Record<string, unknown>>, context: RequestContext): boolean {
  const policy = parsePolicy(
    { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: condition }] },
    'identity',
  );
  return evaluate(
    { action: 's3:ListAllMyBuckets', resource: 'arn:aws:s3:::*', context },
    { identity: [policy] },
  ).allowed;
}

type Vector = [
  operator: string,
  key: string,
  policyValue: unknown,
  requestValue: string | string[] | undefined,
  applies: boolean,
];

// IAM User Guide, "IAM JSON policy elements: Condition operators": the tables of each section, and what the page says of a
// key that is missing from the request.
const operators: Vector[] = [
  ['StringEquals', 'aws:PrincipalTag/job', 'iamuser-admin', 'iamuser-admin', true],
  ['StringEquals', 'aws:PrincipalTag/job', 'iamuser-admin', 'IAMUser-admin', false],
  ['StringEquals', 'aws:PrincipalTag/job', ['a', 'b'], 'b', true],
  ['StringEquals', 'aws:PrincipalTag/job', 'a*', 'ab', false],
  ['StringEquals', 'aws:PrincipalTag/job', 'a', undefined, false],
  ['StringNotEquals', 'aws:PrincipalTag/job', ['a', 'b'], 'b', false],
  ['StringNotEquals', 'aws:PrincipalTag/job', ['a', 'b'], 'c', true],
  ['StringNotEquals', 'aws:PrincipalTag/job', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'aws:PrincipalTag/job', 'Admin', 'aDMIN', true],
  ['StringNotEqualsIgnoreCase', 'aws:PrincipalTag/job', 'Admin', 'aDMIN', false],
  ['StringLike', 'aws:userid', 'AROAX:*', 'AROAX:ses_1', true],
  ['StringLike', 'aws:userid', 'AROA?:ses', 'AROAXY:ses', false],
  ['StringLike', 'aws:userid', 'a.c', 'abc', false],
  ['StringNotLike', 'aws:userid', 'AROAX:*', 'AROAX:ses_1', false],
  ['StringNotLike', 'aws:userid', 'AROAX:*', undefined, true],
  ['NumericEquals', 'aws:MultiFactorAuthAge', 10, '10', true],
  ['NumericNotEquals', 'aws:MultiFactorAuthAge', '10', '10', false],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', '10', '9', true],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', '10', '10', false],
  ['NumericLessThanEquals', 'aws:MultiFactorAuthAge', '10', '10', true],
  ['NumericGreaterThan', 'aws:MultiFactorAuthAge', '9', '10', true],
  ['NumericGreaterThanEquals', 'aws:MultiFactorAuthAge', '11', '10', false],
  ['NumericLessThan', 'aws:MultiFactorAuthAge', '10', undefined, false],
  ['DateEquals', 'aws:CurrentTime', '2026-06-30T00:00:00Z', '2026-06-30T02:00:00+02:00', true],
  ['DateNotEquals', 'aws:CurrentTime', '2026-06-30T00:00:00Z', '2026-06-30T00:00:00Z', false],
  ['DateLessThan', 'aws:TokenIssueTime', '2026-06-30T00:00:00Z', '2026-06-29T23:59:59Z', true],
  ['DateLessThan', 'aws:TokenIssueTime', '2026-06-30T00:00:00Z', '2026-06-30T00:00:00Z', false],
  ['DateLessThan', 'aws:TokenIssueTime', '2026-06-30T00:00:00Z', undefined, false],
  ['DateLessThanEquals', 'aws:EpochTime', '1782777600', '1782777600', true],
  ['DateGreaterThan', 'aws:CurrentTime', '1782777600', '2026-06-30T00:00:01Z', true],
  ['DateGreaterThanEquals', 'aws:CurrentTime', '2026-06-30', '2026-06-30T00:00:00Z', true],
  ['Bool', 'aws:ViaAWSService', false, 'false', true],
  ['Bool', 'aws:MultiFactorAuthPresent', 'true', undefined, false],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true', undefined, true],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'true', 'false', false],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.255', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.114.0', false],
  ['IpAddress', 'aws:SourceIp', ['203.0.113.7', '2001:DB8:1234:5678::/64'], '2001:db8:1234:5678::1', true],
  ['IpAddress', 'aws:SourceIp', '203.0.113.7', '203.0.113.8', false],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', '203.0.113.9', false],
  ['NotIpAddress', 'aws:SourceIp', '203.0.113.0/24', undefined, true],
  [
    'ArnLike',
    'aws:PrincipalArn',
    'arn:aws:iam::*:role/daypass-*',
    'arn:aws:iam::111122223333:role/daypass-admin',
    true,
  ],
  ['ArnEquals', 'aws:PrincipalArn', 'arn:aws:iam::*:role/*', 'arn:aws:iam::111122223333:role/x', true],
  ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:x', 'arn:aws:iam::111122223333:role/x', false],
  [
    'ArnNotLike',
    'aws:PrincipalArn',
    'arn:aws:iam::111122223333:role/x',
    'arn:aws:iam::111122223333:role/x',
    false,
  ],
  ['ArnNotEquals', 'aws:PrincipalArn', 'arn:aws:iam::111122223333:role/x', undefined, true],
  ['Null', 'aws:TokenIssueTime', true, undefined, true],
  ['Null', 'aws:TokenIssueTime', 'true', '2026-06-30T00:00:00Z', false],
  ['Null', 'aws:TokenIssueTime', 'false', '2026-06-30T00:00:00Z', true],
  ['StringEqualsIfExists', 'sts:ExternalId', 'x', undefined, true],
  ['StringEqualsIfExists', 'sts:ExternalId', 'x', 'y', false],
  // "Condition keys are not case-sensitive."
  ['StringEquals', 'AWS:principaltag/JOB', 'a', 'a', true],
  // IAM User Guide, "Set operators for multivalued context keys".
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['env', 'owner'], ['env'], true],
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['env', 'owner'], ['env', 'cost'], false],
  ['ForAllValues:StringEquals', 'aws:TagKeys', ['env'], undefined, true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', ['env', 'owner'], ['env', 'cost'], true],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', ['env'], ['cost'], false],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', ['env'], undefined, false],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['env'], ['env', 'cost'], true],
  ['ForAnyValue:StringNotEquals', 'aws:TagKeys', ['env'], undefined, false],
  ['ForAllValues:StringNotLike', 'sts:TransitiveTagKeys', ['e*'], ['cost'], true],
];

const contextKeyOf = (key: string): string => (key.startsWith('AWS:') ? 'aws:PrincipalTag/job' : key);

describe('a condition', () => {
  it.each(operators)(
    '%s %s %j with %j in the request: %s',
    (operator, key, policyValue, requestValue, expected) => {
      expect(applies({ [operator]: { [key]: policyValue } }, { [contextKeyOf(key)]: requestValue })).toBe(
        expected,
      );
    },
  );

  it('holds only if every operator and key holds', () => {
    const context = { 'aws:userid': 'a', 'aws:PrincipalTag/job': 'b' };
    const both = (user: string, job: string): Record<string, Record<string, unknown>> => ({
      StringEquals: { 'aws:userid': user, 'aws:PrincipalTag/job': job },
      StringLike: { 'aws:userid': '*' },
    });
    expect(applies(both('a', 'b'), context)).toBe(true);
    expect(applies(both('a', 'x'), context)).toBe(false);
    expect(applies(both('x', 'b'), context)).toBe(false);
  });

  it.each([
    ['an operator that AWS does not have', { StringEqual: { 'aws:userid': 'a' } }, 'malformed'],
    ['an operator that is not judged here', { BinaryEquals: { 'aws:userid': 'a' } }, 'unsupported'],
    ['a context key that is not known', { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } }, 'unsupported'],
    [
      'an unknown key beside a condition that fails',
      { StringEquals: { 'aws:userid': 'no', 'aws:Referer': 'x' } },
      'unsupported',
    ],
    ['a tag key without a name', { StringEquals: { 'aws:PrincipalTag/': 'x' } }, 'unsupported'],
    ['a policy variable', { StringEquals: { 'aws:userid': '${aws:username}' } }, 'unsupported'],
    ['several values without a set operator', { StringEquals: { 'aws:TagKeys': 'env' } }, 'unsupported'],
    ['a date that is none', { DateLessThan: { 'aws:CurrentTime': 'tomorrow' } }, 'malformed'],
    ['a number that is none', { NumericLessThan: { 'aws:MultiFactorAuthAge': 'ten' } }, 'malformed'],
    ['a range that is none', { IpAddress: { 'aws:SourceIp': '203.0.113.0/33' } }, 'malformed'],
    ['a boolean that is none', { Bool: { 'aws:ViaAWSService': 'yes' } }, 'malformed'],
    ['an ARN that is none', { ArnLike: { 'aws:PrincipalArn': 'daypass-*' } }, 'malformed'],
    ['NullIfExists', { NullIfExists: { 'aws:userid': 'true' } }, 'malformed'],
    ['a value that is an object', { StringEquals: { 'aws:userid': { a: 1 } } }, 'malformed'],
  ])('is refused loudly for %s', (_what, condition, kind) => {
    const judge = (): boolean => applies(condition, { 'aws:userid': 'a', 'aws:TagKeys': ['env'] });
    expect(judge).toThrow(expect.objectContaining({ name: 'PolicyProblem', kind }));
  });
});
