import * as iam from '@aws-sdk/client-iam';
import * as sts from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxPolicyCharacters, sessionPolicy } from '../../src/broker/session-policy.ts';
import { globMatches } from '../../src/catalog/policy/glob.ts';
import { lasting, onward, open } from './aws-actions.ts';
import { allows } from './policy-judge.ts';

/** Kept free in every policy that is not narrowed, for conditions. */
const roomForConditions = 850;
const end = new Date('2026-11-22T12:00:00.500Z');
const all = { accessEndsAt: end, allowOnward: true, allowIamWrite: true };
const none = { accessEndsAt: end, allowOnward: false, allowIamWrite: false };

// Each takes a boundary away or swaps it, and stays denied whatever is allowed.
const boundaries = [
  'iam:PutRolePermissionsBoundary',
  'iam:DeleteRolePermissionsBoundary',
  'sso:DeletePermissionsBoundaryFromPermissionSet',
  'sso:PutPermissionsBoundaryToPermissionSet',
];

test('every policy is valid, fits STS, denies all from the end and lets the role through before', () => {
  const input = fc.record({
    seconds: fc.integer({ min: 1, max: 4_000_000_000 }),
    ms: fc.integer({ min: 0, max: 999 }),
    allowOnward: fc.boolean(),
    allowIamWrite: fc.boolean(),
  });
  fc.assert(
    fc.property(input, ({ seconds, ms, ...allowed }) => {
      const accessEndsAt = new Date(seconds * 1000 + ms);
      const policy = sessionPolicy({ accessEndsAt, ...allowed });
      expect(policy.length).toBeLessThanOrEqual(maxPolicyCharacters - roomForConditions);
      const at = (time: number, action: string) =>
        allows(policy, { action, context: { 'aws:CurrentTime': new Date(time).toISOString() } });
      const cut = seconds * 1000;
      for (const action of open) {
        expect(at(cut - 1000, action), action).toBe(true);
        expect(at(cut, action), action).toBe(false);
        expect(at(accessEndsAt.getTime(), action), action).toBe(false);
      }
      for (const action of onward) expect(at(0, action), action).toBe(allowed.allowOnward);
      for (const action of lasting) {
        expect(at(0, action), action).toBe(allowed.allowIamWrite && !boundaries.includes(action));
      }
    }),
    { numRuns: 30 },
  );
});

// Takes away and gives nothing, or reads; and what docs/adr/0009 leaves open.
const harmless = new Set(
  [
    'CreateServiceLinkedRole',
    'DeleteAccessKey',
    'DeleteAccountAlias',
    'DeleteGroup',
    'DeleteInstanceProfile',
    'DeleteLoginProfile',
    'DeleteOpenIDConnectProvider',
    'DeleteSAMLProvider',
    'DeleteSSHPublicKey',
    'DeleteServerCertificate',
    'DeleteServiceLinkedRole',
    'DeleteServiceSpecificCredential',
    'DeleteSigningCertificate',
    'DeleteUser',
    'DeleteVirtualMFADevice',
    'DisableOrganizationsRootCredentialsManagement',
    'DisableOrganizationsRootSessions',
    'DisableOutboundWebIdentityFederation',
    'GenerateCredentialReport',
    'GenerateOrganizationsAccessReport',
    'GenerateServiceLastAccessedDetails',
    'SimulateCustomPolicy',
    'SimulatePrincipalPolicy',
  ].map((name) => `iam:${name}`),
);

test('every action of IAM and STS that the SDK knows is denied, or open by name: a new one is noticed', () => {
  const actionsOf = (service: string, client: object) =>
    Object.keys(client)
      .filter((name) => /^[A-Z][A-Za-z]+Command$/.test(name))
      .map((name) => `${service}:${name.replace(/Command$/, '')}`);
  const policy = sessionPolicy(none);
  const iamActions = actionsOf('iam', iam);
  expect(iamActions.length).toBeGreaterThan(150);
  for (const action of iamActions) {
    const reading = /^iam:(?:Get|List)/.test(action);
    expect(allows(policy, { action }), action).toBe(reading || harmless.has(action));
  }
  for (const action of actionsOf('sts', sts)) {
    const telling = ['DecodeAuthorizationMessage', 'GetAccessKeyInfo', 'GetCallerIdentity'];
    expect(allows(policy, { action }), action).toBe(telling.some((name) => action === `sts:${name}`));
  }
});

