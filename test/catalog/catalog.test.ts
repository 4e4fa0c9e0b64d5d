import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultGuardrails } from '../../src/catalog/guardrails.ts';
import { loadCatalogFile, parseCatalog } from '../../src/catalog/load.ts';
import { catalogJsonSchema } from '../../src/catalog/schema.ts';
import { changed, only, sample, sound } from './sample.ts';

const root = join(import.meta.dirname, '../..');

test('what the file leaves out gets the safe default', () => {
  expect(only(sound(sample), 'prod/admin')).toEqual({
    id: 'prod/admin',
    description: 'Admin',
    account: { id: '111122223333', name: 'Production' },
    target: {
      kind: 'role',
      accountId: '111122223333',
      roleArn: 'arn:aws:iam::111122223333:role/daypass-admin',
      externalId: null,
      maxSessionSeconds: 3600,
    },
    ask: { groups: ['engineers'] },
    approve: { groups: ['prod-approvers'], count: 1 },
    maxDurationSeconds: 3600,
    sessionSeconds: 1800,
    requestExpiresSeconds: 86_400,
    assurance: {
      ask: { level: 'single-factor', maxAgeSeconds: null },
      approve: { level: 'multi-factor', maxAgeSeconds: null },
      issue: { level: 'multi-factor', maxAgeSeconds: 43_200 },
    },
    ticketPattern: '^(?:OPS-[0-9]+)$',
    allowOnward: false,
    allowIamWrite: false,
  });
});

test('what the file says is what is resolved', () => {
  const source = changed(
    '    ticket: "OPS-[0-9]+"\n',
    '    sessionDuration: 15m\n    requestExpires: 2h\n    allowOnward: true\n    allowIamWrite: true\n    assurance: { ask: multi-factor, approve: { level: phishing-resistant, maxAge: 15m }, issue: { level: multi-factor, maxAge: any } }\n',
  ).replace('name: daypass-admin', 'name: team/admin, externalId: abc-1, maxSession: 2h');
  expect(only(sound(source), 'prod/admin')).toMatchObject({
    target: {
      roleArn: 'arn:aws:iam::111122223333:role/team/admin',
      externalId: 'abc-1',
      maxSessionSeconds: 7200,
    },
    sessionSeconds: 900,
    requestExpiresSeconds: 7200,
    ticketPattern: null,
    allowOnward: true,
    allowIamWrite: true,
    assurance: {
      ask: { level: 'multi-factor', maxAgeSeconds: null },
      approve: { level: 'phishing-resistant', maxAgeSeconds: 900 },
      issue: { level: 'multi-factor', maxAgeSeconds: null },
    },
  });
});

test('a level alone keeps the default age for issuing', () => {
  const source = changed('    ticket:', '    assurance: { issue: phishing-resistant }\n    ticket:');
  expect(only(sound(source), 'prod/admin').assurance.issue).toEqual({
    level: 'phishing-resistant',
    maxAgeSeconds: 43_200,
  });
});

test('a permission set is a target with its own session length', () => {
  expect(only(sound(sample), 'prod/console').target).toEqual({
    kind: 'permission-set',
    accountId: '111122223333',
    permissionSetArn: 'arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-a1b2c3d4e5f6a7b8',
    sessionSeconds: 3600,
  });
});

test('two entitlements may share a target', () => {
  const copy = sample.slice(sample.indexOf('  prod/admin'), sample.indexOf('  prod/console'));
  expect(sound(sample + copy.replace('prod/admin', 'prod/breakfix')).entitlements.size).toBe(3);
});

test('the version follows the content, not the layout', () => {
  const version = sound(sample).version;
  expect(version).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(sound(`# a comment\n${sample}`).version).toBe(version);
  expect(sound(changed('[engineers, prod-approvers]', '[prod-approvers, engineers]')).version).toBe(version);
  expect(sound(changed('maxDuration: 1h', 'maxDuration: 60m')).version).toBe(version);
  expect(sound(changed('maxDuration: 1h', 'maxDuration: 2h')).version).not.toBe(version);
  expect(
    sound(changed('[engineers, prod-approvers]', '[engineers, prod-approvers, other]')).version,
  ).not.toBe(version);
});

test('guardrails cannot be relaxed by the catalog', () => {
  const refused = (source: string, guardrails: Partial<typeof defaultGuardrails>) => {
    const result = parseCatalog(source, { ...defaultGuardrails, ...guardrails });
    return result.ok ? [] : result.problems.map(({ line, column }) => `${line}:${column}`);
  };
  expect(refused(sample, { maxDurationSeconds: 3600 })).toEqual(['18:18']);
  expect(refused(sample, { minAssuranceIssue: 'phishing-resistant' })).toEqual(['6:3', '13:3']);
  expect(refused(sample, { forbiddenRoles: ['DAYPASS-*'] })).toEqual(['8:34']);
  expect(refused(sample, { forbiddenRoles: ['arn:aws:iam::111122223333:role/daypass-admin'] })).toEqual([
    '8:34',
  ]);
  expect(refused(sample, { forbiddenRoles: ['*:permissionSet/ssoins-7223a1b2c3d4e5f6/*'] })).toEqual([
    '15:42',
  ]);
  expect(refused(sample, { forbiddenRoles: ['daypass'] })).toEqual([]);
});

test('ten thousand entitlements load', () => {
  const entry = sample.slice(sample.indexOf('  prod/admin'), sample.indexOf('  prod/console'));
  const many = Array.from({ length: 10_000 }, (_, i) => entry.replace('prod/admin', `prod/admin-${i}`)).join(
    '',
  );
  const catalog = sound(sample.slice(0, sample.indexOf('  prod/admin')) + many);
  expect(catalog.entitlements.size).toBe(10_000);
}, 60_000);

test('the example is sound', async () => {
  const result = await loadCatalogFile(join(root, 'catalog.example.yaml'));
  expect(result.ok && [...result.catalog.entitlements.keys()]).toEqual([
    'prod/admin',
    'prod/readonly',
    'prod/console-readonly',
    'staging/admin',
  ]);
});

test('catalog.schema.json is what the schema generates', async () => {
  expect(await readFile(join(root, 'catalog.schema.json'), 'utf8')).toBe(catalogJsonSchema());
});

test.each([
  ['missing', null, /no such file/],
  ['not UTF-8', Buffer.from([0x76, 0xff, 0xfe]), /not UTF-8/],
  ['too large', Buffer.alloc(5 * 1024 * 1024 + 1, 0x20), /larger than 5 MiB/],
])('a file that is %s is one clear problem', async (_name, bytes, message) => {
  const folder = await mkdtemp(join(tmpdir(), 'catalog-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'catalog.yaml');
  if (bytes !== null) await writeFile(path, bytes);
  expect(await loadCatalogFile(path)).toEqual({
    ok: false,
    problems: [{ line: 1, column: 1, path: '', message: expect.stringMatching(message) }],
  });
});

test('a directory is no catalog', async () => {
  expect(await loadCatalogFile(root)).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringMatching(/not a regular file/) }],
  });
});
