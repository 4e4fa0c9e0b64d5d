import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { commentOnRequest } from '../../src/approvals/comment-on-request.ts';
import { nextReminder } from '../../src/approvals/reminders.ts';
import { sweepReminders } from '../../src/approvals/sweep-reminders.ts';
import { sweepRequests } from '../../src/approvals/sweep-requests.ts';
import { callerOf, catalogText, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
let second: TestPerson;
let head: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers', 'approvers']);
  approver = await world.person('Avery', ['approvers']);
  second = await world.person('Blake', ['approvers']);
  head = await world.person('Heidi', ['others']);
});
afterAll(() => world.stop());
beforeEach(async () => {
  // What an earlier test left behind has expired by now, and is out of the way.
  world.move(10 * 86_400);
  await sweepRequests(world.deps);
  await world.restore();
});

const sweep = () => sweepReminders(world.deps);
const minutes = (count: number) => world.move(count * 60);

async function told(request: { readonly id: string | null }, kind = 'request.reminder') {
  const { rows } = await world.root.query<{ people: string[] }>(
    'SELECT people FROM notices WHERE request = $1 AND kind = $2 ORDER BY id',
    [request.id, kind],
  );
  return rows.map(({ people }) => people.toSorted());
}

describe('when', () => {
  const at = (minute: number) => new Date(Date.parse('2026-11-22T09:00:00Z') + minute * 60_000);
  function times(window: number): number[] {
    const request = { createdAt: at(0), expiresAt: at(window) };
    const found: number[] = [];
    for (let next = nextReminder(request, 0, at(0)); next !== null; ) {
      found.push((next.getTime() - at(0).getTime()) / 60_000);
      next = nextReminder(request, found.length, next);
    }
    return found;
  }

  test.each([
    [24 * 60, [30, 90, 210, 450, 930]],
    [60, [15, 45]],
    [10, [2.5]],
    [5, []],
  ])(
    'within %i minutes reminders come after %j: twice as long each time, and none in the last five',
    (window, expected) => {
      expect(times(window)).toEqual(expected);
    },
  );
});

test('those who could answer now are reminded, each time after twice as long, with an event each', async () => {
  const request = await world.ask(engineer);
  minutes(29);
  expect(await sweep()).toBe(0);
  minutes(1);
  expect(await sweep()).toBe(1);
  expect(await sweep()).toBe(0);
  // Never who asked, though the rule means them, too.
  expect(await told(request)).toEqual([[approver.id, second.id].toSorted()]);
  minutes(59);
  expect(await sweep()).toBe(0);
  minutes(1);
  expect(await sweep()).toBe(1);
  expect((await world.kinds(request.id)).filter((kind) => kind === 'request.reminded')).toHaveLength(2);
});

test('after a long outage there is one reminder, not all that were missed; what is decided or over is left alone', async () => {
  const request = await world.ask(engineer);
  const decided = await world.ask(engineer);
  await world.answer(approver, decided, 'deny');
  minutes(20 * 60);
  expect(await sweep()).toBe(1);
  expect(await told(request)).toHaveLength(1);
  expect(await told(decided)).toHaveLength(0);
  minutes(4 * 60 - 3);
  await sweep();
  minutes(10);
  expect(await sweep()).toBe(0);
  expect(await told(request)).toHaveLength(1);
});

test('while a question is open reminders go to those it is about; it expires all the same', async () => {
  const request = await world.ask(engineer);
  await commentOnRequest(world.deps, callerOf(approver, world.now()), {
    id: request.id ?? '',
    text: 'Which host?',
    question: true,
  });
  minutes(30);
  await sweep();
  expect(await told(request)).toEqual([[engineer.id]]);
  await commentOnRequest(world.deps, callerOf(engineer, world.now()), { id: request.id ?? '', text: 'db-7' });
  minutes(60);
  await sweep();
  expect((await told(request)).at(-1)).toEqual([approver.id, second.id].toSorted());
  minutes(24 * 60);
  expect(await sweepRequests(world.deps)).toBe(1);
  expect(await sweep()).toBe(0);
});

test('several sweeps at once remind once', async () => {
  const request = await world.ask(engineer);
  minutes(31);
  const counts = await Promise.all([sweep(), sweep(), sweep(), sweep()]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await told(request)).toHaveLength(1);
});

describe('a step that has waited for too long', () => {
  const stepped = catalogText.replace(
    'approve: { groups: [approvers] }\n    maxDuration: 1h\n    assurance: { ask: single-factor, approve: multi-factor }',
    () => `approve:
      steps:
        - { name: team, groups: [approvers], escalate: { after: 10m, to: { groups: [others] } } }
        - { name: head, groups: [vault-approvers], escalate: { after: 20m, to: { groups: [others] } } }
    maxDuration: 1h
    assurance: { ask: single-factor, approve: multi-factor }`,
  );

  test('asks more people, once a step, by however many sweeps; a later step from when its turn came', async () => {
    await world.use(stepped);
    const request = await world.ask(engineer);
    minutes(9);
    await sweep();
    expect(await told(request, 'request.escalated')).toEqual([]);
    minutes(1);
    await Promise.all([sweep(), sweep(), sweep()]);
    expect(await told(request, 'request.escalated')).toEqual([[head.id]]);
    minutes(5);
    await world.answer(approver, request);
    minutes(19);
    await sweep();
    expect(await told(request, 'request.escalated')).toHaveLength(1);
    minutes(1);
    await sweep();
    await sweep();
    expect(await told(request, 'request.escalated')).toHaveLength(2);
    const { rows } = await world.root.query<{ step: string }>(
      'SELECT step FROM request_escalations WHERE request_id = $1 ORDER BY escalated_at',
      [request.id],
    );
    expect(rows.map(({ step }) => step)).toEqual(['team', 'head']);
    expect((await world.kinds(request.id)).filter((kind) => kind === 'request.escalated')).toHaveLength(2);
  });

  test('asks nobody more once it was answered', async () => {
    await world.use(stepped);
    const request = await world.ask(engineer);
    minutes(5);
    await world.answer(approver, request);
    minutes(10);
    await sweep();
    expect(await told(request, 'request.escalated')).toEqual([]);
  });

  test('Postgres takes neither an escalation nor a reminder without its event', async () => {
    const request = await world.ask(engineer);
    await expect(
      world.root.query("INSERT INTO request_escalations VALUES ($1, 'prod/admin', 'team', now())", [
        request.id,
      ]),
    ).rejects.toThrow('without an event');
    await expect(
      world.root.query('INSERT INTO request_reminders VALUES ($1, 1, NULL, now())', [request.id]),
    ).rejects.toThrow('without an event');
  });
});
