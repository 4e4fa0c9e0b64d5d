import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cloudFormationTemplate } from '../../src/catalog/cloudformation.ts';
import { findAllowing } from '../../src/catalog/find.ts';
import { defaultGuardrails } from '../../src/catalog/guardrails.ts';
import { loadCatalogFile, parseCatalog } from '../../src/catalog/load.ts';
import { entitlementFromTerms, entitlementTerms } from '../../src/catalog/terms.ts';
import { badCatalogs, type BadCatalog } from './bad-catalogs.ts';
import { fleetChanged, fleetSample } from './fleet-sample.ts';
import { only, sound } from './sample.ts';

const problems = (source: string, guardrails = defaultGuardrails) => {
  const result = parseCatalog(source, guardrails);
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
};

/** A catalog with so many accounts and a fleet over all of them. */
function many(accounts: number, entry: string): string {
  const lines = Array.from(
    { length: accounts },
    (_, i) => `  a${i}: { id: "${String(100_000_000_000 + i)}" }\n`,
  );
  return `version: 1
groups: [g]
accounts:
${lines.join('')}fleets:
  all:
    accounts: { names: ["*"] }
    entitlements:
${entry}`;
}

const plain =
  '{ description: d, role: { name: r }, ask: { groups: [g] }, approve: { groups: [g] }, maxDuration: 1h }';

test('a fleet makes its entitlements in each account for which all of the selector holds, and in no other', () => {
  expect([...sound(fleetSample).entitlements.keys()]).toEqual([
    'tools/own',
    'app-01/admin',
    'app-02/admin',
    'app-01/console',
    'app-02/console',
  ]);
});

test.each([
  ['names', '{ names: [app-01, "to?ls"] }', ['app-01', 'tools']],
  ['a name in the middle', '{ names: ["*-0*3"] }', ['app-03']],
  ['every name', '{ names: ["*"] }', ['app-01', 'app-02', 'app-03', 'tools']],
  ['tags, all of which must be carried', '{ tags: { env: [prod], team: [web] } }', ['app-01']],
  [
    'a unit and those below it, but none that begins alike',
    '{ ou: /workloads }',
    ['app-01', 'app-02', 'tools'],
  ],
  ['the root', '{ ou: / }', ['app-01', 'app-02', 'app-03', 'tools']],
  ['a unit together with a name', '{ ou: /workloads/prod, names: ["app-*"] }', ['app-01']],
])('accounts are selected by %s', (_, selector, expected) => {
  const source = fleetChanged(
    '{ names: ["app-*"], tags: { env: [prod, staging] }, ou: /workloads }',
    selector,
  );
  const ids = [...sound(source.replace('first: [app-01/admin, ', 'first: [')).entitlements.keys()];
  expect(ids.filter((id) => id.endsWith('/admin'))).toEqual(expected.map((key) => `${key}/admin`));
});

test('an entitlement of a fleet lies in its account and bears the name that people see of it', () => {
  const { entitlements } = sound(fleetSample);
  expect(entitlements.get('app-01/admin')).toMatchObject({
    description: 'Administrator of App 1',
    account: { id: '111122223333', name: 'App 1', tags: { env: 'prod', team: 'web' }, ou: '/workloads/prod' },
    target: { accountId: '111122223333', roleArn: 'arn:aws:iam::111122223333:role/daypass-admin' },
  });
  expect(entitlements.get('app-02/console')).toMatchObject({
    description: 'Console of app-02, app-02',
    target: { kind: 'permission-set', accountId: '111122224444' },
  });
});

