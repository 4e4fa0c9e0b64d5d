import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testCases } from '../../src/test-catalog.ts';

const catalog = `version: 1
groups: [engineers, approvers]
people:
  olga: { subject: "00u1olga" }
onCall:
  primary: { calendar: https://calendar.example.com/a.ics, people: { olga: olga } }
accounts:
  prod: { id: "111122223333" }
entitlements:
  prod/admin:
    description: Administrator
    role: { account: prod, name: daypass-admin }
    ask: { groups: [engineers] }
    approve: { steps: [{ name: first, groups: [approvers] }, { name: second, onCall: [primary] }] }
    maxDuration: 1h
    rules:
      late: { deny: 'timeOfDay(now, "UTC") >= "22:00"', because: It is late }
`;
const head = `catalog: catalog.yaml
at: 2026-11-24T10:00:00Z
people:
  erin: { groups: [engineers] }
  avery: { groups: [approvers] }
  olga: {}
onCall: { primary: [olga] }
cases:
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-cases-'));
  await writeFile(join(folder, 'catalog.yaml'), catalog);
});
afterAll(() => rm(folder, { recursive: true }));

async function tested(cases: string) {
  const path = join(folder, 'cases.yaml');
  await writeFile(path, cases);
  const result = await testCases(path, null);
  return { ...result, text: result.text.replaceAll(path, 'cases.yaml') };
}

const asks = '    who: erin\n    asks: { entitlements: [prod/admin], for: 1h }\n';

test.each([
  ['outcome: approved', 'expected approved, got pending'],
  ['outcome: pending, waitsFor: [second]', 'expected to wait for the steps second, got first'],
  ['outcome: pending, waitsFor: [first, olga]', 'expected to wait for the people olga, got avery'],
  ['outcome: pending, waitsFor: [olga]', 'expected to wait for the people olga, got avery'],
  ['outcome: pending, grantFor: 1h', 'expected grants for 1h, got none'],
  ['outcome: pending, by: rules.late', 'expected by rules.late, got no rule'],
])('a case that expects { %s } and gets something else fails and says both', async (expected, difference) => {
  const { kind, cases, text } = await tested(
    `${head}  - name: It waits\n${asks}    expect: { ${expected} }\n`,
  );
  expect(kind).toBe('failed');
  expect(cases[0]?.differences).toEqual([difference]);
  expect(text).toContain('FAIL  It waits');
  expect(text).toContain(difference);
  expect(text).toContain('0 as expected, 1 not');
});

test('a case that fails tells the whole chain of reasons', async () => {
  const { cases } = await tested(
    `${head}  - name: Approved by one\n${asks}    answers: [{ by: avery, decision: approve }]\n    expect: { outcome: approved }\n`,
  );
  expect(cases[0]?.reasons).toEqual([
    'prod/admin#rules.late does not hold',
    'prod/admin#approve.steps.first asks 1 of approvers',
    'prod/admin#approve.steps.second asks 1 of whoever is on call in primary',
    'avery answers approve at 2026-11-24T10:01:00.000Z',
    'prod/admin waits for second: olga',
  ]);
});

test('an answer that is refused fails the case, unless that is expected, by its rule or code', async () => {
  const wrong = (more: string) =>
    tested(
      `${head}  - name: Erin\n${asks}    answers: [{ by: erin, decision: approve${more} }]\n    expect: { outcome: pending }\n`,
    );
  expect((await wrong('')).cases[0]?.differences).toEqual([
    expect.stringMatching(/^the answer of erin \(approve\) was refused: You may not answer/),
  ]);
  expect((await wrong(', refused: forbidden')).kind).toBe('passed');
  expect((await wrong(', refused: prod/admin#approve.steps')).kind).toBe('passed');
  expect((await wrong(', refused: already_decided')).kind).toBe('failed');
});

test('a schedule that the case says nothing of is down', async () => {
  const silent = head.replace('onCall: { primary: [olga] }\n', '');
  const { cases } = await tested(
    `${silent}  - name: Nobody is on call\n${asks}    answers: [{ by: avery, decision: approve }]\n    expect: { outcome: pending, waitsFor: [second] }\n`,
  );
  expect(cases[0]).toMatchObject({ ok: true });
  expect(cases[0]?.reasons).toContain('prod/admin waits for second: nobody could answer');
});

test.each([
  ['who: erni', "nobody under people is named 'erni' (did you mean 'erin'?)", 9],
  ['groups: [engineers]', "unknown key 'groups'", 9],
  ['at: 2026-02-31T10:00:00Z', "there is no day or hour such as '2026-02-31T10:00:00Z'", 9],
  ['onCall: { secondary: [olga] }', "no schedule of the catalog is named 'secondary'", 9],
  ['expect: { outcome: aproved }', "not 'aproved' (did you mean 'approved'?)", 9],
  [
    'answers: [{ by: avery, decision: approve, after: 2m }, { by: olga, decision: approve, after: 1m }]',
    'in the order of their times',
    9,
  ],
])('a slip in %s is a problem with its line', async (slip, message, line) => {
  const key = slip.slice(0, slip.indexOf(':'));
  const whole = `${asks}    expect: { outcome: pending }\n`;
  const rest = whole
    .split('\n')
    .filter((one) => !one.trim().startsWith(`${key}:`))
    .join('\n');
  const { kind, text } = await tested(`${head}  - name: x\n    ${slip}\n${rest}`);
  expect(kind).toBe('refused');
  expect(text).toContain(message);
  expect(text).toContain(`cases.yaml:${line + 1}:`);
});

test('what is missing is said', async () => {
  const missing = async (text: string) => (await tested(text)).text;
  expect(await missing(`${head}  - name: x\n    expect: { outcome: approved }\n`)).toContain(
    "the case needs 'who'",
  );
  expect(
    await missing(`${head.replace(/^at:.*\n/m, '')}  - name: x\n${asks}    expect: { outcome: pending }\n`),
  ).toContain("the case needs 'at'");
  expect(await missing(`${head}  - name: x\n    expect: { outcome: invalid }\n`)).toContain(
    'needs guardrails',
  );
  expect(await missing('')).toContain('the file of cases is empty');
  expect(
    await missing(
      `${head.replace('catalog: catalog.yaml\n', '')}  - name: x\n${asks}    expect: { outcome: pending }\n`,
    ),
  ).toContain('no catalog is named');
});

test('guardrails that let the catalog be fail a case that expects them not to', async () => {
  const { cases } = await tested(
    `${head}  - name: x\n    guardrails: { minApprovals: 1 }\n    expect: { outcome: invalid }\n  - name: y\n    guardrails: { minApprovals: 3 }\n    expect: { outcome: invalid }\n`,
  );
  expect(cases.map(({ ok, outcome }) => [ok, outcome])).toEqual([
    [false, 'approved'],
    [true, 'invalid'],
  ]);
});
