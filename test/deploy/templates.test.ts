import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { deployPolicy } from '../../dev/deploy-policies.ts';
import { parsePolicy } from '../../dev/aws/iam/policy.ts';
import { list, object, readTemplate, templateText, type Resource } from './cloudformation-reader.ts';
import {
  accountStack,
  brokerRoleArn,
  brokerStack,
  document,
  names,
  resource,
  shared,
  statementsOf,
} from './names.ts';

const inline = (role: Resource) =>
  list(role.properties['Policies'] ?? []).map((policy) => document(object(policy)['PolicyDocument']));
const trust = (role: Resource) => document(role.properties['AssumeRolePolicyDocument']);

test('CloudFormation makes the policies of deploy/policies, which Terraform reads, and no others', () => {
  const broker = brokerStack();
  expect(document(resource(broker, 'LendRoles').properties['PolicyDocument'])).toEqual(
    shared('broker-roles'),
  );
  expect(document(resource(broker, 'AssignPermissionSets').properties['PolicyDocument'])).toEqual(
    shared('broker-identity-center'),
  );
  for (const runsOn of ['ecs', 'ec2', 'irsa']) {
    const role = resource(brokerStack({ RunsOn: runsOn }), 'Broker');
    expect(trust(role)).toEqual(shared(`broker-trust-${runsOn}`));
    expect(Object.keys(role.properties).toSorted()).toEqual([
      'AssumeRolePolicyDocument',
      'Description',
      'RoleName',
    ]);
  }
  const stack = accountStack();
  expect(document(resource(stack, 'Boundary').properties['PolicyDocument'])).toEqual(shared('boundary'));
  expect(inline(resource(stack, 'DenyWriter'))).toEqual([shared('deny-writer')]);
  expect(inline(resource(stack, 'Inspector'))).toEqual([shared('inspector')]);
  expect(stack.map(({ id }) => id)).toEqual([
    'Boundary',
    'DenyWriter',
    'Inspector',
    'SampleAdmin',
    'SampleReadonly',
  ]);
});

test('what is optional is made only when it is asked for', () => {
  const bare = { IdentityCenterInstanceArn: '', IdentityStoreId: '' };
  expect(brokerStack(bare).map(({ id }) => id)).toEqual(['Broker', 'LendRoles']);
  expect(brokerStack({ ...bare, RunsOn: 'ec2' }).map(({ id }) => id)).toEqual([
    'Broker',
    'LendRoles',
    'InstanceProfile',
  ]);
  expect(accountStack({ SampleRoles: 'no' }).map(({ id }) => id)).toEqual([
    'Boundary',
    'DenyWriter',
    'Inspector',
  ]);
});

test('deny-writer and inspector trust the broker to assume them, and nobody and nothing else', () => {
  for (const id of ['DenyWriter', 'Inspector']) {
    const role = resource(accountStack(), id);
    expect(statementsOf(trust(role))).toEqual([
      {
        Sid: 'TheBrokerOnly',
        Effect: 'Allow',
        Principal: { AWS: brokerRoleArn },
        Action: ['sts:AssumeRole'],
        Resource: [],
      },
    ]);
    expect(role.properties['ManagedPolicyArns']).toBeUndefined();
  }
});

test('every target role trusts the broker alone, to assume, tag and set the source identity, and has the boundary', () => {
  for (const id of ['SampleAdmin', 'SampleReadonly']) {
    const { properties } = resource(accountStack({ SampleMaxSessionSeconds: 7200 }), id);
    expect(document(properties['AssumeRolePolicyDocument'])).toEqual(shared('target-trust'));
    expect(properties['PermissionsBoundary']).toBe(
      `arn:aws:iam::${String(names['account'])}:policy/daypass-boundary`,
    );
    expect(properties['MaxSessionDuration']).toBe(7200);
    expect(properties['Policies']).toBeUndefined();
  }
  expect(
    statementsOf(shared('target-trust')).map(({ Action, Principal }) => ({ Action, Principal })),
  ).toEqual([
    {
      Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      Principal: { AWS: brokerRoleArn },
    },
  ]);
});

test('with an external id nobody assumes a target role without it', () => {
  expect(statementsOf(shared('target-trust-external-id'))).toEqual([
    expect.objectContaining({
      Principal: { AWS: brokerRoleArn },
      Action: ['sts:AssumeRole'],
      Condition: { StringEquals: { 'sts:ExternalId': names['external_id'] } },
    }),
    expect.objectContaining({
      Principal: { AWS: brokerRoleArn },
      Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
    }),
  ]);
});

test('no policy allows by exception, trusts everybody or names an action by wildcard, but the boundary', () => {
  const files = readdirSync(new URL('../../deploy/policies/', import.meta.url)).map((file) =>
    file.replace(/\.json$/, ''),
  );
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    if (file === 'boundary') continue;
    // Refuses what AWS would.
    parsePolicy(shared(file), file.includes('trust') ? 'trust' : 'identity');
    expect(JSON.stringify(shared(file)), file).not.toMatch(/"Not(Principal|Resource|Action)"/);
    for (const statement of statementsOf(shared(file))) {
      expect(statement.Action.length, file).toBeGreaterThan(0);
      expect(
        statement.Action.filter((action) => action.includes('*')),
        file,
      ).toEqual([]);
      expect(JSON.stringify(statement.Principal ?? {}), file).not.toMatch(/\*|:root"|"\d{12}"/);
    }
  }
});

test('the broker assumes roles of its organisation only, by name', () => {
  for (const { Resource, Condition } of statementsOf(shared('broker-roles'))) {
    expect(Condition).toEqual({ StringEquals: { 'aws:ResourceOrgID': names['organization_id'] } });
    expect(Resource.length).toBeGreaterThan(0);
    for (const pattern of Resource) expect(pattern).toMatch(/^arn:aws:iam::\*:role\/daypass-/);
  }
});

test('an update of the stack leaves the boundary alone, and it outlives the stack', () => {
  const template = readTemplate(templateText('account.yaml'));
  const boundary = object(object(template['Resources'] ?? {})['Boundary'] ?? {});
  expect(boundary).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  const { ManagedPolicyName: name, ...fixed } = object(boundary['Properties'] ?? {});
  expect(name).toEqual({ Ref: 'BoundaryPolicyName' });
  // A parameter in the text or description would let an update write the policy anew, without the denies.
  expect(JSON.stringify(fixed)).not.toMatch(/Ref|Fn::/);
});

test('a wildcard alone is no name of target roles', () => {
  for (const pattern of ['*', '**', '/*', '']) {
    expect(() => brokerStack({ TargetRolePattern: pattern }), pattern).toThrow('TargetRolePattern');
    expect(() => accountStack({ TargetRolePattern: pattern }), pattern).toThrow('TargetRolePattern');
  }
  expect(() => accountStack({ BrokerRoleArn: '*' })).toThrow('BrokerRoleArn');
  expect(() => accountStack({ BrokerRoleArn: 'arn:aws:iam::999988887777:root' })).toThrow('BrokerRoleArn');
});

test('a policy with a hole in it is no policy', () => {
  expect(() => deployPolicy('inspector', { partition: 'aws' })).toThrow(
    'inspector.json needs a value for account',
  );
});
