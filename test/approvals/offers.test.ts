import { afterAll, beforeAll, expect, test } from 'vitest';
import { getOffer } from '../../src/approvals/get-offer.ts';
import { listOffers } from '../../src/approvals/list-offers.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Aron', ['approvers']);
});
afterAll(() => world.stop());

test('an offer tells the terms and who would be asked', async () => {
  expect(await getOffer(world.deps, callerOf(engineer, world.now()), 'prod/long')).toEqual({
    id: 'prod/long',
    description: 'For long work',
    account: { id: '111122223333', name: 'Production' },
    target: 'role',
    terms: {
      maxDurationSeconds: 28_800,
      sessionSeconds: 1800,
      requestExpiresSeconds: 3600,
      assurance: {
        ask: { level: 'single-factor', maxAgeSeconds: null },
        approve: { level: 'multi-factor', maxAgeSeconds: null },
        issue: { level: 'multi-factor', maxAgeSeconds: 43_200 },
      },
      ticketPattern: '^(?:OPS-[0-9]{1,6})$',
      ticketValidated: false,
      ask: { groups: ['engineers'] },
      approve: {
        groups: ['approvers'],
        count: 1,
        steps: [{ name: 'approval', whom: 'approvers', groups: ['approvers'], count: 1, when: null }],
      },
      breakGlass: null,
      rules: [],
    },
    conditions: [],
    choices: [],
    choiceRequired: false,
    mayAsk: true,
    dropped: null,
    mayApprove: false,
    approvers: [{ id: approver.id, name: 'Aron' }],
    rule: 'prod/long#ask.groups',
    catalogVersion: world.deps.catalog().version,
  });
});

test('people are offered what they may ask for or approve, and never learn of the rest', async () => {
  const ids = async (person: TestPerson) =>
    (await listOffers(world.deps, callerOf(person, world.now()))).map((offer) => [
      offer.id,
      offer.mayAsk,
      offer.mayApprove,
    ]);
  expect(await ids(engineer)).toEqual([
    ['prod/admin', true, false],
    ['prod/long', true, false],
    ['prod/chat', true, false],
    ['prod/strict', true, false],
  ]);
  expect(await ids(approver)).toEqual([
    ['prod/admin', false, true],
    ['prod/long', false, true],
    ['prod/chat', true, true],
    ['prod/strict', false, true],
  ]);
  expect(await ids(await world.person('Nobody', ['others']))).toEqual([]);
});

test('a hidden entitlement answers as one that does not exist, to auditors and operators too', async () => {
  const caller = callerOf(engineer, world.now(), { isAuditor: true, isOperator: true });
  const hidden = await refusalOf(getOffer(world.deps, caller, 'secret/vault'));
  const missing = await refusalOf(getOffer(world.deps, caller, 'no/such'));
  expect(hidden).toMatchObject({ code: 'not_found', message: missing.message, extra: missing.extra });
});

test('at most 20 approvers are named, and never the caller', async () => {
  for (let i = 0; i < 25; i++) await world.person(`Many${i}`, ['approvers']);
  const offer = await getOffer(world.deps, callerOf(approver, world.now()), 'prod/chat');
  expect(offer.approvers).toHaveLength(20);
  expect(offer.approvers.map(({ id }) => id)).not.toContain(approver.id);
});
