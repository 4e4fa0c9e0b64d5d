import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { word } from './cloudformation-reader.ts';
import { accountStack, brokerStack, shared } from './names.ts';

const folder = new URL('../../deploy/terraform/', import.meta.url);
const modules = readdirSync(folder).toSorted();

function text(module: string, file = 'main.tf'): string {
  return readFileSync(new URL(`${module}/${file}`, folder), 'utf8');
}

/** The names of the policies that a module reads; a choice within a name stands for each of its outcomes. */
function policiesOf(module: string): string[] {
  const paths = [...text(module).matchAll(/\$\{path\.module\}\/\.\.\/\.\.\/policies\/(.+?)\.json"/g)];
  return paths.flatMap(([, name = '']) => {
    if (name.includes('${var.runs_on}'))
      return ['ecs', 'ec2', 'irsa'].map((one) => name.replace('${var.runs_on}', one));
    const choice = /^\$\{.+ \? "([\w-]+)" : "([\w-]+)"\}$/.exec(name);
    return choice === null ? [name] : choice.slice(1);
  });
}

/** The lines of one resource. */
function block(module: string, type: string, name: string): string {
  const found = new RegExp(`^resource "${type}" "${name}" \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(text(module));
  if (found?.[1] === undefined) throw new Error(`${module} has no ${type}.${name}`);
  return found[1];
}

test('every policy of the modules is one of deploy/policies, and every one of those is used', () => {
  expect(modules).toEqual(['account', 'broker', 'guardrail']);
  const all = readdirSync(new URL('../../deploy/policies/', import.meta.url)).map((file) =>
    file.replace('.json', ''),
  );
  const used = modules.flatMap(policiesOf);
  expect([...new Set(used)].toSorted()).toEqual(all.toSorted());
  for (const policy of used) expect(shared(policy)).toHaveProperty('Statement');
  for (const module of modules) {
    // Nothing is written down a second time: no policy in HCL.
    expect(text(module)).not.toMatch(/aws_iam_policy_document|jsonencode|sts:|iam:[A-Z]|sso:/);
  }
});

test('each module has a value for every name in its policies', () => {
  for (const module of modules) {
    const locals = /names = \{\n([\s\S]*?)\n {2}\}/.exec(text(module))?.[1] ?? '';
    const given = [...locals.matchAll(/^ {4}(\w+) +=/gm)].map(([, name = '']) => name);
    expect(given.length).toBeGreaterThan(0);
    if (module === 'account') given.push('external_id');
    const wanted = policiesOf(module).flatMap((policy) => {
      const file = readFileSync(new URL(`../../deploy/policies/${policy}.json`, import.meta.url), 'utf8');
      return [...file.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name);
    });
    expect(
      wanted.filter((name) => !given.includes(name)),
      module,
    ).toEqual([]);
    const variables = [...text(module, 'variables.tf').matchAll(/^variable "(\w+)"/gm)].map(
      ([, n = '']) => n,
    );
    const read = [...text(module).matchAll(/\bvar\.(\w+)/g)].map(([, name = '']) => name);
    expect([...new Set(read)].toSorted(), module).toEqual(variables.toSorted());
  }
});

test('terraform never writes the boundary again, and every target role has it', () => {
  expect(block('account', 'aws_iam_policy', 'boundary')).toMatch(
    /lifecycle \{\n\s+ignore_changes = \[policy, description\]\n/,
  );
  expect(block('account', 'aws_iam_role', 'target')).toContain(
    'permissions_boundary = aws_iam_policy.boundary.arn',
  );
  for (const role of ['deny_writer', 'inspector']) {
    expect(block('account', 'aws_iam_role', role)).toContain('policies/broker-only-trust.json');
  }
});

test('Terraform and CloudFormation make the same roles, policies and names', () => {
  const ofTerraform = (module: string) =>
    [
      ...text(module).matchAll(
        /^resource "aws_(iam_role_policy|iam_role|iam_policy|iam_instance_profile)" /gm,
      ),
    ]
      .map(([, type = '']) => type)
      .toSorted();
  const account = accountStack({ SampleRoles: 'no' });
  const inline = account.flatMap(
    ({ properties }) => (properties['Policies'] as { PolicyName: string }[]) ?? [],
  );
  // The third role is whichever the catalog lends.
  expect(ofTerraform('account')).toEqual([
    'iam_policy',
    'iam_role',
    'iam_role',
    'iam_role',
    'iam_role_policy',
    'iam_role_policy',
  ]);
  expect(account.map(({ type }) => type).toSorted()).toEqual([
    'AWS::IAM::ManagedPolicy',
    'AWS::IAM::Role',
    'AWS::IAM::Role',
  ]);
  for (const { PolicyName } of inline) expect(text('account')).toContain(`name   = "${PolicyName}"`);
  const broker = brokerStack({ RunsOn: 'ec2' });
  expect(ofTerraform('broker')).toEqual([
    'iam_instance_profile',
    'iam_role',
    'iam_role_policy',
    'iam_role_policy',
  ]);
  expect(broker.map(({ type }) => type).toSorted()).toEqual([
    'AWS::IAM::InstanceProfile',
    'AWS::IAM::Role',
    'AWS::IAM::RolePolicy',
    'AWS::IAM::RolePolicy',
  ]);
  for (const { properties } of broker) {
    if (properties['PolicyName'] !== undefined)
      expect(text('broker')).toMatch(new RegExp(`name +?= "${word(properties['PolicyName'])}"`));
  }
  const boundary = account.find(({ id }) => id === 'Boundary');
  expect(block('account', 'aws_iam_policy', 'boundary')).toContain(
    `"${word(boundary?.properties['Description'])}"`,
  );
});

test('versions are held by constraint in every module', () => {
  for (const module of modules) {
    expect(text(module, 'versions.tf')).toMatch(/required_version = ">= [\d.]+, < [\d.]+"/);
    expect(text(module, 'versions.tf')).toMatch(/version = ">= [\d.]+, < [\d.]+"/);
  }
});
