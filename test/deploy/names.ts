import { deployPolicy } from '../../dev/deploy-policies.ts';
import type { PolicyDocument } from '../../dev/aws/iam/policy.ts';
import {
  object,
  readTemplate,
  resources,
  templateText,
  type Json,
  type Resource,
} from './cloudformation-reader.ts';

export const brokerAccount = '999988887777';
export const account = '111122223333';
export const brokerRoleArn = `arn:aws:iam::${brokerAccount}:role/daypass-broker`;
export const organization = 'o-a1b2c3d4e5';
const instanceId = 'ssoins-7223d05fe0ad6a5c';
const storeId = 'd-9067642ac7';

/** A value for every name in deploy/policies: those of the demo's world. */
export const names: Readonly<Record<string, string>> = {
  partition: 'aws',
  account,
  broker_account: brokerAccount,
  broker_role_arn: brokerRoleArn,
  broker_role_name: 'daypass-broker',
  boundary_policy_name: 'daypass-boundary',
  deny_writer_role_name: 'daypass-deny-writer',
  inspector_role_name: 'daypass-inspector',
  target_role_pattern: 'daypass-*',
  organization_id: organization,
  identity_center_instance_id: instanceId,
  identity_store_id: storeId,
  oidc_provider: 'oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF',
  service_account: 'daypass:broker',
  external_id: 'daypass-7f3a',
  deployment_role_pattern: 'stacksets-exec-*',
};

const brokerParameters = {
  OrganizationId: organization,
  IdentityCenterInstanceArn: `arn:aws:sso:::instance/${instanceId}`,
  IdentityStoreId: storeId,
  OidcProvider: names['oidc_provider'] ?? '',
  ServiceAccount: names['service_account'] ?? '',
};

/** The resources of broker.yaml with the demo's names. */
export function brokerStack(parameters: Readonly<Record<string, Json>> = {}): Resource[] {
  const template = readTemplate(templateText('broker.yaml'));
  return resources(template, { ...brokerParameters, ...parameters }, brokerAccount);
}

/** The resources of account.yaml with the demo's names. */
export function accountStack(parameters: Readonly<Record<string, Json>> = {}): Resource[] {
  const template = readTemplate(templateText('account.yaml'));
  return resources(template, { BrokerRoleArn: brokerRoleArn, SampleRoles: 'yes', ...parameters }, account);
}

export function resource(stack: readonly Resource[], id: string): Resource {
  const found = stack.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the template makes no ${id}`);
  return found;
}

/** A policy document in a resource, whether it stands there as a map or as text. */
export function document(value: Json | undefined): PolicyDocument {
  return typeof value === 'string' ? (JSON.parse(value) as PolicyDocument) : object(value ?? null);
}

/** A policy of deploy/policies with the demo's names, in the account `account` unless another is named. */
export function shared(name: string, inAccount: string = account): PolicyDocument {
  return deployPolicy(name, { ...names, account: inAccount });
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: Json;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: Json;
}

/** The statements of a policy as they are written, with every list a list. */
export function statementsOf(policy: PolicyDocument): Statement[] {
  const many = (value: unknown) => (value === undefined ? [] : [value].flat()) as string[];
  return (policy['Statement'] as Record<string, unknown>[]).map(
    (one) =>
      ({ ...one, Action: many(one['Action']), Resource: many(one['Resource']) }) as unknown as Statement,
  );
}
