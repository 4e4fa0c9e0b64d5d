import { allows, denies, refused, job } from './condition-vector.ts';
import { REVOKE_SESSIONS, CONDITION, operators } from './sources.ts';
import type { Vector } from './vector.ts';

const STRING = operators('String condition operators', 'Conditions_String');
const NUMERIC = operators('Numeric condition operators', 'Conditions_Numeric');
const DATE = operators('Date condition operators', 'Conditions_Date');
const BOOLEAN = operators('Boolean condition operators', 'Conditions_Boolean');
const issued = 'aws:TokenIssueTime';

/** Strings, numbers, dates and booleans. */
export const COMPARISONS: Vector[] = [
  allows(
    STRING,
    'StringEquals matches exactly',
    { StringEquals: { [job]: 'iamuser-admin' } },
    { [job]: 'iamuser-admin' },
    true,
  ),
  allows(
    STRING,
    'StringEquals minds case',
    { StringEquals: { [job]: 'iamuser-admin' } },
    { [job]: 'IAMUser-Admin' },
    false,
  ),
  allows(
    STRING,
    'StringEquals knows no wildcard',
    { StringEquals: { [job]: 'iamuser-*' } },
    { [job]: 'iamuser-admin' },
    false,
  ),
  allows(STRING, 'a missing key does not match', { StringEquals: { [job]: 'iamuser-admin' } }, {}, false),
  allows(
    STRING,
    'StringEqualsIgnoreCase does not mind case',
    { StringEqualsIgnoreCase: { [job]: 'iamuser-admin' } },
    { [job]: 'IAMUser-Admin' },
    true,
  ),
  allows(
    STRING,
    'StringLike takes * anywhere',
    { StringLike: { 's3:prefix': ['', 'home/*'] } },
    { 's3:prefix': 'home/ana/a' },
    true,
  ),
  allows(
    STRING,
    'StringLike without a wildcard is no partial match',
    { StringLike: { 's3:prefix': 'home/' } },
    { 's3:prefix': 'home/ana' },
    false,
  ),
  allows(
    STRING,
    'StringLike minds case',
    { StringLike: { 's3:prefix': 'Home/*' } },
    { 's3:prefix': 'home/ana' },
    false,
  ),
  allows(
    CONDITION,
    'names of condition keys do not mind case',
    { StringEquals: { 'AWS:PRINCIPALTAG/Job-Category': 'a' } },
    { [job]: 'a' },
    true,
  ),
  allows(
    NUMERIC,
    'NumericLessThanEquals includes the bound',
    { NumericLessThanEquals: { 'aws:MultiFactorAuthAge': '3600' } },
    { 'aws:MultiFactorAuthAge': '3600' },
    true,
  ),
  allows(
    NUMERIC,
    'NumericLessThan excludes the bound',
    { NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
    { 'aws:MultiFactorAuthAge': '3600' },
    false,
  ),
  allows(
    NUMERIC,
    'numbers are compared as numbers',
    { NumericLessThan: { 'aws:MultiFactorAuthAge': '1000' } },
    { 'aws:MultiFactorAuthAge': '900' },
    true,
  ),
  denies(
    REVOKE_SESSIONS,
    'a session issued before the time that the deny names is cut',
    { DateLessThan: { [issued]: '2026-11-22T10:00:00Z' } },
    { [issued]: '2026-11-22T09:59:59Z' },
    true,
  ),
  denies(
    REVOKE_SESSIONS,
    'a session issued after it goes on',
    { DateLessThan: { [issued]: '2026-11-22T10:00:00Z' } },
    { [issued]: '2026-11-22T10:00:01Z' },
    false,
  ),
  denies(
    DATE,
    'DateLessThan is before, and not at',
    { DateLessThan: { [issued]: '2026-11-22T10:00:00Z' } },
    { [issued]: '2026-11-22T10:00:00Z' },
    false,
  ),
  denies(
    DATE,
    'DateGreaterThanEquals is at or after',
    { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-22T10:00:00Z' } },
    { 'aws:CurrentTime': '2026-11-22T10:00:00Z' },
    true,
  ),
  denies(
    DATE,
    'dates are compared as instants, whatever their offset',
    { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-22T12:00:00+02:00' } },
    { 'aws:CurrentTime': '2026-11-22T09:59:59Z' },
    false,
  ),
  allows(
    DATE,
    'the key is missing for long-term keys, and no date matches',
    { DateGreaterThan: { [issued]: '2020-01-01T00:00:01Z' } },
    {},
    false,
  ),
  refused(DATE, 'no wildcards in dates', { DateLessThan: { 'aws:CurrentTime': '2026-11-*' } }, 'malformed'),
  denies(
    BOOLEAN,
    'Bool on aws:SecureTransport denies what came without TLS',
    { Bool: { 'aws:SecureTransport': 'false' } },
    { 'aws:SecureTransport': 'false' },
    true,
  ),
  denies(
    BOOLEAN,
    'Bool on aws:SecureTransport leaves TLS alone',
    { Bool: { 'aws:SecureTransport': 'false' } },
    { 'aws:SecureTransport': 'true' },
    false,
  ),
];
