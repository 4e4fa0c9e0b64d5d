import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commentOnRequest, mostComments } from '../../src/approvals/comment-on-request.ts';
import { getRequest } from '../../src/approvals/get-request.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let colleague: TestPerson;
let approver: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Erin', ['engineers']);
  colleague = await world.person('Cole', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  other = await world.person('Oswin', ['approvers']);
});
afterAll(() => world.stop());
beforeEach(() => world.move(60));

const say = (
  person: TestPerson,
  { id }: { readonly id: string | null },
  text: string,
  question = false,
  over: Partial<Caller> = {},
) => commentOnRequest(world.deps, callerOf(person, world.now(), over), { id: id ?? '', text, question });

async function notices(request: string | null) {
  const { rows } = await world.root.query<{ kind: string; people: string[] }>(
    `SELECT kind, people FROM notices WHERE request = $1 AND kind IN ('request.question', 'request.answer') ORDER BY id`,
    [request],
  );
  return rows;
}

test('those it is about and those who may answer talk; everybody who sees the request reads it, oldest first', async () => {
  const request = await world.ask(engineer);
  await say(approver, request, 'Which host?');
  const view = await say(engineer, request, ' db-7\r\n');
  expect(view.comments).toMatchObject([
    { author: { name: 'Avery' }, text: 'Which host?', question: false },
    { author: { name: 'Erin' }, text: 'db-7', question: false },
  ]);
  expect(await world.kinds(request.id)).toEqual([
    'request.commented',
    'request.commented',
    'request.submitted',
  ]);
  // A comment is no answer: nobody is counted, and nobody is told.
  expect(view).toMatchObject({ reviews: [], state: 'pending', mayComment: true, mayAskBack: false });
  expect(await notices(request.id)).toEqual([]);
});

test('a question is open until one of those it is about says something; both sides are told', async () => {
  const request = await world.ask(engineer, { for: colleague.id });
  const asked = await say(approver, request, 'Why today?', true);
  expect(asked.question).toMatchObject({ by: { id: approver.id }, text: 'Why today?' });
  expect((await say(other, request, 'I wonder, too')).question).not.toBeNull();
  expect((await say(colleague, request, 'The disk is full')).question).toBeNull();
  expect(await notices(request.id)).toEqual([
    { kind: 'request.question', people: expect.arrayContaining([engineer.id, colleague.id]) },
    { kind: 'request.answer', people: [approver.id] },
  ]);
});

test('who reads but may neither answer nor is asked about does not write, and to others there is no request', async () => {
  const request = await world.ask(engineer);
  const stranger = await world.person('Sam', ['others']);
  expect((await refusalOf(say(stranger, request, 'x'))).code).toBe('not_found');
  expect((await refusalOf(say(colleague, request, 'x'))).code).toBe('not_found');
  expect((await refusalOf(say(stranger, request, 'x', false, { isOperator: true }))).code).toBe('forbidden');
  expect((await refusalOf(say(stranger, request, 'x', true, { isAuditor: true }))).code).toBe('forbidden');
  expect((await refusalOf(say(engineer, request, 'Why?', true))).code).toBe('forbidden');
  expect((await refusalOf(say(approver, request, ' \n '))).code).toBe('invalid_input');
  expect((await refusalOf(say(approver, request, 'x\u0000'))).code).toBe('invalid_input');
  expect(await world.count('request_comments WHERE request_id = $1', [request.id])).toBe(0);
});

test('a right that was lost since the sign-in does not write', async () => {
  const request = await world.ask(engineer);
  const former = await world.person('Finn', ['approvers']);
  await world.root.query("UPDATE people SET groups = '{}' WHERE id = $1", [former.id]);
  expect((await refusalOf(say(former, request, 'x'))).code).toBe('not_found');
});

test('what is decided or expired is not talked about any more', async () => {
  const denied = await world.ask(engineer);
  await say(approver, denied, 'Why?', true);
  await world.answer(approver, denied, 'deny');
  expect((await refusalOf(say(engineer, denied, 'But'))).code).toBe('already_decided');
  const view = await getRequest(world.deps, callerOf(engineer, world.now()), denied.id ?? '');
  expect(view).toMatchObject({ question: null, mayComment: false, comments: [{ text: 'Why?' }] });
  const expired = await world.ask(engineer);
  world.move(24 * 3600);
  expect((await refusalOf(say(engineer, expired, 'x'))).code).toBe('already_decided');
});

test('there is an end to it', async () => {
  const request = await world.ask(engineer);
  for (let i = 0; i < mostComments; i += 1) await say(engineer, request, `${i}`);
  expect((await refusalOf(say(engineer, request, 'one more'))).code).toBe('not_possible');
});

test('Postgres holds that comments have their event, are never changed, and can only be erased', async () => {
  const request = await world.ask(engineer);
  await say(approver, request, 'Personal words');
  const insert = `INSERT INTO request_comments VALUES ('cmt_' || repeat('0', 26), $1, $2, false, 'x', now())`;
  await expect(world.root.query(insert, [request.id, approver.id])).rejects.toThrow('has no event');
  const change = (set: string) =>
    world.root.query(`UPDATE request_comments SET ${set} WHERE request_id = $1`, [request.id]);
  await expect(change("words = 'other'")).rejects.toThrow('append only');
  await expect(change('words = NULL, question = true')).rejects.toThrow('never changes');
  await expect(world.root.query('DELETE FROM request_comments')).rejects.toThrow('append only');
  await change('words = NULL');
  const view = await getRequest(world.deps, callerOf(engineer, world.now()), request.id ?? '');
  expect(view.comments).toMatchObject([{ text: null }]);
  const { rows } = await world.root.query<{ leaf: string }>(
    "SELECT leaf FROM audit_events WHERE request = $1 AND kind = 'request.commented'",
    [request.id],
  );
  expect(rows[0]?.leaf).not.toContain('Personal words');
});
