import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionPolicy } from '../../src/broker/session-policy.ts';
import { estimatedPercent } from '../../src/catalog/policy/size.ts';
import { packedSize } from '../../dev/aws/packed-size.ts';
import { sessionNames } from '../../src/broker/session-tags.ts';
import type { SessionConditions } from '../../src/catalog/types.ts';
import { allows } from './policy-judge.ts';

const policyWith = (conditions: SessionConditions, actions?: string[]) =>
  sessionPolicy({
    accessEndsAt: new Date('2026-11-22T12:00:00Z'),
    allowOnward: false,
    allowIamWrite: false,
    conditions,
    ...(actions === undefined ? {} : { allow: { actions, resources: ['*'] } }),
  });
const lets = (conditions: SessionConditions, context: Record<string, string>, action = 's3:GetObject') =>
  allows(policyWith(conditions), { action, context });

const office = { 'aws:SourceIp': '203.0.113.9', 'aws:ViaAWSService': 'false' };
const elsewhere = { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'false' };
const endpoint = { 'aws:SourceVpce': 'vpce-0123456789abcdef0', 'aws:ViaAWSService': 'false' };
const otherEndpoint = { 'aws:SourceVpce': 'vpce-0fedcba9876543210', 'aws:ViaAWSService': 'false' };
const byService = { 'aws:SourceIp': '198.51.100.1', 'aws:ViaAWSService': 'true' };

describe('addresses and VPC endpoints', () => {
  const addresses = ['203.0.113.0/24', '2001:db8::/32'];
  const vpcEndpoints = ['vpce-0123456789abcdef0'];

  test('with ranges alone, calls come from these or are made by a service on the way', () => {
    expect(lets({ addresses }, office)).toBe(true);
    expect(lets({ addresses }, { ...office, 'aws:SourceIp': '2001:db8::1' })).toBe(true);
    expect(lets({ addresses }, elsewhere)).toBe(false);
    expect(lets({ addresses }, byService)).toBe(true);
  });

  test('a call through a VPC endpoint, which has no address, is denied until the endpoint is listed', () => {
    expect(lets({ addresses }, endpoint)).toBe(false);
    expect(lets({ addresses, vpcEndpoints }, endpoint)).toBe(true);
    expect(lets({ addresses, vpcEndpoints }, otherEndpoint)).toBe(false);
    expect(lets({ addresses, vpcEndpoints }, office)).toBe(true);
    expect(lets({ addresses, vpcEndpoints }, elsewhere)).toBe(false);
  });

  test('with endpoints alone, no address will do', () => {
    expect(lets({ vpcEndpoints }, endpoint)).toBe(true);
    expect(lets({ vpcEndpoints }, otherEndpoint)).toBe(false);
    expect(lets({ vpcEndpoints }, office)).toBe(false);
    expect(lets({ vpcEndpoints }, byService)).toBe(true);
  });

  test('a call that says nothing about where it comes from is denied', () => {
    expect(lets({ addresses, vpcEndpoints }, {})).toBe(false);
  });
});

describe('regions', () => {
  const regions = ['eu-west-1', 'eu-central-1'];

  test('other regions are denied, services of the whole world are not', () => {
    expect(lets({ regions }, { 'aws:RequestedRegion': 'eu-west-1' })).toBe(true);
    expect(lets({ regions }, { 'aws:RequestedRegion': 'us-east-1' })).toBe(false);
    expect(lets({ regions }, {})).toBe(false);
    for (const action of [
      'iam:GetRole',
      'sts:GetCallerIdentity',
      'cloudfront:CreateInvalidation',
      'route53:ChangeResourceRecordSets',
      'organizations:DescribeAccount',
      'support:CreateCase',
      's3:ListAllMyBuckets',
    ]) {
      expect(lets({ regions }, { 'aws:RequestedRegion': 'us-east-1' }, action), action).toBe(true);
    }
  });

  test('a narrower Allow takes nothing of that back', () => {
    const policy = policyWith({ regions }, ['s3:*']);
    const call = (action: string, region: string) =>
      allows(policy, { action, context: { 'aws:RequestedRegion': region } });
    expect(call('s3:GetObject', 'eu-west-1')).toBe(true);
    expect(call('s3:GetObject', 'us-east-1')).toBe(false);
    expect(call('s3:ListAllMyBuckets', 'us-east-1')).toBe(true);
    expect(policy).not.toContain('cloudfront');
  });
});

test('without TLS nothing passes', () => {
  expect(lets({ tls: true }, { 'aws:SecureTransport': 'true' })).toBe(true);
  expect(lets({ tls: true }, { 'aws:SecureTransport': 'false' })).toBe(false);
});

