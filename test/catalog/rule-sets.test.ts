import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseCatalog } from '../../src/catalog/load.ts';
import { badCatalogs, type BadCatalog } from './bad-catalogs.ts';
import { fleetChanged, fleetSample } from './fleet-sample.ts';
import { only, sound } from './sample.ts';

test('an entitlement takes what it does not say from its rule set, and its own keys win, whole key by whole key', () => {
  const source = fleetChanged(
    '    maxDuration: 30m',
    '    maxDuration: 30m\n    assurance: { approve: multi-factor }',
  );
  expect(only(sound(source), 'tools/own')).toMatchObject({
    ask: { groups: ['engineers'] },
    approve: { groups: ['approvers'], count: 1 },
    maxDurationSeconds: 1800,
    // The default, not the phishing-resistant of the rule set.
    assurance: { approve: { level: 'multi-factor' }, issue: { level: 'multi-factor' } },
  });
});

test('a rule set that nothing uses is a warning', () => {
  const result = parseCatalog(
    fleetChanged('entitlements:\n  tools', '  idle: { ticket: "A-[0-9]+" }\nentitlements:\n  tools'),
  );
  expect(result.ok ? result.warnings : []).toEqual([
    {
      line: 14,
      column: 1,
      path: '/ruleSets/idle',
      message: 'no entitlement uses this rule set: take it out',
    },
  ]);
});

const cases: BadCatalog[] = [
  [
    'an unknown rule set',
    fleetChanged('    use: production\n    description: Tools', '    use: prodution\n    description: Tools'),
    '16:10',
    "no rule set is named 'prodution': add it under ruleSets (did you mean 'production'?)",
  ],
  [
    'an unknown rule set in a fleet',
    fleetChanged(
      '        use: production\n        description: Admin',
      '        use: staging\n        description: Admin',
    ),
    '25:14',
    "no rule set is named 'staging': add it under ruleSets",
  ],
  [
    'a rule set where there are none',
    fleetSample.replace(/ruleSets:[\s\S]*?entitlements:/, 'entitlements:').replace(/fleets:[\s\S]*$/, ''),
    '10:10',
    "no rule set is named 'production': add it under ruleSets",
  ],
  [
    'what neither says',
    fleetChanged('    approve: { groups: [approvers] }\n', '').replace(/fleets:[\s\S]*$/, ''),
    '14:3',
    "'tools/own' needs 'approve': add it, or to rule set 'production'",
  ],
  [
    'what the entitlement of a fleet and its rule set do not say',
    fleetChanged('    maxDuration: 1h\n', ''),
    '23:7',
    "'admin' needs 'maxDuration': add it, or to rule set 'production'",
  ],
  [
    'a rule that a permission set cannot take',
    fleetChanged('    maxDuration: 1h\n', '    maxDuration: 1h\n    conditions: { tls: true }\n'),
    '29:7',
    /^'app-01\/console' takes 'conditions' from its rule set, which has no effect on a permission set.*use a rule set without it/,
  ],
  [
    'a rule set that uses another',
    fleetChanged('    maxDuration: 1h\n', '    maxDuration: 1h\n    use: production\n'),
    '13:5',
    /^unknown key 'use'/,
  ],
  [
    'a rule set with a target',
    fleetChanged('    maxDuration: 1h\n', '    maxDuration: 1h\n    role: { name: x }\n'),
    '13:5',
    /^unknown key 'role'/,
  ],
  [
    'a rule set with a description',
    fleetChanged('    maxDuration: 1h\n', '    maxDuration: 1h\n    description: x\n'),
    '13:5',
    /^unknown key 'description'/,
  ],
  [
    'an unused rule set of a wrong shape',
    fleetChanged('entitlements:\n  tools', '  idle: { allowOnward: maybe }\nentitlements:\n  tools'),
    '14:24',
    "'allowOnward' must be true or false, not 'maybe'",
  ],
  [
    'a name of a rule set that is none',
    fleetChanged('entitlements:\n  tools', '  Idle: { allowOnward: true }\nentitlements:\n  tools'),
    '14:3',
    /^rule set name 'Idle' must be/,
  ],
  [
    'an empty rule set',
    fleetChanged('entitlements:\n  tools', '  idle: {}\nentitlements:\n  tools'),
    '14:9',
    "'idle' is empty: add at least one entry",
  ],
  [
    'a rule that is wrong in the rule set, once for all that use it',
    fleetChanged('    maxDuration: 1h\n', '    maxDuration: 13h\n'),
    '12:18',
    "'maxDuration' must be 1m to 12h, not '13h'",
  ],
];

badCatalogs('a rule set that is wrong', cases, []);

const groups = ['g1', 'g2', 'g3'];
const list = fc.subarray(groups, { minLength: 1 });
const duration = fc.constantFrom('15m', '30m', '1h', '2h30m', '8h');
const rules = fc.record(
  {
    ask: fc.record({ groups: list }),
    approve: fc.record({ groups: list }),
    maxDuration: duration,
    requestExpires: duration,
    ticket: fc.constantFrom('OPS-[0-9]+', '(?:INC|CHG)-[0-9]{1,8}'),
    assurance: fc.constantFrom(
      { approve: 'phishing-resistant' },
      { issue: { level: 'multi-factor', maxAge: 'any' } },
    ),
    allowOnward: fc.boolean(),
    conditions: fc.constantFrom({ tls: true }, { regions: ['eu-west-1'], tls: false }),
    actions: fc.constantFrom(['s3:*'], ['s3:Get*', 'ec2:*']),
  },
  { requiredKeys: [] },
);
const complete = { ask: { groups }, approve: { groups }, maxDuration: '1h' };
const account = fc.record(
  {
    name: fc.constantFrom('One', 'Two words', '$& {account}'),
    tags: fc.record({ env: fc.constantFrom('prod', 'dev') }),
    ou: fc.constantFrom('/a', '/a/b', '/c'),
  },
  { requiredKeys: [] },
);

test('a fleet is the same catalog as its entitlements written out: one version', () => {
  fc.assert(
    fc.property(
      fc.array(account, { minLength: 1, maxLength: 4 }),
      rules,
      fc.array(fc.record({ own: rules, uses: fc.boolean() }), { minLength: 1, maxLength: 3 }),
      (facts, shared, entries) => {
        const accounts = Object.fromEntries(
          facts.map((each, index) => [`a${index}`, { id: String(111_122_223_333 + index), ...each }]),
        );
        const base = { version: 1, groups, accounts };
        const set = { ...complete, ...shared };
        const fleet = entries.map(({ own, uses }, index) => [
          `e${index}`,
          {
            description: 'In {account}',
            role: { name: `r${index}` },
            ...(uses ? { use: 's', ...own } : { ...complete, ...own }),
          },
        ]);
        const written = entries.flatMap(({ own, uses }, index) =>
          Object.entries(accounts).map(([key, { name = key }]) => [
            `${key}/e${index}`,
            {
              description: `In ${name}`,
              role: { account: key, name: `r${index}` },
              ...(uses ? set : complete),
              ...own,
            },
          ]),
        );
        const short = stringify({
          ...base,
          ruleSets: { s: set },
          fleets: { f: { accounts: { names: ['*'] }, entitlements: Object.fromEntries(fleet) } },
        });
        const long = stringify({ ...base, entitlements: Object.fromEntries(written) });
        const [one, other] = [sound(short), sound(long)];
        expect(one.entitlements).toEqual(other.entitlements);
        expect(one.version).toBe(other.version);
      },
    ),
    { numRuns: 100 },
  );
});
