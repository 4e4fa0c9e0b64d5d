import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { askToExtend } from '../../src/approvals/ask-to-extend.ts';
import { submitRequest } from '../../src/approvals/submit-request.ts';
import type { SubmitInput } from '../../src/approvals/submission.ts';
import type { TicketAnswer, TicketAsk } from '../../src/approvals/tickets.ts';
import { callerOf, catalogText, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

const validated = catalogText
  .replace('ticket: "OPS-[0-9]{1,6}"', 'ticket: "OPS-[0-9]{1,6}"\n    ticketValidated: true')
  .replace(
    '    approve: { groups: [vault-approvers] }\n',
    '    approve: { groups: [vault-approvers] }\n    ticket: "OPS-[0-9]+"\n    ticketValidated: true\n',
  );

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
let stranger: TestPerson;
const asked: TicketAsk[] = [];
let answer: (ask: TicketAsk) => TicketAnswer | Promise<TicketAnswer>;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  stranger = await world.person('Sid', ['others']);
});
beforeEach(async () => {
  await world.use(validated);
  answer = () => ({ valid: true });
});
afterEach(() => asked.splice(0));
afterAll(() => world.stop());

const withValidator = () => ({
  ...world.deps,
  tickets: {
    validate: async (ask: TicketAsk) => {
      asked.push(ask);
      return answer(ask);
    },
  },
});
const ask = (input: Partial<SubmitInput> = {}, who = engineer, deps: World['deps'] = withValidator()) =>
  submitRequest(deps, callerOf(who, world.now()), {
    entitlements: ['prod/long'],
    durationSeconds: 900,
    reason: 'to mend it',
    ticket: 'OPS-17',
    ...input,
  });
const stored = () => world.count('requests');

test('a ticket that the validator vouches for is asked about once, and stored', async () => {
  const made = await ask();
  expect(made).toMatchObject({ state: 'pending', ticket: 'OPS-17' });
  expect(asked).toEqual([
    {
      ticket: 'OPS-17',
      requester: { subject: engineer.subject },
      entitlements: ['prod/long'],
      durationSeconds: 900,
      reason: 'to mend it',
    },
  ]);
});

test('of several things only those that want it are asked about', async () => {
  await ask({ entitlements: ['prod/long', 'prod/admin'] });
  expect(asked.map(({ entitlements }) => entitlements)).toEqual([['prod/long']]);
  await ask({ entitlements: ['prod/admin'] });
  expect(asked).toHaveLength(1);
});

test("a ticket that is not good is refused with the validator's words, and nothing is stored", async () => {
  answer = () => ({ valid: false, because: 'OPS-17 is closed.' });
  const before = await stored();
  const refusal = await refusalOf(ask());
  expect(refusal).toMatchObject({ code: 'invalid_input', extra: { rule: 'prod/long#ticketValidated' } });
  expect(refusal.message).toContain('OPS-17 is closed.');
  expect(await stored()).toBe(before);
});

test('while nobody can say whether it is good it is not asked, a dry run neither; afterwards the same key works', async () => {
  answer = () => ({
    unknown: true,
    because: 'The ticket validator could not be asked (timeout): try again later.',
  });
  const before = await stored();
  for (const dryRun of [false, true]) {
    const refusal = await refusalOf(ask({ idempotencyKey: 'again', dryRun }));
    expect(refusal.code).toBe('not_possible');
    expect(refusal.message).toContain('cannot be checked now');
    expect(refusal.message).toContain('try again later');
  }
  expect(await stored()).toBe(before);
  answer = () => ({ valid: true });
  expect(await ask({ idempotencyKey: 'again' })).toMatchObject({ state: 'pending', replayed: false });
});

test('without a validator it is not asked for', async () => {
  expect((await refusalOf(ask({}, engineer, world.deps))).code).toBe('not_possible');
});