test('tags and unit are part of the terms where the catalog has them, and are read back', () => {
  const { entitlements } = sound(fleetSample);
  for (const entitlement of entitlements.values()) {
    const terms: unknown = JSON.parse(JSON.stringify(entitlementTerms(entitlement)));
    expect(entitlementFromTerms(terms)).toEqual(entitlement);
  }
  const bare = sound(
    fleetSample
      .replaceAll(/, tags: \{ env: [a-z, :]+ \}, ou: [a-z/-]+/g, '')
      .replace(/accounts: \{ names.*/, 'accounts: { names: ["app-*"] }'),
  );
  expect(Object.keys(only(bare, 'app-01/admin').account)).toEqual(['id', 'name']);
});

test('owners are known by account id, and are no part of the terms', () => {
  const catalog = sound(fleetSample);
  expect(catalog.owners).toEqual(new Map([['111122223333', { groups: ['web-leads'], people: [] }]]));
  const without = sound(fleetChanged(', owners: { groups: [web-leads] }', ''));
  expect(without.owners).toBeUndefined();
  expect(entitlementTerms(only(without, 'app-01/admin'))).toEqual(
    entitlementTerms(only(catalog, 'app-01/admin')),
  );
  expect(without.version).not.toBe(catalog.version);
});

const cases: BadCatalog[] = [
  [
    'a name that no account has',
    fleetChanged('"app-*"', 'app-1'),
    '22:25',
    "no account is named 'app-1' (did you mean 'app-01'?)",
  ],
  [
    'a pattern that no account meets',
    fleetChanged('"app-*"', '"app-*", "apb*"'),
    '22:34',
    "no account is named 'apb*'",
  ],
  [
    'a tag that no account has',
    fleetChanged('tags: { env: [prod, staging] }', 'tags: { envi: [prod] }'),
    '22:43',
    "no account has a tag 'envi' (did you mean 'env'?)",
  ],
  [
    'a value of a tag that no account has',
    fleetChanged('[prod, staging]', '[prod, stagin]'),
    '22:55',
    "no account has 'stagin' as its tag env (did you mean 'staging'?)",
  ],
  [
    'a unit that no account is in',
    fleetChanged('ou: /workloads }\n    ent', 'ou: /workload }\n    ent'),
    '22:71',
    "no account says that it lies in '/workload' or below (did you mean '/workloads'?)",
  ],
  [
    'parts that no account meets together',
    fleetChanged('names: ["app-*"]', 'names: [app-03]'),
    '22:5',
    'the fleet matches no account: none meets names and tags and ou together',
  ],
  [
    'a selector that says nothing',
    fleetChanged('{ names: ["app-*"], tags: { env: [prod, staging] }, ou: /workloads }', '{}').replace(
      'app-01/admin, ',
      '',
    ),
    '22:15',
    "'accounts' is empty: add at least one entry",
  ],
  [
    'an account in the role',
    fleetChanged('{ name: daypass-admin }', '{ account: app-01, name: daypass-admin }'),
    '27:17',
    "unknown key 'account': known here are name, externalId, maxSession",
  ],
  [
    'a name of an entitlement that makes no id',
    fleetChanged('      admin:', '      Admin:'),
    '24:7',
    /^name 'Admin' must be lower-case ASCII letters/,
  ],
  [
    'a name of a fleet that is none',
    fleetChanged('  workloads:', '  Work:'),
    '21:3',
    /^fleet name 'Work' must be/,
  ],
  [
    'another place than the account in a description',
    fleetChanged('of {account}\n', 'of {acount}\n'),
    '26:22',
    /^nothing is put in place of '\{acount\}'/,
  ],
  [
    'no target',
    fleetChanged('        role: { name: daypass-admin }\n', ''),
    '24:7',
    "'admin' needs a target: add role or permissionSet",
  ],
  [
    'a missing key without a rule set',
    fleetChanged(
      '        use: production\n        description: Admin',
      '        ask: { groups: [engineers] }\n        approve: { groups: [engineers] }\n        description: Admin',
    ),
    '24:7',
    "'admin' needs 'maxDuration': add it",
  ],
  [
    'an id that is written as well',
    fleetChanged('  tools/own:', '  app-02/admin:').replace(', tools/own', ''),
    '24:7',
    "'app-02/admin' is already written under entitlements, on line 15: choose another name, or select other accounts",
  ],
  [
    'ids that two fleets make',
    fleetChanged(
      'bundles:',
      '  again:\n    accounts: { names: ["*"] }\n    entitlements:\n      admin: { use: production, description: x, role: { name: y } }\nbundles:',
    ),
    '36:7',
    "'app-01/admin' and 1 more are already made by fleet 'workloads', on line 24: choose another name, or select other accounts",
  ],
  [
    'a bundle of what no fleet makes',
    fleetChanged('[app-01/admin,', '[app-03/admin,'),
    '34:11',
    /^no entitlement is named 'app-03\/admin'/,
  ],
  [
    'neither entitlements nor fleets',
    'version: 1\ngroups: [g]\naccounts:\n  a: { id: "111122223333" }\n',
    '1:1',
    "the catalog needs 'entitlements': add it",
  ],
  [
    'owners in no group',
    fleetChanged('groups: [web-leads] }', 'groups: [web-lead] }'),
    '4:118',
    "no group is named 'web-lead': add it to groups (did you mean 'web-leads'?)",
  ],
  [
    'an owner whom the file does not name',
    fleetChanged('groups: [web-leads] }', 'people: [alice] }'),
    '4:118',
    "nobody is named 'alice': add it to people",
  ],
  [
    'a unit that is none',
    fleetChanged('ou: /workloads-old', 'ou: workloads/'),
    '6:57',
    /^'ou' must be the path of an organizational unit/,
  ],
  [
    'a key of a tag that is none',
    fleetChanged('{ env: dev }', '{ "e{": dev }'),
    '6:41',
    /^tag key 'e\{' must be letters/,
  ],
];

badCatalogs('a fleet that is wrong', cases, []);

describe('what a fleet says wrongly is reported once, at the line that says it', () => {
  test('of a rule set that all of its entitlements use', () => {
    expect(problems(fleetChanged('groups: [approvers] }', 'groups: [aprovers] }'))).toEqual([
      "11: no group is named 'aprovers': add it to groups (did you mean 'approvers'?)",
    ]);
  });

  test('of its target, which a guardrail forbids', () => {
    const guardrails = { ...defaultGuardrails, forbiddenRoles: ['daypass-admin', '*/ps-a1b2c3d4e5f6a7b8'] };
    expect(problems(fleetSample, guardrails)).toEqual([
      "27: a guardrail forbids 'daypass-admin' (daypass-admin): choose another target",
      expect.stringMatching(/^31: a guardrail forbids/),
    ]);
  });

  test('of a target that a guardrail forbids in one account', () => {
    const guardrails = {
      ...defaultGuardrails,
      forbiddenRoles: ['arn:aws:iam::111122224444:role/daypass-admin'],
    };
    expect(problems(fleetSample, guardrails)).toEqual([expect.stringMatching(/^27: a guardrail forbids/)]);
  });

  test('of its own rules, with the path in the file', () => {
    const result = parseCatalog(fleetChanged('        maxDuration: 8h', '        maxDuration: 13h'));
    expect(result.ok ? [] : result.problems).toEqual([
      {
        line: 32,
        column: 22,
        path: '/fleets/workloads/entitlements/console/maxDuration',
        message: expect.stringMatching(/must be 1m to 12h/),
      },
    ]);
  });

  test('of the size of its policies', () => {
    const addresses = Array.from({ length: 20 }, (_, i) => `203.0.${i}.0/24`);
    const endpoints = Array.from({ length: 20 }, (_, i) => `vpce-0123456789abcde${i + 10}`);
    const tags = Array.from({ length: 5 }, (_, i) => `k${i}: [one-value-of-it, another-value-of-it]`);
    const conditions = `conditions: { resourceTags: { ${tags.join(', ')} }, addresses: [${addresses.join(', ')}], vpcEndpoints: [${endpoints.join(', ')}] }`;
    const source = many(50, `      admin: ${plain.replace('maxDuration', `${conditions}, maxDuration`)}\n`);
    expect(problems(source)).toEqual([
      expect.stringMatching(/^58: the session policy of 'a0\/admin' can have/),
    ]);
  });

  test('of roles that disagree with each other', () => {
    const entry = `      admin: ${plain}\n      wide: ${plain.replace('description', 'roleWideDeny: true, description')}\n`;
    expect(problems(many(50, entry))).toEqual([
      "59: 'a0/wide' and 'a0/admin' lend the same role: write roleWideDeny: true for both, or for neither",
    ]);
  });

  test('of a description that is too long with the name of an account in it', () => {
    const source = fleetChanged(
      'description: Administrator of {account}',
      `description: "${'{account} '.repeat(45)}x"`,
    );
    expect(problems(source.replace('name: App 1', 'name: Application one'))).toEqual([
      "26: 'description' is too long in account 'app-01': keep it to 500 characters with the name in it",
    ]);
  });

  test('and what is a warning is one', () => {
    const result = parseCatalog(
      fleetChanged(
        '        maxDuration: 8h',
        '        maxDuration: 8h\n      short:\n        use: production\n        sessionDuration: 15m\n        description: x\n        role: { name: short }',
      ),
    );
    expect(result.ok ? result.warnings : []).toEqual([
      {
        line: 35,
        column: 1,
        path: '/fleets/workloads/entitlements/short/sessionDuration',
        message: expect.stringMatching(/renew credentials/),
      },
    ]);
  });
});

test('20,000 entitlements are a catalog, and one more is none', { timeout: 120_000 }, () => {
  const entries = Array.from(
    { length: 10 },
    (_, i) => `      e${i}: ${plain.replace('name: r', `name: r${i}`)}\n`,
  ).join('');
  expect(sound(many(2000, entries)).entitlements.size).toBe(20_000);
  expect(problems(many(2000, entries) + `      one-more: ${plain}\n`)).toEqual([
    '2018: more than 20000 entitlements, those of fleets among them: select fewer accounts',
  ]);
});

test('a few lines do not become more than can be checked', { timeout: 120_000 }, () => {
  const choices = Array.from(
    { length: 50 },
    (_, i) => `c${i}: { description: "${'x'.repeat(180)}", actions: ["s3:GetObject"] }`,
  );
  const entry = plain.replace('description', `choices: { ${choices.join(', ')} }, description`);
  expect(problems(many(5000, `      admin: ${entry}\n`))).toEqual([
    '5008: rule sets and fleets come to more than 40 MiB when written out: select fewer accounts, or share less',
  ]);
});

test('find and the template of roles take what fleets make', () => {
  const catalog = sound(fleetSample);
  const found = findAllowing([...catalog.entitlements.values()], { action: 's3:GetObject', resource: null });
  expect(found.map(({ entitlement }) => entitlement.id)).toContain('app-02/admin');
  const template = cloudFormationTemplate(catalog, {
    brokerRoleArn: 'arn:aws:iam::999999999999:role/daypass',
    accountId: '111122224444',
  });
  expect(template.ok && template.text).toContain('app-02/admin');
});

test('what lets the same through in several accounts is found in the order of ids', () => {
  const choice =
    'choices: { one: { description: d, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::{account}/*"] } }';
  const catalog = sound(many(3, `      admin: ${plain.replace('description', `${choice}, description`)}\n`));
  const found = findAllowing([...catalog.entitlements.values()], { action: 's3:GetObject', resource: null });
  expect(
    found.map(({ entitlement, choice: narrow }) => `${entitlement.id} ${narrow?.name ?? ''}`.trim()),
  ).toEqual(['a0/admin one', 'a1/admin one', 'a2/admin one', 'a0/admin', 'a1/admin', 'a2/admin']);
});

test('the example is a catalog without a warning', async () => {
  const result = await loadCatalogFile(join(import.meta.dirname, '../../examples/catalog/fleets.yaml'));
  expect(result.ok ? result.warnings : result.problems).toEqual([]);
  expect(result.ok && result.catalog.entitlements.size).toBe(16);
});
