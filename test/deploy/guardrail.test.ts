import { describe, expect, test } from 'vitest';
import { evaluate } from '../../dev/aws/iam/evaluate.ts';
import { parsePolicy } from '../../dev/aws/iam/policy.ts';
import { templateText } from './cloudformation-reader.ts';
import { account, shared, statementsOf } from './names.ts';

const scp = parsePolicy(templateText('guardrail-scp.json'), 'identity');
const everything = parsePolicy(shared('boundary'), 'identity');
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const boundary = `arn:aws:iam::${account}:policy/daypass-boundary`;
const root = `arn:aws:iam::${account}:root`;

/** May this principal, an administrator of the account, do it under the service control policy? */
function may(principal: string, action: string, resource: string): boolean {
  return evaluate(
    { action, resource, context: { 'aws:PrincipalArn': principal } },
    { identity: [everything, scp] },
  ).allowed;
}

test('the guardrail for pasting is the shared one with the standard names, and fits in an SCP', () => {
  expect(JSON.parse(templateText('guardrail-scp.json'))).toEqual(shared('guardrail-scp'));
  // AWS Organizations User Guide, "Quotas": characters, spaces included where the policy is not saved through the console.
  expect(templateText('guardrail-scp.json').length).toBeLessThan(5120);
  expect(statementsOf(shared('guardrail-scp')).map(({ Effect }) => Effect)).not.toContain('Allow');
});

test('nobody makes users, keys or logins, not even the deployment or root', () => {
  const actions = ['CreateUser', 'CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile'];
  for (const principal of [role('admin'), role('stacksets-exec-1a2b'), role('daypass-deny-writer'), root]) {
    for (const action of actions) {
      expect(may(principal, `iam:${action}`, `arn:aws:iam::${account}:user/eve`), action).toBe(false);
    }
  }
  // What takes such a thing away stays possible.
  for (const action of ['DeleteAccessKey', 'UpdateAccessKey', 'DeleteLoginProfile', 'DeleteUser']) {
    expect(may(role('admin'), `iam:${action}`, `arn:aws:iam::${account}:user/eve`), action).toBe(true);
  }
});

describe("Daypass's roles", () => {
  const changes = [
    'AttachRolePolicy',
    'CreateRole',
    'DeleteRole',
    'DeleteRolePermissionsBoundary',
    'DeleteRolePolicy',
    'DetachRolePolicy',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'UpdateAssumeRolePolicy',
    'UpdateRole',
  ];
  const ours = ['daypass-admin', 'daypass-broker', 'daypass-deny-writer', 'daypass-inspector'];

  test.for(changes)('iam:%s is for their deployment alone', (change) => {
    for (const name of ours) {
      for (const principal of [role('admin'), role('daypass-admin'), role('daypass-deny-writer'), root]) {
        expect(may(principal, `iam:${change}`, role(name)), principal).toBe(false);
      }
      expect(may(role('stacksets-exec-1a2b'), `iam:${change}`, role(name))).toBe(true);
    }
    expect(may(role('admin'), `iam:${change}`, role('app-server'))).toBe(true);
  });

  test('nobody gets past it by making or taking over a role with the name of the deployment', () => {
    for (const change of changes) {
      expect(may(role('admin'), `iam:${change}`, role('stacksets-exec-eve')), change).toBe(false);
    }
  });

  test('reading them stays open', () => {
    expect(may(role('admin'), 'iam:GetRole', role('daypass-admin'))).toBe(true);
  });
});

test('versions of the boundary are written by the deny-writer alone: a deployment cannot take denies back', () => {
  for (const action of [
    'iam:CreatePolicyVersion',
    'iam:DeletePolicyVersion',
    'iam:SetDefaultPolicyVersion',
  ]) {
    for (const principal of [role('admin'), role('daypass-admin'), role('stacksets-exec-1a2b'), root]) {
      expect(may(principal, action, boundary), principal).toBe(false);
    }
    expect(may(role('daypass-deny-writer'), action, boundary)).toBe(true);
    expect(may(role('admin'), action, `arn:aws:iam::${account}:policy/app`)).toBe(true);
  }
});

test('the boundary is made and deleted by the deployment alone', () => {
  for (const action of ['iam:CreatePolicy', 'iam:DeletePolicy']) {
    expect(may(role('stacksets-exec-1a2b'), action, boundary)).toBe(true);
    for (const principal of [role('admin'), role('daypass-deny-writer'), root]) {
      expect(may(principal, action, boundary), principal).toBe(false);
    }
  }
});