test.each<[string, Partial<SubmitInput>, string]>([
  ['a hidden entitlement', { entitlements: ['secret/vault'] }, 'not_found'],
  ['one that is hidden beside one that is not', { entitlements: ['prod/long', 'secret/vault'] }, 'not_found'],
  ['one that does not exist', { entitlements: ['prod/none'] }, 'not_found'],
  ['a ticket that does not match', { ticket: 'INC-1' }, 'invalid_input'],
  ['no ticket', { ticket: null }, 'invalid_input'],
  ['too long a time', { durationSeconds: 28_801 }, 'invalid_input'],
  ['a colleague who is none', { for: 'nobody@example.com' }, 'invalid_input'],
])('a request for %s is refused without a call', async (_what, input, code) => {
  expect((await refusalOf(ask(input))).code).toBe(code);
  expect(asked).toEqual([]);
});

test('strangers are told the same of what wants a validated ticket and of what does not exist, without a call', async () => {
  const [hidden, none] = [
    await refusalOf(ask({ entitlements: ['prod/long'] }, stranger)),
    await refusalOf(ask({ entitlements: ['prod/none'] }, stranger)),
  ];
  expect([hidden.code, hidden.message]).toEqual([none.code, none.message]);
  expect(asked).toEqual([]);
});

test('approvers who may not ask, and people whose proof is too weak, cause no call', async () => {
  expect((await refusalOf(ask({}, approver))).code).toBe('forbidden');
  await world.use(
    validated.replace('requestExpires: 1h', 'requestExpires: 1h\n    assurance: { ask: phishing-resistant }'),
  );
  expect((await refusalOf(ask())).code).toBe('insufficient_assurance');
  expect(asked).toEqual([]);
});

test('what was asked before under the same key is answered again without a call, whatever the validator says by now', async () => {
  const first = await ask({ idempotencyKey: 'once' });
  answer = () => ({ valid: false, because: 'closed' });
  expect(await ask({ idempotencyKey: 'once' })).toMatchObject({ id: first.id, replayed: true });
  expect(asked).toHaveLength(1);
});

test('nothing is stored that was not vouched for, when the catalog changes while the validator is asked', async () => {
  const two = { entitlements: ['prod/long', 'prod/admin'] };
  answer = async () => {
    await world.use(
      validated.replace(
        'assurance: { ask: single-factor, approve: multi-factor }',
        'ticket: "OPS-[0-9]+"\n    ticketValidated: true\n    assurance: { ask: single-factor }',
      ),
    );
    return { valid: true };
  };
  const before = await stored();
  expect(await refusalOf(ask(two))).toMatchObject({ code: 'conflict' });
  expect(await stored()).toBe(before);
});

test('nothing is stored unvalidated when the catalog begins to want it between the look and the transaction', async () => {
  await world.use(catalogText);
  let catalogs = 0;
  const strict = world.deps.catalog();
  await world.use(validated);
  const loose = { ...withValidator(), catalog: () => (catalogs++ === 0 ? strict : world.deps.catalog()) };
  expect(await refusalOf(ask({}, engineer, loose))).toMatchObject({ code: 'conflict' });
  expect(asked).toEqual([]);
});

test('for a colleague the validator hears of both', async () => {
  const colleague = await world.person('Noor', ['engineers']);
  await ask({ for: colleague.id });
  expect(asked).toMatchObject([
    { requester: { subject: colleague.subject }, askedBy: { subject: engineer.subject } },
  ]);
});

test('more time under a grant wants a ticket that is good, too', async () => {
  const { grants } = await world.answer(approver, await ask());
  asked.splice(0);
  answer = () => ({ valid: false, because: 'OPS-18 is about something else.' });
  const more = askToExtend(withValidator(), callerOf(engineer, world.now()), {
    grantId: grants[0]?.id ?? '',
    durationSeconds: 900,
    reason: 'it takes longer',
    ticket: 'OPS-18',
  });
  expect((await refusalOf(more)).message).toContain('OPS-18 is about something else.');
  expect(asked).toMatchObject([{ ticket: 'OPS-18', reason: 'it takes longer' }]);
});
