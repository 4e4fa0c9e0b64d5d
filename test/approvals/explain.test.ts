import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { explainEntitlement, type ExplainInput } from '../../src/approvals/explain-entitlement.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

const text = `version: 1
groups: [engineers, approvers, security, vault-people]
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
    approve:
      steps:
        - { name: manager, manager: true, escalate: { after: 1h, to: { groups: [security] } } }
        - { name: approval, groups: [approvers] }
        - { name: security, groups: [security], when: durationSeconds > 3600 }
    maxDuration: 2h
    assurance: { ask: multi-factor }
    rules:
      calm: { approve: onCall.primary, because: On call }
      late: { deny: 'timeOfDay(now, "UTC") >= "22:00"', because: It is late }
  prod/alone:
    description: Two of one
    role: { account: prod, name: daypass-alone }
    ask: { groups: [engineers] }
    approve: { steps: [{ name: first, groups: [approvers] }, { name: second, groups: [approvers] }] }
    maxDuration: 1h
  secret/vault:
    description: Hidden
    role: { account: prod, name: daypass-vault }
    ask: { groups: [vault-people] }
    approve: { groups: [vault-people] }
    maxDuration: 1h
`;

let world: World;
let erin: TestPerson;
let avery: TestPerson;
let sam: TestPerson;
let mo: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(text);
  mo = await world.person('Mo', []);
  erin = await world.person('Erin', ['engineers'], { manager: mo });
  avery = await world.person('Avery', ['approvers']);
  sam = await world.person('Sam', ['security']);
});
afterAll(() => world.stop());
beforeEach(() => world.call(new Map([['primary', { kind: 'down', because: 'the calendar answered 503' }]])));

const explain = (input: Partial<ExplainInput> = {}, as = erin, over = {}) =>
  explainEntitlement(world.deps, callerOf(as, world.now(), over), { id: 'prod/admin', ...input });
const operator = { isOperator: true };

test('the whole chain of reasons: what holds, each rule, each step with its people, and what is not known with why', async () => {
  const found = await explain({ durationSeconds: 600 });
  expect(found).toMatchObject({
    entitlement: 'prod/admin',
    catalogVersion: world.deps.catalog().version,
    person: { id: erin.id, name: 'Erin' },
    assumed: {
      durationSeconds: 600,
      ticket: null,
      assurance: { level: 'multi-factor', ageSeconds: 0 },
      address: '192.0.2.1',
    },
    outcome: 'people',
    checks: [
      { name: 'active', ok: true },
      { name: 'visible', ok: true },
      { name: 'ask', ok: true, rule: 'prod/admin#ask.groups', reason: 'in group engineers' },
      { name: 'terms', ok: true },
      { name: 'assurance', ok: true, rule: 'prod/admin#assurance.ask' },
    ],
    rules: [
      {
        rule: 'prod/admin#rules.calm',
        effect: 'approve',
        answer: 'unknown',
        reason: 'the on-call schedule primary cannot be read',
      },
      { rule: 'prod/admin#rules.late', effect: 'deny', answer: 'no' },
    ],
    decidedBy: null,
    unsatisfiable: null,
    schedules: [{ name: 'primary', known: false, because: 'the calendar answered 503' }],
    assurance: { ask: { level: 'multi-factor' } },
  });
  expect(found.steps).toMatchObject([
    {
      name: 'manager',
      asked: true,
      people: [{ id: mo.id, name: 'Mo' }],
      escalates: { afterSeconds: 3600, people: [{ id: sam.id }] },
    },
    { name: 'approval', asked: true, people: [{ id: avery.id, name: 'Avery' }] },
    { name: 'security', asked: false, condition: { text: 'durationSeconds > 3600', answer: 'no' } },
  ]);
});

test('a step whose condition holds is asked, and a rule that holds decides', async () => {
  expect((await explain({ durationSeconds: 7200 })).steps[2]).toMatchObject({
    asked: true,
    people: [{ id: sam.id }],
  });
  world.call(new Map([['primary', { kind: 'known', people: [erin.subject], until: null, unmapped: [] }]]));
  expect(await explain()).toMatchObject({
    outcome: 'approved',
    decidedBy: { rule: 'prod/admin#rules.calm', because: 'On call' },
  });
});

test.each([
  ['another time', { at: '2026-11-22T23:00:00Z' }, 'prod/admin#rules.late'],
  ['more time than there is', { durationSeconds: 10_000 }, 'prod/admin#maxDuration'],
  ['a weaker proof', { assurance: 'single-factor' as const }, 'prod/admin#assurance.ask'],
])('%s is refused, by its rule', async (_what, input, rule) => {
  const found = await explain(input);
  expect(found.outcome).toBe('refused');
  const against = [...found.checks.filter(({ ok }) => !ok).map((check) => check.rule), found.decidedBy?.rule];
  expect(against).toContain(rule);
});

test('it is said where too few people are known for all steps, each counting once', async () => {
  expect(await explain({ id: 'prod/alone' })).toMatchObject({ outcome: 'people', unsatisfiable: 'second' });
});

test('operators and auditors look at others, by id, subject or name; of those an entitlement that is hidden is explained too', async () => {
  for (const over of [operator, { isAuditor: true }]) {
    for (const person of [erin.id, erin.subject, 'erin']) {
      const found = await explain({ person }, sam, over);
      expect(found).toMatchObject({
        person: { id: erin.id },
        assumed: { address: null, assurance: { level: 'phishing-resistant' } },
      });
    }
    expect(await explain({ id: 'secret/vault', person: erin.id }, sam, over)).toMatchObject({
      outcome: 'refused',
      checks: [{ ok: true }, { name: 'visible', ok: false }, { name: 'ask', ok: false }, {}, {}],
    });
  }
});

test('to everybody else other people, hidden entitlements and those that do not exist answer the same', async () => {
  const codes = await Promise.all(
    [{ person: avery.id }, { person: 'Avery' }, { person: 'nobody' }].map((input) =>
      refusalOf(explain(input)),
    ),
  );
  expect(new Set(codes.map(({ code, message }) => `${code} ${message}`)).size).toBe(1);
  expect(codes[0]?.code).toBe('not_found');
  const [hidden, missing] = [
    await refusalOf(explain({ id: 'secret/vault' })),
    await refusalOf(explain({ id: 'no/such' })),
  ];
  expect([hidden.code, hidden.message, hidden.extra]).toEqual([missing.code, missing.message, missing.extra]);
});

test('a name that several people have is refused with their ids', async () => {
  const twin = await world.person('Erin', []);
  const refusal = await refusalOf(explain({ person: 'Erin' }, sam, operator));
  expect(refusal).toMatchObject({
    code: 'invalid_input',
    extra: { people: expect.arrayContaining([erin.id, twin.id]) as unknown },
  });
});

test('what is explained is what happens', async () => {
  const late = { at: '2026-11-22T23:00:00Z' };
  expect((await explain(late)).outcome).toBe('refused');
  world.move(14 * 3600);
  expect(await refusalOf(world.ask(erin))).toMatchObject({
    code: 'forbidden',
    extra: { rule: 'prod/admin#rules.late' },
  });
  world.move(-14 * 3600);
  expect((await world.ask(erin)).waitingFor.map(({ step }) => step)).toEqual(['manager']);
});
