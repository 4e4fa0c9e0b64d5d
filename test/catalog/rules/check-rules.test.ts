import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { LocatedDocument } from '../../../src/catalog/document.ts';
import { checkConditionAt, checkRules } from '../../../src/catalog/rules/check-rules.ts';
import { rulesOf } from '../../../src/catalog/rules/rule.ts';
import { Rules } from '../../../src/catalog/rules/schema-rules.ts';

const known = { schedules: new Set(['primary']), groups: new Set(['engineers']) };
const fits = new Ajv({ strict: true, strictRequired: false }).compile(Rules);

const problemsOf = (source: string) => {
  const document = new LocatedDocument(source);
  checkRules(document, ['rules'], known);
  return document.problems.map(({ line, path, message }) => `${line} ${path} ${message}`);
};

const sound = `rules:
  no-weekends:
    deny: weekday(now, "Europe/Berlin") in ["sat", "sun"]
    because: Nobody is there to help
  short:
    approve: durationSeconds <= 900 && onCall.primary && "engineers" in requester.groups
    because: Short, and on call
`;

test('sound rules pass, and are read in the order of the file', () => {
  expect(problemsOf(sound)).toEqual([]);
  const { rules } = new LocatedDocument(sound).value as { rules: Parameters<typeof rulesOf>[0] };
  expect(fits(rules)).toBe(true);
  expect(rulesOf(rules)).toEqual([
    {
      name: 'no-weekends',
      effect: 'deny',
      when: 'weekday(now, "Europe/Berlin") in ["sat", "sun"]',
      because: 'Nobody is there to help',
    },
    {
      name: 'short',
      effect: 'approve',
      when: 'durationSeconds <= 900 && onCall.primary && "engineers" in requester.groups',
      because: 'Short, and on call',
    },
  ]);
  expect(rulesOf(undefined)).toEqual([]);
});

test('every problem has its line and says what to write', () => {
  const source = `rules:
  No-Weekends:
    deny: weekday(nov, "UTC") == "sat"
    because: a
  both:
    deny: "true"
    approve: onCall.primry
    because: a
  neither:
    because: a
  group:
    approve: '"enginers" in requester.groups'
    because: a
`;
  expect(problemsOf(source)).toEqual([
    "2 /rules/No-Weekends rule name 'No-Weekends' must be lower-case letters, digits and '-', at most 50",
    "3 /rules/No-Weekends/deny the condition 'deny': nothing is named 'nov' (did you mean 'now'?)",
    '7 /rules/both/approve a rule does one thing: keep either deny or approve',
    "7 /rules/both/approve no schedule is named 'primry': add it to schedules (did you mean 'primary'?)",
    "9 /rules/neither 'neither' decides nothing: add deny or approve",
    "12 /rules/group/approve no group is named 'enginers': add it to groups (did you mean 'engineers'?)",
  ]);
});

test('values of the wrong type are left to the schema, which refuses them', () => {
  for (const [text, value] of [
    ['rules: 5', 5],
    ['rules: [a]', ['a']],
    ['rules: {}', {}],
    ['rules: { a: 5 }', { a: 5 }],
    ['rules: { a: { deny: 5, because: b } }', { a: { deny: 5, because: 'b' } }],
    ["rules: { a: { deny: '', because: b } }", { a: { deny: '', because: 'b' } }],
  ] as const) {
    expect(problemsOf(text)).toEqual([]);
    expect(fits(value)).toBe(false);
  }
});

test('an entitlement has at most twenty rules', () => {
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`r${i}`, { deny: 'true', because: 'a' }]));
  expect(fits(many(20))).toBe(true);
  expect(fits(many(21))).toBe(false);
});

test('a condition of a step is checked where it stands', () => {
  const document = new LocatedDocument('steps:\n  - when: durationSeconds >\n  - when: onCall.night\n');
  checkConditionAt(document, ['steps', 0, 'when'], known);
  checkConditionAt(document, ['steps', 1, 'when'], known);
  checkConditionAt(document, ['steps', 2, 'when'], known);
  expect(document.problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
    "2 the condition 'when': unexpected token: EOF",
    "3 no schedule is named 'night': add it to schedules",
  ]);
});
