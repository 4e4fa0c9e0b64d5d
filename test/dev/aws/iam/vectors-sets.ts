import { allows, denies, refused, job } from './condition-vector.ts';
import { MULTIPLE, SETS, OPERATORS, VARIABLES, operators } from './sources.ts';
import type { Vector } from './vector.ts';

const IF_EXISTS = operators('...IfExists condition operators', 'Conditions_IfExists');
const NULL = operators('Condition operator to check existence of condition keys', 'Conditions_Null');
const BINARY = operators('Binary condition operators', 'Conditions_BinaryEquals');
const department = 'aws:PrincipalTag/department';
const role = 'aws:PrincipalTag/role';
const issued = 'aws:TokenIssueTime';

/** Missing keys, several keys and several values. */
export const SETS_OF_VALUES: Vector[] = [
  denies(
    OPERATORS,
    'a negated operator is true when the key is missing',
    { StringNotLike: { [job]: 'a*' } },
    {},
    true,
  ),
  denies(
    OPERATORS,
    'a negated ARN operator is true when the key is missing',
    { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/a' } },
    {},
    true,
  ),
  allows(
    IF_EXISTS,
    'IfExists: a missing key makes the condition true',
    { StringLikeIfExists: { [job]: 'a*' } },
    {},
    true,
  ),
  allows(
    IF_EXISTS,
    'IfExists: a key that is there is compared',
    { StringLikeIfExists: { [job]: 'a*' } },
    { [job]: 'b' },
    false,
  ),
  allows(
    IF_EXISTS,
    'IfExists: other conditions still count',
    { StringLikeIfExists: { [job]: 'a*' }, StringEquals: { [department]: 'x' } },
    {},
    false,
  ),
  denies(
    IF_EXISTS,
    'IfExists with a negated operator and Deny: a missing key is denied',
    { StringNotEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } },
    {},
    true,
  ),
  refused(IF_EXISTS, 'IfExists cannot be added to Null', { NullIfExists: { [issued]: 'true' } }, 'malformed'),
  allows(NULL, 'Null true: the key must not be there', { Null: { [issued]: 'true' } }, {}, true),
  allows(
    NULL,
    'Null true: the key is there',
    { Null: { [issued]: 'true' } },
    { [issued]: '2026-11-22T10:00:00Z' },
    false,
  ),
  allows(
    NULL,
    'Null false: the key must be there',
    { Null: { [issued]: 'false' } },
    { [issued]: '2026-11-22T10:00:00Z' },
    true,
  ),
  allows(NULL, 'Null false: the key is not there', { Null: { [issued]: 'false' } }, {}, false),
  allows(
    MULTIPLE,
    'several values of one key: any of them',
    { StringEquals: { [department]: ['finance', 'hr', 'legal'] } },
    { [department]: 'hr' },
    true,
  ),
  allows(
    MULTIPLE,
    'several keys of one operator: all of them',
    { StringEquals: { [department]: ['finance', 'hr'], [role]: ['audit'] } },
    { [department]: 'hr', [role]: 'build' },
    false,
  ),
  allows(
    MULTIPLE,
    'several operators: all of them',
    {
      StringEqualsIgnoreCase: { [department]: 'FINANCE' },
      StringEquals: { 'aws:PrincipalAccount': '123456789012' },
    },
    { [department]: 'finance', 'aws:PrincipalAccount': '123456789012' },
    true,
  ),
  denies(
    MULTIPLE,
    'several values of a negated operator: none may match',
    { StringNotEquals: { 'aws:PrincipalAccount': ['111122223333', '444455556666'] } },
    { 'aws:PrincipalAccount': '444455556666' },
    false,
  ),
  denies(
    MULTIPLE,
    'several values of a negated operator: true where none matches',
    { StringNotEquals: { 'aws:PrincipalAccount': ['111122223333', '444455556666'] } },
    { 'aws:PrincipalAccount': '999988887777' },
    true,
  ),
  allows(
    SETS,
    'ForAllValues: every value of the request must match',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment', 'cost-center'] } },
    { 'aws:TagKeys': ['environment', 'owner'] },
    false,
  ),
  allows(
    SETS,
    'ForAllValues: a part of the values is enough',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment', 'cost-center'] } },
    { 'aws:TagKeys': ['environment'] },
    true,
  ),
  allows(
    SETS,
    'ForAllValues: true when there is no key',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment'] } },
    {},
    true,
  ),
  allows(
    SETS,
    'ForAllValues: true for an empty string, which is a null data set',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment'] } },
    { 'aws:TagKeys': [''] },
    true,
  ),
  allows(
    SETS,
    'ForAnyValue: one value of the request that matches is enough',
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment', 'cost-center'] } },
    { 'aws:TagKeys': ['owner', 'environment'] },
    true,
  ),
  allows(
    SETS,
    'ForAnyValue: none matches',
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment'] } },
    { 'aws:TagKeys': ['owner'] },
    false,
  ),
  allows(
    SETS,
    'ForAnyValue: false when there is no key',
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['environment'] } },
    {},
    false,
  ),
  denies(
    SETS,
    'ForAnyValue with Deny: one forbidden value denies',
    { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['ID', 'PostDateTime'] } },
    { 'aws:TagKeys': ['PostDateTime', 'Message'] },
    true,
  ),
  denies(
    SETS,
    'ForAllValues with Null: an empty set is caught by the second condition',
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['environment'] }, Null: { 'aws:TagKeys': 'false' } },
    {},
    false,
  ),
  refused(
    SETS,
    'a multivalued key needs a set operator',
    { StringEquals: { 'aws:TagKeys': 'environment' } },
    'unsupported',
  ),
  refused(
    BINARY,
    'BinaryEquals compares bytes, which nothing here has',
    { BinaryEquals: { [job]: 'QmluYXJ5' } },
    'unsupported',
  ),
  refused(OPERATORS, 'an operator that does not exist', { StringEqual: { [job]: 'a' } }, 'malformed'),
  refused(
    VARIABLES,
    'a policy variable beside a literal',
    { StringEquals: { [job]: ['a', '${aws:PrincipalTag/team}'] } },
    'unsupported',
  ),
];
