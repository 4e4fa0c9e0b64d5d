import { describe, expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { badCatalogs, type BadCatalog } from './bad-catalogs.ts';
import { changed, sample } from './sample.ts';

const cases: BadCatalog[] = [
  [
    'a key __proto__',
    changed('name: Production', '__proto__: { id: "1" }'),
    '4:31',
    /^'__proto__' is not a name/,
  ],
  ['an entitlement __proto__', changed('prod/console:', '__proto__:'), '13:3', /^'__proto__' is not a name/],
  [
    'a merge key',
    changed('    ticket:', '    <<: { maxDuration: 12h }\n    ticket:'),
    '12:5',
    /^'<<' merge keys are not supported/,
  ],
  [
    'a custom tag',
    changed('description: Admin', 'description: !secret x'),
    '7:26',
    /^tags such as '!secret' are not allowed/,
  ],
  ['a core tag', changed('"111122223333"', '!!str 111122223333'), '4:21', /^tags such as/],
  ['an alias without an anchor', changed('[engineers] }', '*nobody }'), '9:20', /./],
  [
    'a second document',
    `${sample}---\nversion: 1\n`,
    '19:1',
    'a catalog is one document: take the second --- out',
  ],
  ['broken YAML', changed('[engineers] }', '[engineers }'), '9:31', /^not valid YAML/],
  ['YAML 1.1', `%YAML 1.1\n---\n${sample}`, '1:1', /^a catalog is YAML 1\.2/],
  ['an empty file', '', '1:1', /^the catalog is empty/],
  ['a file of comments', '# nothing\n', '1:1', /^the catalog is empty/],
  [
    'a list for a catalog',
    '- 1\n',
    '1:1',
    'the catalog must be a map with version, groups, accounts and entitlements, not a list',
  ],
  [
    'an empty map of entitlements',
    'version: 1\ngroups: [a]\naccounts: { p: { id: "111122223333" } }\nentitlements: {}\n',
    '4:15',
    "'entitlements' is empty: add at least one entry",
  ],
  ['a file over 5 MiB', `${sample}# ${'x'.repeat(5 * 1024 * 1024)}`, '1:1', /larger than 5 MiB/],
];

badCatalogs('a file with bad YAML', cases, ['broken YAML', 'an alias without an anchor']);

test.each([
  '['.repeat(100_000),
  '{a: '.repeat(30_000),
  '- '.repeat(30_000),
  `a: ${'['.repeat(50)}${']'.repeat(50)}`,
])('nesting without end is refused (%#)', (source) => {
  expect(parseCatalog(source)).toMatchObject({ ok: false });
});

describe('anchors', () => {
  test('a shared list is read', () => {
    const source = changed('[engineers] }', '&who [engineers] }').replace(
      /groups: \[engineers\] \}\n {4}approve: \{ groups: \[prod-approvers\] \}/,
      'groups: *who }\n    approve: { groups: [prod-approvers] }',
    );
    expect(source).toContain('*who');
    expect(parseCatalog(source).ok).toBe(true);
  });

  test.each([
    [
      'a bomb',
      `a: &a [1,2,3,4,5,6,7,8,9]\n${Array.from({ length: 9 }, (_, i) => `${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`).join('\n')}\n`,
      /more than 100 aliases|expand to more/,
    ],
    [
      'a few aliases of something large',
      `a: &a [${'1,'.repeat(9000)}1]\nb: *a\nc: *a\n`,
      /expand to more than 10000 values/,
    ],
    ['an anchor that holds itself', 'a: &a [*a]\n', /./],
  ])('%s is refused', (_name, source, message) => {
    const result = parseCatalog(source);
    expect(result.ok ? [] : result.problems.map((problem) => problem.message)).toContainEqual(
      expect.stringMatching(message),
    );
  });
});