describe('no session undoes its own end, whatever it is allowed', () => {
  const own = { boundaryPolicy: 'cut', denyWriterRole: 'writer', inspectorRole: 'looker' };
  const arns = ['policy/cut', 'role/writer', 'role/looker'].map(
    (name) => `arn:aws:iam::111122223333:${name}`,
  );
  test.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('allowOnward %s, allowIamWrite %s', (allowOnward, allowIamWrite) => {
    const policy = sessionPolicy({ accessEndsAt: end, allowOnward, allowIamWrite, own });
    for (const resource of arns) {
      for (const action of [...lasting.filter((name) => name.startsWith('iam:')), 'sts:AssumeRole']) {
        expect(allows(policy, { action, resource }), `${action} on ${resource}`).toBe(false);
      }
      expect(allows(policy, { action: 'iam:GetRole', resource })).toBe(true);
    }
    for (const action of boundaries) {
      expect(allows(policy, { action, resource: 'arn:aws:iam::111122223333:role/any' })).toBe(false);
    }
  });

  test('other roles and policies are as open as the entitlement says', () => {
    const policy = sessionPolicy({ ...all, own });
    const resource = 'arn:aws:iam::111122223333:role/other';
    expect(allows(policy, { action: 'iam:PutRolePolicy', resource })).toBe(true);
    expect(allows(policy, { action: 'sts:AssumeRole', resource })).toBe(true);
  });
});

test('a narrower Allow loses no guard that could matter: what it lets through, the whole policy lets through', () => {
  const service = fc.constantFrom('iam', 'sts', 's3', 'sso', 'eks', 'iot', 'ec2');
  const pattern = fc.oneof(
    fc
      .tuple(service, fc.stringMatching(/^[A-Za-z*?]{0,6}\*?$/))
      .map(([prefix, name]) => `${prefix}:${name || '*'}`),
    fc.constantFrom(...onward, ...lasting, ...open, '*'),
  );
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      fc.boolean(),
      (actions, allowOnward, allowIamWrite) => {
        const input = { accessEndsAt: end, allowOnward, allowIamWrite };
        const whole = sessionPolicy(input);
        const narrow = sessionPolicy({ ...input, allow: { actions, resources: ['*'] } });
        for (const action of [...onward, ...lasting, ...open]) {
          const asked = actions.some((each) => globMatches(each, action));
          expect(allows(narrow, { action }), action).toBe(asked && allows(whole, { action }));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a narrow Allow gives back the room of guards that cannot matter, and keeps those of going on', () => {
  const narrow = sessionPolicy({ ...none, allow: { actions: ['s3:Get*'], resources: ['*'] } });
  expect(narrow.length).toBeLessThan(500);
  expect(narrow).toContain('sts:Assume*');
  expect(narrow).not.toContain('"iam:');
});

test('an Allow reaches the resources and tags it names and no others', () => {
  const policy = sessionPolicy({
    ...none,
    allow: {
      actions: ['s3:GetObject', 'ec2:StopInstances'],
      resources: ['arn:aws:s3:::logs/*', 'arn:aws:ec2:*:*:instance/*'],
    },
  });
  expect(allows(policy, { action: 's3:GetObject', resource: 'arn:aws:s3:::logs/a' })).toBe(true);
  expect(allows(policy, { action: 's3:GetObject', resource: 'arn:aws:s3:::other/a' })).toBe(false);
  expect(allows(policy, { action: 's3:PutObject', resource: 'arn:aws:s3:::logs/a' })).toBe(false);
});

test('a policy that does not fit is never sent', () => {
  const actions = Array.from({ length: 100 }, (_, index) => `s3:GetSomethingLong${index}`);
  expect(() => sessionPolicy({ ...none, allow: { actions, resources: ['*'] } })).toThrow('longer than STS');
});
