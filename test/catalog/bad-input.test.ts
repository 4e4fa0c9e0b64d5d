import { expect, test } from 'vitest';
import { formatProblems, parseCatalog } from '../../src/catalog/load.ts';
import { badCatalogs, type BadCatalog } from './bad-catalogs.ts';
import { changed } from './sample.ts';

const cases: BadCatalog[] = [
  [
    'a typo in a top-level key',
    changed('accounts:', 'acounts:'),
    '3:1',
    "unknown key 'acounts' (did you mean 'accounts'?)",
  ],
  [
    'a typo in a key of an entitlement',
    changed('maxDuration: 1h', 'maxDuraton: 1h'),
    '11:5',
    "unknown key 'maxDuraton' (did you mean 'maxDuration'?)",
  ],
  [
    'an unknown key that is near nothing',
    changed('name: Production', 'zebra: Production'),
    '4:31',
    "unknown key 'zebra': known here are id, name, alias, tags, ou, owners",
  ],
  ['a missing key', changed('    maxDuration: 1h\n', ''), '6:3', "'prod/admin' needs 'maxDuration': add it"],
  [
    'a group nobody has',
    changed('[engineers]', '[enginers]'),
    '9:21',
    "no group is named 'enginers': add it to groups (did you mean 'engineers'?)",
  ],
  [
    'a group nobody has among the approvers',
    changed('groups: [prod-approvers]', 'groups: [prod-approver]'),
    '10:25',
    /^no group is named 'prod-approver'/,
  ],
  [
    'an account that is not listed',
    changed('account: prod,', 'account: prd,'),
    '8:22',
    "no account is named 'prd': add it under accounts (did you mean 'prod'?)",
  ],
  [
    'an account named like an object property',
    changed('account: prod,', 'account: constructor,'),
    '8:22',
    /^no account is named 'constructor'/,
  ],
  [
    'an unquoted account id',
    changed('"111122223333"', '111122223333'),
    '4:15',
    /^the account id is not in quotes: write id: "111122223333"/,
  ],
  [
    'an unquoted account id that begins with zero',
    changed('"111122223333"', '012345678901'),
    '4:15',
    /write id: "012345678901"/,
  ],
  [
    'an account id of 11 digits',
    changed('"111122223333"', '"11112222333"'),
    '4:15',
    /must be an account id of 12 digits in quotes/,
  ],
  [
    'one account under two names',
    changed('\nentitlements', '\n  live: { id: "111122223333" }\nentitlements'),
    '5:15',
    "account '111122223333' is already named 'prod' on line 4: use that name",
  ],
  [
    'a duplicate entitlement',
    changed('prod/console:', 'prod/admin:'),
    '13:3',
    "duplicate key 'prod/admin': it is already on line 6",
  ],
  [
    'ids that differ by case',
    changed('prod/console:', 'Prod/Admin:'),
    '13:3',
    /^id 'Prod\/Admin' differs from 'prod\/admin' on line 6 only by case/,
  ],
  [
    'ids that differ by a Cyrillic letter',
    changed('prod/console:', 'prod/аdmin:'),
    '13:3',
    /on line 6 only by case or look-alike letters/,
  ],
  [
    'ids that differ by an invisible character',
    changed('prod/console:', '"prod/ad\u200bmin":'),
    '13:3',
    /^id 'prod\/ad\\u\{200b\}min' differs/,
  ],
  ['an id without a path', changed('prod/console:', 'console:'), '13:3', /^id 'console' must be a path/],
  [
    'an id over 100 characters',
    changed('prod/console:', `prod/${'a'.repeat(96)}:`),
    '13:3',
    /is longer than 100 characters/,
  ],
  [
    'a group listed twice',
    changed('[engineers, prod-approvers]', '[engineers, prod-approvers, engineers]'),
    '2:37',
    "group 'engineers' is listed twice: take one out",
  ],
  [
    'groups that look alike',
    changed('[engineers, prod-approvers]', '[engineers, prod-approvers, Engineers]'),
    '2:37',
    /looks like 'engineers' on line 2/,
  ],
  [
    'a group listed twice in a rule',
    changed('groups: [prod-approvers]', 'groups: [prod-approvers, prod-approvers]'),
    '10:41',
    /is listed twice/,
  ],
  [
    'an empty list of askers',
    changed('[engineers] }', '[] }'),
    '9:20',
    /^'groups' is an empty list: .*never means everyone/,
  ],
  [
    'an empty list of approvers',
    changed('groups: [prod-approvers]', 'groups: []'),
    '10:24',
    /^'groups' is an empty list/,
  ],
  [
    'askers left empty',
    changed('groups: [engineers] }', 'groups: }'),
    '9:20',
    "'groups' must be a list of group names, not empty",
  ],
  [
    'one group instead of a list',
    changed('[engineers] }', 'engineers }'),
    '9:20',
    "'groups' must be a list of group names, not 'engineers'",
  ],
  [
    'a duration that is none',
    changed('maxDuration: 1h', 'maxDuration: 15 potatoes'),
    '11:18',
    "'maxDuration' must be a duration such as 15m, 1h or 1h30m, not '15 potatoes'",
  ],
  [
    'a duration without a unit',
    changed('maxDuration: 1h', 'maxDuration: 3600'),
    '11:18',
    /^'maxDuration' must be a duration such as 15m, 1h or 1h30m, not 3600/,
  ],
  [
    'a duration of zero',
    changed('maxDuration: 1h', 'maxDuration: 0m'),
    '11:18',
    "'maxDuration' must be 1m to 12h, not '0m'",
  ],
  [
    'a negative duration',
    changed('maxDuration: 1h', 'maxDuration: -1h'),
    '11:18',
    /^'maxDuration' must be a duration/,
  ],
  [
    'a duration over the limit',
    changed('maxDuration: 1h', 'maxDuration: 12h1s'),
    '11:18',
    "'maxDuration' must be 1m to 12h, not '12h1s'",
  ],
  [
    'a session shorter than STS gives',
    changed('ticket:', 'sessionDuration: 14m59s\n    ticket:'),
    '12:22',
    /must be 15m to 1h/,
  ],
  [
    'a session longer than role chaining gives',
    changed('ticket:', 'sessionDuration: 1h1s\n    ticket:'),
    '12:22',
    /must be 15m to 1h/,
  ],
  [
    'no approval at all',
    changed('count: 1', 'count: 0'),
    '10:49',
    "'count' must be a whole number from 1 to 10, or 'all', not 0",
  ],
  [
    'no target',
    changed('    role: { account: prod, name: daypass-admin }\n', ''),
    '6:3',
    "'prod/admin' needs a target: add role or permissionSet",
  ],
  [
    'two targets',
    changed('    permissionSet:', '    role: { account: prod, name: x }\n    permissionSet:'),
    '16:5',
    /keep either role or permissionSet/,
  ],
  [
    'a role ARN for a name',
    changed('name: daypass-admin', 'name: "arn:aws:iam::1:role/x"'),
    '8:34',
    /must be the name of an IAM role/,
  ],
  [
    'a role that belongs to AWS',
    changed('name: daypass-admin', 'name: awsreservedsso_Admin_1'),
    '8:34',
    /^a guardrail forbids/,
  ],
  [
    'a role at a path that belongs to AWS',
    changed('name: daypass-admin', 'name: aws-service-role/x.amazonaws.com/y'),
    '8:34',
    /^a guardrail forbids/,
  ],
  [
    'a permission set ARN cut short',
    changed('-a1b2c3d4e5f6a7b8', ''),
    '15:42',
    /must be the ARN of a permission set/,
  ],
  [
    'a session rule on a permission set',
    changed('maxDuration: 8h', 'maxDuration: 8h\n    allowOnward: false'),
    '19:5',
    /^'allowOnward' has no effect on a permission set/,
  ],
  [
    'an unknown assurance level',
    changed('ticket:', 'assurance: { ask: multifactor }\n    ticket:'),
    '12:23',
    /\(did you mean 'multi-factor'\?\)$/,
  ],
  [
    'an unknown assurance level in a map',
    changed('ticket:', 'assurance: { ask: { level: mfa } }\n    ticket:'),
    '12:32',
    /must be an assurance level: .*not 'mfa'$/,
  ],
  [
    'a typo in an assurance demand',
    changed('ticket:', 'assurance: { ask: { level: multi-factor, maxage: 1h } }\n    ticket:'),
    '12:46',
    "unknown key 'maxage' (did you mean 'maxAge'?)",
  ],
  [
    'an assurance of the wrong type',
    changed('ticket:', 'assurance: { ask: 2 }\n    ticket:'),
    '12:23',
    "'ask' must be an assurance level, or a map with level and maxAge, not 2",
  ],
  [
    'an age out of range',
    changed('ticket:', 'assurance: { ask: { level: multi-factor, maxAge: 1s } }\n    ticket:'),
    '12:54',
    /must be 1m to 720h/,
  ],
  [
    'issuing under the guardrail',
    changed('ticket:', 'assurance: { issue: single-factor }\n    ticket:'),
    '12:25',
    /^a guardrail demands multi-factor or stronger/,
  ],
  [
    'issuing under the guardrail, in a map',
    changed('ticket:', 'assurance: { issue: { level: single-factor } }\n    ticket:'),
    '12:34',
    /^a guardrail demands multi-factor/,
  ],
  ['a broken ticket pattern', changed('"OPS-[0-9]+"', '"OPS-[0-9+"'), '12:13', /^the ticket pattern/],
  ['a catastrophic ticket pattern', changed('"OPS-[0-9]+"', '"(a+)+"'), '12:13', /could take too long/],
  [
    'yes for true',
    changed('ticket:', 'allowOnward: yes\n    ticket:'),
    '12:18',
    "'allowOnward' must be true or false, not 'yes'",
  ],
  [
    'a number for a description',
    changed('description: Admin', 'description: 1'),
    '7:18',
    /must be a description, as text, not 1 \(put text/,
  ],
  ['a blank description', changed('description: Admin', 'description: " "'), '7:18', /must be a description/],
  [
    'a description that turns direction',
    changed('description: Admin', 'description: "A\u202edmin"'),
    '7:18',
    /must be a description/,
  ],
  ['another version', changed('version: 1', 'version: 2'), '1:10', "'version' must be 1, not 2"],
];

badCatalogs('a catalog with a bad rule', cases, [
  'a typo in a top-level key',
  'a typo in a key of an entitlement',
]);

test('all problems come at once, in the order of the file, as file:line:column', () => {
  const source = changed('[engineers] }', '[enginers] }')
    .replace('111122223333"', '1"')
    .replace('maxDuration: 8h', 'maxDuration: 99h');
  const result = parseCatalog(source);
  expect(result.ok).toBe(false);
  const lines = formatProblems('catalog.yaml', result.ok ? [] : result.problems).split('\n');
  expect(lines.map((line) => line.split(': ')[0])).toEqual([
    'catalog.yaml:4:15',
    'catalog.yaml:9:21',
    'catalog.yaml:18:18',
  ]);
});

test('a problem names its place as a JSON Pointer', () => {
  const result = parseCatalog(changed('[engineers] }', '[enginers] }'));
  expect(result.ok ? [] : result.problems.map(({ path }) => path)).toEqual([
    '/entitlements/prod~1admin/ask/groups/0',
  ]);
});

test('control characters of the file are not passed on to a terminal', () => {
  const result = parseCatalog(changed('prod/console:', '"prod/\\e[2Jx":'));
  const text = formatProblems('c', result.ok ? [] : result.problems);
  expect(text).toContain('\\u{1b}');
  expect(text).not.toContain('\u001b');
});

test('a file full of problems stops at a thousand and says so', () => {
  const source = changed(
    '[engineers] }',
    `[${Array.from({ length: 3000 }, (_, i) => `no-${i}`).join(', ')}] }`,
  );
  const result = parseCatalog(source);
  const messages = result.ok ? [] : result.problems.map((problem) => problem.message);
  expect(messages).toHaveLength(1001);
  expect(messages).toContain('more than 1000 problems: mend the ones above first');
});