describe('resource tags', () => {
  const resourceTags = { team: ['data', 'ml'], stage: ['test'] };
  const right = { 'aws:ResourceTag/team': 'ml', 'aws:ResourceTag/stage': 'test' };

  test('every key must carry one of its values', () => {
    expect(lets({ resourceTags }, right)).toBe(true);
    expect(lets({ resourceTags }, { ...right, 'aws:ResourceTag/team': 'other' })).toBe(false);
    expect(lets({ resourceTags }, { ...right, 'aws:ResourceTag/stage': 'prod' })).toBe(false);
  });

  test('what carries no tag is denied, unless it is let through by name', () => {
    expect(lets({ resourceTags }, { 'aws:ResourceTag/team': 'data' })).toBe(false);
    expect(lets({ resourceTags }, {}, 'ec2:DescribeInstances')).toBe(false);
    expect(lets({ resourceTags, untagged: ['ec2:Describe*'] }, {}, 'ec2:DescribeInstances')).toBe(true);
    expect(lets({ resourceTags, untagged: ['ec2:Describe*'] }, {}, 'ec2:StopInstances')).toBe(false);
  });
});

test('a session that was issued on too little is denied everything, and so is one without the tag', () => {
  const tag = (level: string) => ({ 'aws:PrincipalTag/daypass:assurance': level });
  expect(lets({ assurance: 'multi-factor' }, tag('multi-factor'))).toBe(true);
  expect(lets({ assurance: 'multi-factor' }, tag('phishing-resistant'))).toBe(true);
  expect(lets({ assurance: 'multi-factor' }, tag('single-factor'))).toBe(false);
  expect(lets({ assurance: 'phishing-resistant' }, tag('multi-factor'))).toBe(false);
  expect(lets({ assurance: 'multi-factor' }, {})).toBe(false);
});

const conditions: fc.Arbitrary<SessionConditions> = fc.record(
  {
    addresses: fc.constant(['203.0.113.0/24']),
    vpcEndpoints: fc.constant(['vpce-0123456789abcdef0']),
    regions: fc.subarray(['eu-west-1', 'us-east-1', 'ap-south-1'], { minLength: 1 }),
    tls: fc.constant(true as const),
    resourceTags: fc.constant({ team: ['data'] }),
    untagged: fc.constant(['ec2:Describe*']),
    assurance: fc.constantFrom('multi-factor' as const, 'phishing-resistant' as const),
  },
  { requiredKeys: [] },
);

test('conditions only ever take away: what they let through, the same session without them may do', () => {
  const context = fc.record(
    {
      'aws:SourceIp': fc.constantFrom('203.0.113.9', '198.51.100.1'),
      'aws:SourceVpce': fc.constantFrom('vpce-0123456789abcdef0', 'vpce-0fedcba9876543210'),
      'aws:ViaAWSService': fc.constantFrom('true', 'false'),
      'aws:RequestedRegion': fc.constantFrom('eu-west-1', 'us-east-1'),
      'aws:SecureTransport': fc.constantFrom('true', 'false'),
      'aws:ResourceTag/team': fc.constantFrom('data', 'other'),
      'aws:PrincipalTag/daypass:assurance': fc.constantFrom('single-factor', 'multi-factor'),
    },
    { requiredKeys: [] },
  );
  const action = fc.constantFrom(
    's3:GetObject',
    'iam:GetRole',
    'iam:CreateUser',
    'sts:AssumeRole',
    'ec2:DescribeInstances',
  );
  fc.assert(
    fc.property(conditions, context, action, (limits, given, asked) => {
      const call = { action: asked, context: given };
      if (allows(policyWith(limits), call)) expect(allows(policyWith({}), call)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('with every condition and every guard a policy fits STS', () => {
  const policy = policyWith({
    addresses: ['203.0.113.0/24', '198.51.100.0/24'],
    vpcEndpoints: ['vpce-0123456789abcdef0'],
    regions: ['eu-central-1', 'eu-west-1'],
    tls: true,
    resourceTags: { team: ['data'] },
    untagged: ['ec2:Describe*'],
    assurance: 'multi-factor',
  });
  expect(policy.length).toBeLessThanOrEqual(2048);
});

test('the packed size is never estimated below what the stand-in reckons for the real tags', () => {
  const id = fc.stringMatching(/^[0-9a-hjkmnp-tv-z]{26}$/);
  fc.assert(
    fc.property(conditions, id, id, id, (limits, grant, session, person) => {
      const { tags } = sessionNames({
        grantId: `grt_${grant}`,
        sessionId: `ses_${session}`,
        personId: `prs_${person}`,
        entitlement: 'prod/admin',
        assurance: 'phishing-resistant',
        allowOnward: true,
      });
      const policy = policyWith(limits);
      expect(estimatedPercent(policy, tags)).toBeGreaterThanOrEqual(packedSize([policy], [...tags]).percent);
    }),
  );
});
