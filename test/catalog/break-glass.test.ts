import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkCatalog } from '../../src/catalog/check.ts';
import { defaultGuardrails } from '../../src/catalog/guardrails.ts';
import { loadCatalogFile, parseCatalog } from '../../src/catalog/load.ts';
import { entitlementFromTerms, entitlementTerms, InvalidTermsError } from '../../src/catalog/terms.ts';
import { badCatalogs, type BadCatalog } from './bad-catalogs.ts';
import { sound } from './sample.ts';

const text = `version: 1
groups: [engineers, approvers, security]
people:
  alice: { subject: sub-alice }
  bob: { subject: sub-bob }
accounts:
  prod: { id: "111122223333", owners: { groups: [security] } }
entitlements:
  prod/admin:
    description: Admin
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 2h
    breakGlass:
      people: [bob, alice]
      followUp: { by: { accountOwner: true } }
`;
const changed = (from: string, to: string) => {
  if (!text.includes(from)) throw new Error(`there is no ${from}`);
  return text.replace(from, () => to);
};
const breakGlassOf = (source: string) => sound(source).entitlements.get('prod/admin')?.breakGlass;

test('what is left out: half an hour, the strongest demanded anywhere and lately, a day for the follow-up', () => {
  expect(breakGlassOf(text)).toEqual({
    people: ['sub-alice', 'sub-bob'],
    maxDurationSeconds: 1800,
    assurance: { level: 'multi-factor', maxAgeSeconds: 300 },
    followUp: { by: { groups: ['security'] }, withinSeconds: 86_400 },
  });
  const assured = (entry: string) =>
    breakGlassOf(changed('    maxDuration: 2h', `    maxDuration: 2h\n    ${entry}`))?.assurance.level;
  for (const step of ['ask', 'approve', 'issue']) {
    expect(assured(`assurance: { ${step}: { level: phishing-resistant, maxAge: 12h } }`)).toBe(
      'phishing-resistant',
    );
  }
  expect(assured('conditions: { assurance: phishing-resistant }')).toBe('phishing-resistant');
});

test('it is shorter than what people approve, also where the file does not say how long', () => {
  expect(breakGlassOf(changed('maxDuration: 2h', 'maxDuration: 30m'))?.maxDurationSeconds).toBe(900);
  expect(breakGlassOf(changed('maxDuration: 2h', 'maxDuration: 31m'))?.maxDurationSeconds).toBe(1800);
});

test('an escalation is due with the follow-up where it does not say when', () => {
  const followUp = '{ by: { groups: [security] }, within: 4h, escalate: { to: { groups: [approvers] } } }';
  expect(breakGlassOf(changed('{ by: { accountOwner: true } }', followUp))?.followUp).toEqual({
    by: { groups: ['security'] },
    withinSeconds: 14_400,
    escalate: { afterSeconds: 14_400, to: { groups: ['approvers'] } },
  });
});

