import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { getRequest } from '../../src/approvals/get-request.ts';
import { listRequests } from '../../src/approvals/list-requests.ts';
import type { OnCallNow } from '../../src/approvals/on-call.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

/** `prod/two` takes one of each of two groups, `prod/night` who is on call, `prod/boss` the manager; rules decide on `prod/ruled`. */
const text = `version: 1
groups: [engineers, leads, security, crowd]
onCall:
  primary: { webhook: "https://on-call.example/now" }
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
  prod/two:
    description: Two steps
    role: { account: prod, name: daypass-two }
    ask: { groups: [engineers, leads] }
    approve:
      steps:
        - { name: lead, groups: [leads], count: 1 }
        - { name: security, groups: [security], count: 1 }
    maxDuration: 1h
  prod/crowd:
    description: Ten of a crowd, three times
    role: { account: prod, name: daypass-crowd }
    ask: { groups: [engineers] }
    approve:
      steps:
        - { name: first, groups: [crowd], count: 10 }
        - { name: second, groups: [crowd], count: 10 }
        - { name: third, groups: [crowd], count: 10 }
    maxDuration: 1h
  prod/night:
    description: On call
    role: { account: prod, name: daypass-night }
    ask: { groups: [engineers] }
    approve:
      steps:
        - { name: night, onCall: [primary], count: 1 }
    maxDuration: 1h
  prod/late:
    description: On call, and leads after a while
    role: { account: prod, name: daypass-late }
    ask: { groups: [engineers] }
    approve:
      steps:
        - name: night
          onCall: [primary]
          count: 1
          escalate: { after: 10m, to: { groups: [leads] } }
    maxDuration: 1h
  prod/boss:
    description: The manager
    role: { account: prod, name: daypass-boss }
    ask: { groups: [engineers] }
    approve:
      steps:
        - { name: boss, manager: true, count: 1 }
    maxDuration: 1h
  prod/ruled:
    description: Rules decide
    role: { account: prod, name: daypass-ruled }
    ask: { groups: [engineers] }
    approve: { groups: [leads] }
    rules:
      short: { approve: "durationSeconds <= 900", because: Short work needs nobody }
      long: { deny: "durationSeconds > 1800", because: Half an hour is enough }
    maxDuration: 1h
`;

let world: World;
let engineer: TestPerson;
let lead: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(text);
  engineer = await world.person('Erin', ['engineers']);
  lead = await world.person('Lea', ['leads']);
});
beforeEach(() => world.call(onCall([])));
afterAll(() => world.stop());

const onCall = (people: string[]): OnCallNow =>
  new Map([['primary', { kind: 'known', people, until: null, unmapped: [] }]]);
const dry = (entitlement: string, input: Parameters<World['ask']>[1] = {}, who = engineer) =>
  world.ask(who, { entitlements: [entitlement], dryRun: true, ...input });
const warned = async (...args: Parameters<typeof dry>) =>
  (await dry(...args)).warnings.map(({ check, stops, level, message }) => {
    expect({ check, stops, level }).toEqual({ check: 'nobody-eligible', stops: false, level: 'warning' });
    return message;
  });

test('a later step that nobody is known for is warned of, and the warning goes once somebody has signed in', async () => {
  expect(await warned('prod/two')).toEqual([
    'It cannot be approved as things are: the step security takes 1 of security, and nobody who may answer it is known besides those it is about.',
  ]);
  const pending = await world.ask(engineer, { entitlements: ['prod/two'] });
  expect(pending.warnings).toHaveLength(1);
  const seen = () => getRequest(world.deps, callerOf(lead, world.now()), pending.id ?? '');
  expect((await seen()).warnings).toEqual(pending.warnings);
  const guard = await world.person('Sam', ['security']);
  expect(await warned('prod/two')).toEqual([]);
  expect((await seen()).warnings).toEqual([]);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [guard.id]);
  const { items } = await listRequests(world.deps, callerOf(lead, world.now()), { toReview: true });
  expect(items.map(({ warnings }) => warnings.length)).toEqual([1]);
});

test('one person for two steps is not enough, and whoever has answered counts for the step they answered', async () => {
  const both = await world.person('Bo', ['security', 'leads']);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [lead.id]);
  expect(await warned('prod/two')).toEqual([
    'It cannot be approved as things are: the step security takes 1 of security, and those who may answer it are needed for the steps before it, and nobody counts twice.',
  ]);
  await world.root.query('UPDATE people SET deactivated_at = NULL WHERE id = $1', [lead.id]);
  const made = await world.ask(engineer, { entitlements: ['prod/two'] });
  expect(made.warnings).toEqual([]);
  // Bo takes the seat of a lead, and none is left for security.
  const answered = await world.answer(both, made);
  expect(answered.warnings).toMatchObject([{ check: 'nobody-eligible' }]);
  await world.root.query('UPDATE people SET deactivated_at = now() WHERE id = $1', [both.id]);
});

test('those whom a request is about are no way to approve it', async () => {
  await world.root.query('UPDATE people SET groups = $2 WHERE id = $1', [lead.id, ['engineers', 'leads']]);
  await world.person('Sol', ['security']);
  expect(await warned('prod/two')).toEqual([]);
  expect(await warned('prod/two', { for: lead.id })).toEqual([
    'It cannot be approved as things are: the step lead takes 1 of leads, and nobody who may answer it is known besides those it is about.',
  ]);
});

test('a crowd that is large enough for all steps is never warned of, and one that lacks a single person is', async () => {
  for (let each = 0; each < 29; each += 1) await world.person(`C${each}`, ['crowd']);
  expect(await warned('prod/crowd')).toEqual([
    'It cannot be approved as things are: the step third takes 10 of crowd, and those who may answer it are needed for the steps before it, and nobody counts twice.',
  ]);
  await world.person('C29', ['crowd']);
  expect(await warned('prod/crowd')).toEqual([]);
});

test('a schedule that is down is named, one that names somebody is enough, and so is an escalation to come', async () => {
  world.call(new Map([['primary', { kind: 'down', because: 'its source is away' }]]));
  const [message] = await warned('prod/night');
  expect(message).toContain('Who is on call in primary cannot be said: its source is down.');
  expect(await warned('prod/late')).toEqual([]);
  world.call(onCall([]));
  expect((await warned('prod/night'))[0]).not.toContain('down');
  world.call(onCall([engineer.subject]));
  expect(await warned('prod/night')).toHaveLength(1);
  world.call(onCall([lead.subject]));
  expect(await warned('prod/night')).toEqual([]);
});

test('an unknown manager is said', async () => {
  const [message] = await warned('prod/boss');
  expect(message).toContain('Whose manager is to answer is not known.');
  const report = await world.person('Rae', ['engineers'], { manager: lead });
  expect(await warned('prod/boss', {}, report)).toEqual([]);
});

test('a dry run says what a rule decides: approved by it, refused with its words, or left to people', async () => {
  const before = await world.count('requests');
  const approved = await dry('prod/ruled', { durationSeconds: 900 });
  expect(approved).toMatchObject({
    id: null,
    waitingFor: [],
    approvedByRule: [
      { entitlement: 'prod/ruled', rule: 'prod/ruled#rules.short', because: 'Short work needs nobody' },
    ],
  });
  expect((await refusalOf(dry('prod/ruled', { durationSeconds: 1900 }))).message).toContain(
    'Half an hour is enough',
  );
  const asked = await dry('prod/ruled', { durationSeconds: 1000 });
  expect(asked).toMatchObject({ approvedByRule: [], waitingFor: [{ needed: 1, groups: ['leads'] }] });
  expect(await world.count('requests')).toBe(before);
});
