import { allows, denies, refused } from './condition-vector.ts';
import { SSO_REVOKE, GLOBAL_KEYS, operators } from './sources.ts';
import type { Vector } from './vector.ts';

const ADDRESS = operators('IP address condition operators', 'Conditions_IPAddress');
const ARN = operators('Amazon Resource Name (ARN) condition operators', 'Conditions_ARN');
const person = '90676a4f2c-11111111-2222-3333-4444-555555555555';

/** Addresses, ARNs, and keys that tell where a call comes from and whose it is. */
export const ORIGINS: Vector[] = [
  denies(
    GLOBAL_KEYS,
    'Bool on a key that temporary credentials lack does not match: aws:MultiFactorAuthPresent',
    { Bool: { 'aws:MultiFactorAuthPresent': 'false' } },
    {},
    false,
  ),
  denies(
    GLOBAL_KEYS,
    'BoolIfExists on aws:MultiFactorAuthPresent hits whoever lacks it',
    { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
    {},
    true,
  ),
  allows(
    ADDRESS,
    'IpAddress takes the first and last address of a range',
    { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { 'aws:SourceIp': '203.0.113.255' },
    true,
  ),
  allows(
    ADDRESS,
    'IpAddress excludes the next address',
    { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { 'aws:SourceIp': '203.0.114.0' },
    false,
  ),
  allows(
    ADDRESS,
    'an address without a length is that one address',
    { IpAddress: { 'aws:SourceIp': '203.0.113.7' } },
    { 'aws:SourceIp': '203.0.113.8' },
    false,
  ),
  allows(
    ADDRESS,
    'IPv4 and IPv6 ranges mix',
    { IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:DB8:1234:5678::/64'] } },
    { 'aws:SourceIp': '2001:db8:1234:5678::9' },
    true,
  ),
  allows(
    ADDRESS,
    'through a VPC endpoint there is no aws:SourceIp, and IpAddress is false',
    { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { 'aws:SourceVpce': 'vpce-1' },
    false,
  ),
  denies(
    ADDRESS,
    'through a VPC endpoint NotIpAddress is true: a deny hits',
    { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    { 'aws:SourceVpce': 'vpce-1' },
    true,
  ),
  denies(
    GLOBAL_KEYS,
    'aws:ViaAWSService spares what a service does on the person’s behalf',
    { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, Bool: { 'aws:ViaAWSService': 'false' } },
    { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'true' },
    false,
  ),
  allows(
    ARN,
    'ArnEquals takes wildcards, as ArnLike does',
    { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/daypass-*' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/daypass-a' },
    true,
  ),
  allows(
    ARN,
    'the six parts are checked one by one: ArnLike fails over a colon',
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:someservice:*:111122223333:finance/*' } },
    {
      'aws:PrincipalArn':
        'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    },
    false,
  ),
  allows(
    ARN,
    'where StringLike matches the same text',
    { StringLike: { 'aws:PrincipalArn': 'arn:aws:someservice:*:111122223333:finance/*' } },
    {
      'aws:PrincipalArn':
        'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt',
    },
    true,
  ),
  allows(
    ARN,
    'ARNs mind case',
    { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Daypass-*' } },
    { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/daypass-a' },
    false,
  ),
  denies(
    SSO_REVOKE,
    'a deny on identitystore:userId cuts the sessions of that person',
    { StringEquals: { 'identitystore:userId': person } },
    { 'identitystore:UserId': person },
    true,
  ),
  denies(
    SSO_REVOKE,
    'and nobody else’s, and no session that is of no permission set',
    { StringEquals: { 'identitystore:userId': person } },
    {},
    false,
  ),
  refused(
    GLOBAL_KEYS,
    'a key whose value nobody here can know',
    { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    'unsupported',
  ),
];