const cases: BadCatalog[] = [
  ['an empty list of people', changed('[bob, alice]', '[]'), '16:15', /an empty list never means everyone/],
  [
    'somebody who is not known',
    changed('[bob, alice]', '[bob, alise]'),
    '16:21',
    "nobody is named 'alise': add it under people (did you mean 'alice'?)",
  ],
  [
    'a group instead of people',
    changed('people: [bob, alice]', 'groups: [engineers]'),
    '16:7',
    /unknown key 'groups'/,
  ],
  [
    'as long as what people approve',
    changed('people: [bob, alice]', 'people: [bob, alice]\n      maxDuration: 1h').replace('2h', '1h'),
    '17:20',
    'what is broken open lasts shorter than what is approved: write a maxDuration below 1h',
  ],
  [
    'longer than the guardrail',
    changed('people: [bob, alice]', 'people: [bob, alice]\n      maxDuration: 61m'),
    '17:20',
    'a guardrail allows no break-glass longer than 1h: write maxDuration: 1h or less',
  ],
  [
    'nothing that is shorter',
    changed('    maxDuration: 2h', '    maxDuration: 1m'),
    '15:5',
    /lasts shorter than what is approved/,
  ],
  [
    'weaker than the rest',
    changed('people: [bob, alice]', 'people: [bob, alice]\n      assurance: single-factor'),
    '17:18',
    'the entitlement demands multi-factor elsewhere, and break-glass takes no less: write assurance: multi-factor',
  ],
  [
    'weaker than the rest, in the long form',
    changed(
      'people: [bob, alice]',
      'people: [bob, alice]\n      assurance: { level: single-factor, maxAge: any }',
    ),
    '17:27',
    /takes no less/,
  ],
  [
    'no follow-up',
    changed('      followUp: { by: { accountOwner: true } }\n', ''),
    '15:5',
    /needs 'followUp'/,
  ],
  ['a follow-up by nobody', changed('{ accountOwner: true }', '{}'), '17:19', /names nobody/],
  [
    'a follow-up by the only person who may use it',
    changed(
      '[bob, alice]\n      followUp: { by: { accountOwner: true } }',
      '[bob]\n      followUp: { by: { people: [bob] } }',
    ),
    '17:19',
    "nobody but 'bob' could look at what 'bob' did: name somebody else, too",
  ],
  [
    'more people once it is long overdue',
    changed(
      '{ by: { accountOwner: true } }',
      '{ by: { accountOwner: true }, within: 1h, escalate: { after: 2h, to: { groups: [approvers] } } }',
    ),
    '17:78',
    'it is overdue after 1h, and then more people must be able to look: write 1h or less',
  ],
  [
    'a follow-up within a second',
    changed('{ by: { accountOwner: true } }', '{ by: { accountOwner: true }, within: 1s }'),
    '17:55',
    /./,
  ],
];
badCatalogs('a break-glass', cases, ['a group instead of people']);

test('the configuration sets the longest, and the default does not slip past it', () => {
  const guardrails = { ...defaultGuardrails, maxBreakGlassSeconds: 600 };
  const result = checkCatalog(text, guardrails);
  expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
    'a guardrail allows no break-glass longer than 10m: write maxDuration: 10m or less',
  ]);
});

test('terms hold it and read back the same; those without it keep their form', () => {
  const entitlement = sound(text).entitlements.get('prod/admin');
  if (entitlement === undefined) throw new Error('no prod/admin');
  const terms = entitlementTerms(entitlement);
  expect(entitlementFromTerms(structuredClone(terms))).toEqual(entitlement);
  const { breakGlass, ...plain } = entitlement;
  expect(Object.keys(entitlementTerms(plain))).not.toContain('breakGlass');
  const nobody = { ...terms, breakGlass: { ...breakGlass, people: [] } };
  expect(() => entitlementFromTerms(nobody)).toThrow(InvalidTermsError);
});

test('who may break the glass is part of the version of a catalog', () => {
  expect(sound(text).version).not.toBe(sound(changed('[bob, alice]', '[bob]')).version);
  expect(sound(text).version).toBe(sound(changed('[bob, alice]', '[alice, bob]')).version);
});

test('the example is a catalog without a warning', async () => {
  const result = await loadCatalogFile(join(import.meta.dirname, '../../examples/catalog/break-glass.yaml'));
  expect(result.ok ? result.warnings : result.problems).toEqual([]);
  const catalog = result.ok ? result.catalog : null;
  expect(catalog?.entitlements.get('prod/admin')?.breakGlass?.people).toEqual(['00u1alice', '00u2bob']);
  expect(catalog?.entitlements.get('prod/logs')?.breakGlass).toMatchObject({
    maxDurationSeconds: 1800,
    assurance: { level: 'multi-factor', maxAgeSeconds: 300 },
  });
});

test('rule sets can hold it for a whole fleet', () => {
  const shared = `version: 1
groups: [engineers, approvers, security]
people: { alice: { subject: sub-alice } }
accounts:
  one: { id: "111111111111", tags: { env: prod } }
  two: { id: "222222222222", tags: { env: prod } }
ruleSets:
  production:
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
    breakGlass: { people: [alice], followUp: { by: { groups: [security] } } }
fleets:
  prod:
    accounts: { tags: { env: [prod] } }
    entitlements:
      admin: { use: production, description: Admin, role: { name: daypass-admin } }
`;
  const parsed = parseCatalog(shared);
  expect(parsed.ok ? [] : parsed.problems).toEqual([]);
  const each = parsed.ok ? [...parsed.catalog.entitlements.values()] : [];
  expect(each.map(({ breakGlass }) => breakGlass?.people)).toEqual([['sub-alice'], ['sub-alice']]);
});
