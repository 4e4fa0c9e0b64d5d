import { expect, test } from 'vitest';
import { diffCatalogs, type EntitlementChange } from '../../src/catalog/diff/diff.ts';
import { diffText } from '../../src/catalog/diff/diff-text.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import type { Catalog } from '../../src/catalog/types.ts';

const text = `version: 1
groups: [engineers, support, approvers, security]
people:
  alice: { subject: "00u1alice" }
onCall:
  primary: { calendar: https://calendar.example.com/secret-of-ours.ics, people: { alice: alice } }
accounts:
  prod: { id: "111122223333" }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { steps: [{ name: first, groups: [approvers], count: 2 }, { name: second, groups: [security], when: "durationSeconds > 600" }] }
    maxDuration: 1h
    assurance: { approve: phishing-resistant }
    ticket: "OPS-[0-9]+"
    conditions: { tls: true }
    rules:
      late: { deny: 'timeOfDay(now, "UTC") >= "22:00"', because: It is late }
      short: { approve: durationSeconds < 120, because: Short enough }
  prod/readonly:
    description: Reading
    role: { account: prod, name: daypass-readonly }
    ask: { groups: [engineers] }
    approve: { groups: [approvers] }
    maxDuration: 1h
bundles:
  both: [prod/admin, prod/readonly]
`;

function read(source: string): Catalog {
  const parsed = parseCatalog(source);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.catalog;
}

function changed(
  from: string,
  to: string,
): { entitlements: readonly EntitlementChange[]; others: readonly string[] } {
  if (!text.includes(from)) throw new Error(`the catalog has no ${from}`);
  return diffCatalogs(read(text), read(text.replace(from, () => to)));
}

test.each([
  [
    'maxDuration: 1h\n    assurance',
    'maxDuration: 4h\n    assurance',
    'widens',
    'grants up to 4h, were up to 1h',
  ],
  [
    'maxDuration: 1h\n    assurance',
    'maxDuration: 30m\n    assurance',
    'narrows',
    'grants up to 30m, were up to 1h',
  ],
  [
    'approve: phishing-resistant',
    'approve: multi-factor',
    'widens',
    'approving takes multi-factor, took phishing-resistant',
  ],
  [
    'approve: phishing-resistant',
    'approve: { level: phishing-resistant, maxAge: 5m }',
    'narrows',
    'approving takes phishing-resistant of at most 5m ago, took phishing-resistant',
  ],
  ['count: 2', 'count: 1', 'widens', 'approvals in any case: 1, were 2'],
  ['count: 2', 'count: 3', 'narrows', 'approvals in any case: 3, were 2'],
  [
    '"durationSeconds > 600"',
    '"durationSeconds > 900"',
    'unclear',
    'the step second is asked for only where durationSeconds > 900',
  ],
  [', when: "durationSeconds > 600"', '', 'narrows', 'the step second is asked for always'],
  ['ticket: "OPS-[0-9]+"', '', 'widens', 'no ticket is needed'],
  [
    '"OPS-[0-9]+"',
    '"INC-[0-9]+"',
    'unclear',
    'the ticket is to match ^(?:INC-[0-9]+)$, was ^(?:OPS-[0-9]+)$',
  ],
  ['conditions: { tls: true }', '', 'widens', 'the condition tls is gone'],
  [
    '"22:00"',
    '"23:00"',
    'unclear',
    'the rule late denies where timeOfDay(now, "UTC") >= "23:00", was where timeOfDay(now, "UTC") >= "22:00"',
  ],
  [
    '      short: { approve: durationSeconds < 120, because: Short enough }\n',
    '',
    'narrows',
    'the rule short is gone, which approves where durationSeconds < 120',
  ],
  [
    'groups: [approvers], count: 2 }',
    'groups: [approvers], count: 2, delegates: { groups: [support] } }',
    'widens',
    'the step first may be handed over to support',
  ],
  [
    'groups: [approvers], count: 2 }',
    'groups: [approvers], count: 2, escalate: { after: 30m, to: { groups: [approvers] } } }',
    'widens',
    'the step first escalates after 30m to approvers',
  ],
  [
    'name: daypass-admin',
    'name: daypass-root',
    'unclear',
    'it gives arn:aws:iam::111122223333:role/daypass-root, was arn:aws:iam::111122223333:role/daypass-admin',
  ],
  [
    'maxDuration: 1h\n    assurance',
    'maxDuration: 1h\n    allowIamWrite: true\n    assurance',
    'widens',
    'making lasting ways in is allowed',
  ],
  [
    'ticket: "OPS-[0-9]+"',
    'ticket: "OPS-[0-9]+"\n    ticketValidated: true',
    'narrows',
    'a ticket that no validator vouches for is no longer allowed',
  ],
])('%s becoming %s %s: %s', (from, to, effect, said) => {
  const { entitlements } = changed(from, to);
  expect(entitlements.map(({ id }) => id)).toEqual(['prod/admin']);
  expect(entitlements[0]?.terms).toContainEqual({ text: said, effect });
  if (effect !== 'narrows') expect(entitlements[0]?.effect).not.toBe('narrows');
});

