import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { childEnvironment } from '../../dev/child-environment.ts';
import { deployPolicy } from '../../dev/deploy-policies.ts';
import { cloudFormationTemplate } from '../../src/catalog/cloudformation.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import type { Catalog } from '../../src/catalog/types.ts';
import { object, readTemplate, resources } from './cloudformation-reader.ts';
import { brokerRoleArn, names } from './names.ts';

const everywhere = { brokerRoleArn, accountId: null };
const prod = '111122223333';

function entitlement(id: string, role: string): string {
  return `  ${id}:\n    description: ${id}\n    role: { ${role} }\n    ask: { groups: [eng] }\n    approve: { groups: [eng] }\n    maxDuration: 1h\n`;
}

function catalogText(...entitlements: string[]): string {
  return `version: 1\ngroups: [eng]\naccounts:\n  prod: { id: "${prod}" }\n  old: { id: "012345678901" }\nentitlements:\n${entitlements.join('')}`;
}

function catalogOf(...entitlements: string[]): Catalog {
  const read = parseCatalog(catalogText(...entitlements));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.catalog;
}

function rendered(catalog: Catalog, accountId: string | null = null): string {
  const result = cloudFormationTemplate(catalog, { brokerRoleArn, accountId });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.text;
}

function problemsOf(catalog: Catalog, accountId: string | null = null): readonly string[] {
  const result = cloudFormationTemplate(catalog, { brokerRoleArn, accountId });
  return result.ok ? [] : result.problems;
}

/** The roles that the template makes in an account, every managed policy parameter being `arn`. */
function rolesIn(text: string, account: string) {
  const template = readTemplate(text);
  const parameters = Object.keys(object(template['Parameters'] ?? {}))
    .filter((name) => name.startsWith('Policies'))
    .map((name): [string, string[]] => [name, ['arn:aws:iam::aws:policy/ReadOnlyAccess']]);
  return resources(template, Object.fromEntries(parameters), account);
}

const a = entitlement('prod/admin', 'account: prod, name: daypass-admin, maxSession: 4h');
const ext = entitlement('prod/ext', 'account: prod, name: team/daypass-ext, externalId: "12:30:45"');
const old = entitlement('old/admin', 'account: old, name: daypass-admin');

test('each role of the catalog is made in its account alone, with trust, boundary and session length', () => {
  const text = rendered(catalogOf(a, ext, old));
  expect(rolesIn(text, prod).map(({ properties, type }) => ({ type, ...properties }))).toEqual([
    {
      type: 'AWS::IAM::Role',
      RoleName: 'daypass-admin',
      Path: '/',
      Description: 'Lent by Daypass',
      MaxSessionDuration: 14_400,
      PermissionsBoundary: `arn:aws:iam::${prod}:policy/daypass-boundary`,
      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      AssumeRolePolicyDocument: deployPolicy('target-trust', names),
    },
    expect.objectContaining({
      RoleName: 'daypass-ext',
      Path: '/team/',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: deployPolicy('target-trust-external-id', {
        ...names,
        external_id: '12:30:45',
      }),
    }),
  ]);
  // An id that begins with zero is still text.
  expect(rolesIn(text, '012345678901').map(({ properties }) => properties['RoleName'])).toEqual([
    'daypass-admin',
  ]);
  expect(rolesIn(text, '999999999999')).toEqual([]);
});

test('what a role may do must be said: there is no default', () => {
  expect(() => resources(readTemplate(rendered(catalogOf(a))), {}, prod)).toThrow(/needs Policies/);
});

test('the same entitlements give the same text, whatever their order', () => {
  expect(rendered(catalogOf(old, ext, a))).toBe(rendered(catalogOf(a, ext, old)));
});

test('a role keeps its id when others join, so that CloudFormation does not make it anew', () => {
  const ids = (text: string) => rolesIn(text, prod).map(({ id }) => id);
  const alike = entitlement('prod/alike', 'account: prod, name: daypassAdmin');
  const [id] = ids(rendered(catalogOf(a)));
  expect(ids(rendered(catalogOf(a, ext, old, alike)))).toContain(id);
  expect(new Set(ids(rendered(catalogOf(a, alike)))).size).toBe(2);
});

test('two entitlements may share a role, but not say different things of it', () => {
  const same = entitlement('prod/again', 'account: prod, name: daypass-admin, maxSession: 4h');
  const [role, ...others] = rolesIn(rendered(catalogOf(a, same)), prod);
  expect(others).toEqual([]);
  expect(role?.attributes).toEqual({ Metadata: { Entitlements: ['prod/admin', 'prod/again'] } });
  const longer = entitlement(
    'prod/again',
    'account: prod, name: daypass-admin, maxSession: 5h, externalId: xx',
  );
  expect(problemsOf(catalogOf(a, longer))).toEqual([
    expect.stringContaining('prod/admin and prod/again name the same role with a different externalId'),
    expect.stringContaining('prod/admin and prod/again name the same role with a different maxSession'),
  ]);
});

test('one account can be rendered alone, and an unknown one is refused with those there are', () => {
  const catalog = catalogOf(a, old);
  expect(rendered(catalog, prod)).not.toContain('012345678901');
  expect(problemsOf(catalog, '999999999999')).toEqual([expect.stringContaining(`012345678901, ${prod}`)]);
});

test('a catalog too large for one template is told to go account by account', () => {
  const many = Array.from({ length: 200 }, (_, i) => entitlement(`prod/r${i}`, `account: prod, name: r${i}`));
  expect(problemsOf(catalogOf(...many))).toEqual([expect.stringContaining('--account')]);
  expect(problemsOf(catalogOf(...many.slice(1)))).toEqual([]);
});

test('a catalog of permission sets has nothing to render', () => {
  const assigned = old.replace(
    'role: { account: old, name: daypass-admin }',
    'permissionSet: { account: old, arn: "arn:aws:sso:::permissionSet/ssoins-7223d05fe0ad6a5c/ps-6f1e2d3c4b5a6978" }',
  );
  expect(cloudFormationTemplate(catalogOf(assigned), everywhere)).toEqual({
    ok: false,
    problems: [expect.stringContaining('no role')],
  });
});

test('the command prints the template, reads CATALOG, and says what is wrong with exit codes 2 and 78', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-render-'));
  try {
    const file = join(folder, 'catalog.yaml');
    await writeFile(file, catalogText(a, ext));
    const run = async (args: string[], env: Record<string, string> = {}) => {
      const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
      const options = { env: { ...childEnvironment(), HOME: folder, ...env } };
      const started = promisify(execFile)(process.execPath, [main, 'catalog', 'render', ...args], options);
      return started.then(
        ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    };
    const asked = ['--cfn', '--broker-role', brokerRoleArn];
    const expected = { code: 0, stdout: rendered(catalogOf(a, ext)), stderr: '' };
    expect(await run([...asked, file])).toEqual(expected);
    expect(await run(asked, { CATALOG: file })).toEqual(expected);
    expect(await run(asked)).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['--cfn', '--broker-role', '*', file])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['--cfn', file])).toMatchObject({ code: 2, stdout: '' });
    const elsewhere = await run([...asked, '--account', '999999999999', file]);
    expect(elsewhere).toMatchObject({ code: 78, stdout: '' });
    expect(elsewhere.stderr).toContain(prod);
    expect(await run([...asked, join(folder, 'gone.yaml')])).toMatchObject({ code: 78, stdout: '' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
