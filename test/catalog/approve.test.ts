import { expect, test } from 'vitest';
import { defaultGuardrails } from '../../src/catalog/guardrails.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { entitlementFromTerms, entitlementTerms } from '../../src/catalog/terms.ts';
import { steppedCatalog } from '../approvals/stepped.ts';

const parsed = parseCatalog(steppedCatalog);

test('who approves is resolved: names become subjects, owners become groups and people, defaults are filled in', () => {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { entitlements } = parsed.catalog;
  expect(entitlements.get('prod/two')?.approve).toEqual({ groups: ['leads'], count: 2 });
  expect(entitlements.get('prod/owned')?.approve).toEqual({ groups: ['leads'], count: 1 });
  expect(entitlements.get('prod/managed')?.approve).toEqual({
    steps: [{ name: 'approval', who: { manager: true }, count: 1 }],
  });
  expect(entitlements.get('prod/admin')?.approve).toEqual({
    steps: [
      { name: 'lead', who: { groups: ['leads'] }, count: 1 },
      {
        name: 'security',
        who: { groups: ['security'] },
        count: 1,
        escalate: { afterSeconds: 1800, who: { groups: ['directors'] } },
      },
    ],
  });
  expect(entitlements.get('prod/ruled')?.rules?.map(({ name, effect }) => [name, effect])).toEqual([
    ['frozen', 'deny'],
    ['long', 'deny'],
    ['short', 'approve'],
  ]);
});

test('terms with steps, people and rules are stored and read back, and one group alone is stored as it always was', () => {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  for (const entitlement of parsed.catalog.entitlements.values()) {
    const terms = entitlementTerms(entitlement);
    expect(entitlementFromTerms(JSON.parse(JSON.stringify(terms)))).toEqual(entitlement);
  }
  const two = parsed.catalog.entitlements.get('prod/two');
  if (two === undefined) throw new Error('no prod/two');
  expect(entitlementTerms(two)).toMatchObject({ approve: { groups: ['leads'], count: 2 } });
  expect(Object.keys(entitlementTerms(two))).not.toContain('rules');
});

test('the version covers rules, people and schedules, and not the order they are written in', () => {
  const version = (text: string) => {
    const read = parseCatalog(text);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return read.catalog.version;
  };
  const before = version(steppedCatalog);
  const swapped = steppedCatalog.replace(
    /( {6}short:.*\n)( {6}long:.*\n)/,
    (_, short: string, long: string) => `${long}${short}`,
  );
  expect(swapped).not.toBe(steppedCatalog);
  expect(version(swapped)).toBe(before);
  for (const [from, to] of [
    ['sub-nia', 'sub-nina'],
    ['https://on-call.example/primary', 'https://on-call.example/other'],
    ['durationSeconds <= 600', 'durationSeconds <= 601'],
    ['after: 30m', 'after: 31m'],
    ['when: durationSeconds > 1800', 'when: durationSeconds > 1801'],
  ] as const) {
    expect(version(steppedCatalog.replace(from, to))).not.toBe(before);
  }
});