test('who gains and who loses the right to ask and to answer is told by group and by person', () => {
  const { entitlements } = changed(
    'ask: { groups: [engineers] }\n    approve: { groups: [approvers] }',
    'ask: { groups: [support], people: [alice] }\n    approve: { groups: [security], onCall: [primary], escalate: { after: 30m, to: { manager: true } } }',
  );
  expect(entitlements).toMatchObject([
    {
      id: 'prod/readonly',
      effect: 'widens',
      ask: {
        gained: { groups: ['support'], people: ['00u1alice'] },
        lost: { groups: ['engineers'], people: [] },
      },
      approve: {
        gained: { groups: ['security'], others: ['on call in primary', 'the manager'] },
        lost: { groups: ['approvers'] },
      },
    },
  ]);
});

test('an entitlement that is gone narrows, and one that is new widens', () => {
  const less = text.slice(0, text.indexOf('  prod/readonly'));
  expect(diffCatalogs(read(text), read(less)).entitlements).toMatchObject([
    { id: 'prod/readonly', kind: 'removed', effect: 'narrows', ask: { lost: { groups: ['engineers'] } } },
  ]);
  expect(diffCatalogs(read(less), read(text)).entitlements).toMatchObject([
    { id: 'prod/readonly', kind: 'added', effect: 'widens', ask: { gained: { groups: ['engineers'] } } },
  ]);
});

test('people who may break the glass are gained and lost like any other right', () => {
  const alone =
    '    breakGlass: { people: [alice], maxDuration: 10m, followUp: { by: { groups: [security] } } }\n    rules:';
  const { entitlements } = changed('    rules:', alone);
  expect(entitlements[0]?.terms).toEqual([
    { text: 'break-glass: 1 named person may have it at once', effect: 'widens' },
  ]);
  const [before, after] = [read(text.replace('    rules:', () => alone)), read(text)];
  expect(diffCatalogs(before, after).entitlements[0]?.terms).toEqual([
    { text: 'break-glass: nobody may have it at once any more', effect: 'narrows' },
  ]);
});

test('what widens is never hidden by what narrows beside it', () => {
  const { entitlements } = changed(
    'maxDuration: 1h\n    assurance: { approve: phishing-resistant }',
    'maxDuration: 5m\n    assurance: { approve: single-factor }',
  );
  expect(entitlements[0]?.effect).toBe('widens');
});

test('a schedule that changes is named, and its address is not', () => {
  const { others } = changed('secret-of-ours', 'secret-of-others');
  expect(others).toEqual(['schedule primary is changed']);
});

test('the same rules written otherwise change nothing', () => {
  const { entitlements, others } = changed(
    'groups: [engineers, support, approvers, security]',
    'groups: [security, engineers, support, approvers] # all',
  );
  expect([entitlements, others]).toEqual([[], []]);
  expect(diffText(diffCatalogs(read(text), read(text)), read(text), read(text))).toBe('Nothing changes.\n');
});

test('for people every line says whether it widens', () => {
  const [before, after] = [
    read(text),
    read(
      text
        .replace('ask: { groups: [engineers] }', 'ask: { groups: [engineers], people: [alice] }')
        .replace('count: 2', 'count: 3'),
    ),
  ];
  expect(diffText(diffCatalogs(before, after), before, after)).toBe(
    [
      'prod/admin is changed (widens)',
      '    ! widens: alice may ask',
      '      narrows: approvals in any case: 3, were 2',
      '      narrows: approvals in the step first: 3, were 2',
      'entitlements that change: 1, of which 1 widen, 0 unclear, 0 narrow, 0 neither',
      '',
    ].join('\n'),
  );
});
