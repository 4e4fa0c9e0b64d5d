import { assuranceLevels, type SessionConditions } from '../types.ts';
import { guardsFor } from './guards.ts';
import { deny, type Statement } from './statement.ts';

/**
 * Services with one endpoint for the whole world, which lies in a region that nobody asked for (AWS, "Denies access to AWS
 * based on the requested Region", and the services of that kind that the page names).
 */
export const globalActions: readonly string[] = [
  'account:*',
  'billing:*',
  'budgets:*',
  'ce:*',
  'cloudfront:*',
  'globalaccelerator:*',
  'health:*',
  'iam:*',
  'organizations:*',
  'route53:*',
  'route53domains:*',
  's3:ListAllMyBuckets',
  'shield:*',
  'sts:*',
  'support:*',
  'trustedadvisor:*',
  'waf:*',
];

/**
 * The denies that conditions come to. A key that a request does not carry counts as a wrong value: each `Not…` operator is
 * true for a missing key (AWS, "Condition operators"), so what cannot be judged is denied.
 * @param allowed action patterns of the Allow: exceptions for anything else are left out
 */
export function conditionDenies(conditions: SessionConditions, allowed: readonly string[]): Statement[] {
  const { addresses, vpcEndpoints, regions, resourceTags, assurance } = conditions;
  const statements: Statement[] = [];
  if (addresses !== undefined || vpcEndpoints !== undefined) {
    statements.push(
      deny(
        {},
        {
          // Absent through a VPC endpoint, and the other way round: one of the two is right, or the call is denied.
          ...(addresses === undefined ? {} : { NotIpAddress: { 'aws:SourceIp': addresses } }),
          ...(vpcEndpoints === undefined ? {} : { StringNotEquals: { 'aws:SourceVpce': vpcEndpoints } }),
          // What a service does on the person's behalf comes from that service's addresses.
          BoolIfExists: { 'aws:ViaAWSService': 'false' },
        },
      ),
    );
  }
  if (regions !== undefined) {
    statements.push(
      deny(
        { except: guardsFor(globalActions, allowed) },
        { StringNotEquals: { 'aws:RequestedRegion': regions } },
      ),
    );
  }
  if (conditions.tls === true) statements.push(deny({}, { Bool: { 'aws:SecureTransport': 'false' } }));
  // One for each key: the keys of one condition would all have to be wrong.
  for (const [key, values] of Object.entries(resourceTags ?? {})) {
    statements.push(
      deny(
        { except: guardsFor(conditions.untagged ?? [], allowed) },
        { StringNotEquals: { [`aws:ResourceTag/${key}`]: values } },
      ),
    );
  }
  if (assurance !== undefined) {
    const enough = assuranceLevels.slice(assuranceLevels.indexOf(assurance));
    statements.push(deny({}, { StringNotEquals: { 'aws:PrincipalTag/daypass:assurance': enough } }));
  }
  return statements;
}