const lead = '        - name: lead\n          groups: [leads]\n';
const cases: readonly [string, string, string, string][] = [
  ['a step that names nobody', lead, '        - name: lead\n', 'names nobody: add one of groups, people'],
  [
    'an empty list',
    'groups: [leads], count: 2',
    'groups: [], count: 2',
    'an empty list never means everyone',
  ],
  ['nobody at all', 'approve: { manager: true }', 'approve: {}', "'approve' names nobody"],
  [
    'a person nobody knows',
    'approve: { manager: true }',
    'approve: { people: [moe] }',
    "nobody is named 'moe'",
  ],
  ['a schedule nobody knows', 'onCall: [primary] }', 'onCall: [primari] }', "no schedule is named 'primari'"],
  [
    'a group nobody knows',
    'groups: [directors] } }',
    'groups: [director] } }',
    "no group is named 'director'",
  ],
  ['two steps of one name', 'name: security', 'name: lead', "two steps are named 'lead'"],
  [
    'groups beside steps',
    'approve:\n      steps:',
    'approve:\n      groups: [leads]\n      steps:',
    "'groups' beside 'steps' has no effect",
  ],
  [
    'all of a group',
    'groups: [leads], count: 2',
    'groups: [leads], count: all',
    "'all' means every one of named people",
  ],
  [
    'all, and more later',
    'approve: { manager: true }',
    'approve: { people: [mo], count: all, escalate: { after: 1h, to: { groups: [leads] } } }',
    'take escalate out',
  ],
  [
    'more than there are',
    'approve: { manager: true }',
    'approve: { people: [mo, nia], count: 3 }',
    'asks for 3 of 2 people',
  ],
  ['owners that are not there', ', owners: { groups: [leads] } }', ' }', "the account 'prod' has no owners"],
  ['an escalation too soon', 'after: 30m', 'after: 30s', "'after' must be 1m to 168h"],
  [
    'a condition that is none',
    'when: durationSeconds > 1800',
    'when: durationSeconds',
    "the condition 'when'",
  ],
  [
    'a rule that decides nothing',
    'short: { approve: "durationSeconds <= 600", because',
    'short: { because',
    'add deny or approve',
  ],
  [
    'two names for one person',
    'nia: { subject: sub-nia }',
    'nia: { subject: sub-mo }',
    "'sub-mo' is already named 'mo'",
  ],
  [
    'rights handed to whoever is on call',
    lead,
    `${lead}          delegates: { onCall: [primary] }\n`,
    "unknown key 'onCall'",
  ],
  [
    'nobody who may ask',
    'ask: { groups: [engineers] }',
    'ask: {}',
    "'ask' names nobody: add groups or people",
  ],
];

test.each(cases)('%s is refused', (_, from, to, message) => {
  expect(steppedCatalog).toContain(from);
  const read = parseCatalog(steppedCatalog.replace(from, to));
  expect(read.ok ? [] : read.problems.map((problem) => problem.message)).toContainEqual(
    expect.stringContaining(message),
  );
});

test('guardrails: no catalog asks for fewer approvals than the configuration, nor approves without people', () => {
  const messages = (minApprovals: number) => {
    const read = parseCatalog(steppedCatalog, { ...defaultGuardrails, minApprovals });
    return read.ok ? [] : read.problems.map(({ line, message }) => `${line}: ${message}`);
  };
  const lineOf = (text: string) => steppedCatalog.split('\n').findIndex((line) => line.includes(text)) + 1;
  expect(messages(0)).toEqual([]);
  expect(messages(1)).toEqual([
    `${lineOf('short:')}: a guardrail demands that people approve: this rule approves without anybody, take it out`,
  ]);
  const two = messages(2).filter((message) => message.includes('approvals at the least'));
  // Conditional steps are not counted on; two steps, and two of one, are enough.
  expect(two.map((message) => Number(message.split(':')[0]))).toEqual(
    ['approve: { groups: [security] }', 'approve: { accountOwner', 'approve: { manager', 'approve: { onCall']
      .map(lineOf)
      .concat(steppedCatalog.split('\n').findLastIndex((line) => line === '    approve:') + 1),
  );
});

test("guardrails: 'all' of named people counts without the two whom a request is about, who may be among them", () => {
  const messages = (people: string, minApprovals: number) => {
    const text = steppedCatalog.replace(
      'approve: { onCall: [primary] }',
      `approve: { people: [${people}], count: all }`,
    );
    const read = parseCatalog(
      text.replace('  nia:', '  ola: { subject: sub-ola }\n  pia: { subject: sub-pia }\n  nia:'),
      {
        ...defaultGuardrails,
        minApprovals,
      },
    );
    return read.ok ? [] : read.problems.map(({ message }) => message);
  };
  const asksForOne = expect.stringContaining('demands 2 approvals at the least, and this asks for 1');
  const others = messages('mo, nia, ola, pia', 2).length;
  expect(messages('mo, nia', 2)).toHaveLength(others + 1);
  expect(messages('mo, nia', 2)).toContainEqual(asksForOne);
});
