import fc from 'fast-check';
import { inArray } from '../../src/db/drizzle.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getRequest } from '../../src/approvals/get-request.ts';
import { listRequests, type ListRequestsInput } from '../../src/approvals/list-requests.ts';
import { requests } from '../../src/db/schema.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let erin: TestPerson;
let kim: TestPerson;
let aron: TestPerson;
const ids: Record<'admin' | 'chat' | 'vault' | 'both' | 'denied' | 'own', string> = {
  admin: '',
  chat: '',
  vault: '',
  both: '',
  denied: '',
  own: '',
};
beforeAll(async () => {
  world = await startWorld();
  erin = await world.person('Erin', ['engineers']);
  kim = await world.person('Kim', ['engineers', 'vault-people']);
  aron = await world.person('Aron', ['approvers']);
  const ask = async (person: TestPerson, entitlements: string[]) => {
    world.move(1);
    const view = await world.ask(person, { entitlements });
    return { ...view, id: view.id ?? '' };
  };
  ids.admin = (await ask(erin, ['prod/admin'])).id;
  ids.chat = (await ask(erin, ['prod/chat'])).id;
  ids.vault = (await ask(kim, ['secret/vault'])).id;
  ids.both = (await ask(kim, ['prod/admin', 'secret/vault'])).id;
  const denied = await ask(erin, ['prod/admin']);
  ids.denied = denied.id;
  await world.answer(aron, denied, 'deny');
  ids.own = (await ask(aron, ['prod/chat'])).id;
});
afterAll(() => world.stop());

async function listed(person: TestPerson, input: ListRequestsInput = {}, over: Partial<Caller> = {}) {
  const page = await listRequests(world.deps, callerOf(person, world.now(), over), input);
  return page.items.map((view) => view.id);
}

test('everyone sees their own and what they may approve a part of; auditors and operators see all', async () => {
  const nobody = await world.person('Nobody', ['others']);
  expect(await listed(erin)).toEqual([ids.denied, ids.chat, ids.admin]);
  expect(await listed(kim)).toEqual([ids.both, ids.vault]);
  expect(await listed(aron)).toEqual([ids.own, ids.denied, ids.both, ids.chat, ids.admin]);
  expect(await listed(nobody)).toEqual([]);
  for (const over of [{ isAuditor: true }, { isOperator: true }]) {
    expect(await listed(nobody, {}, over)).toHaveLength(6);
  }
});

test('filters narrow, and never widen', async () => {
  expect(await listed(aron, { state: 'denied' })).toEqual([ids.denied]);
  expect(await listed(aron, { mine: true })).toEqual([ids.own]);
  expect(await listed(aron, { toReview: true })).toEqual([ids.both, ids.chat, ids.admin]);
  expect(await listed(erin, { toReview: true })).toEqual([]);
  expect(await listed(aron, { toReview: true }, { isAuditor: true })).toEqual([
    ids.both,
    ids.chat,
    ids.admin,
  ]);
  expect(await listed(erin, { mine: true, state: 'denied' }, { isOperator: true })).toEqual([ids.denied]);
});

test('one request shown alone and in a list is the same, and hidden alone when hidden in the list', async () => {
  for (const person of [erin, kim, aron]) {
    const caller = callerOf(person, world.now());
    const { items } = await listRequests(world.deps, caller);
    for (const view of items) expect(await getRequest(world.deps, caller, view.id)).toEqual(view);
    for (const id of Object.values(ids).filter((each) => !items.some((view) => view.id === each))) {
      expect((await refusalOf(getRequest(world.deps, caller, id))).code).toBe('not_found');
    }
    expect((await refusalOf(getRequest(world.deps, caller, 'rubbish'))).code).toBe('not_found');
  }
});

test('the list and the rights agree for every mix of groups, before and after the rules change', async () => {
  const edits: [string, string][] = [
    ['prod/chat:', 'prod/other:'],
    ['approve: { groups: [vault-approvers] }', 'approve: { groups: [others] }'],
    ['maxDuration: 2h', 'maxDuration: 3h'],
  ];
  const all = await world.pool.db
    .select({ id: requests.id })
    .from(requests)
    .where(inArray(requests.id, Object.values(ids)));
  const check = fc.asyncProperty(
    fc.subarray(['engineers', 'approvers', 'vault-people', 'vault-approvers', 'others']),
    fc.constantFrom(undefined, ...edits),
    async (groups, edit) => {
      if (edit === undefined) await world.restore();
      else await world.change(...edit);
      const caller = callerOf(
        { id: 'prs_00000000000000000000000000', name: 'x', groups, subject: 'x' },
        world.now(),
      );
      const { items } = await listRequests(world.deps, caller);
      const toReview = await listRequests(world.deps, caller, { toReview: true });
      for (const { id } of all) {
        const alone = await getRequest(world.deps, caller, id).catch(() => null);
        expect(items.some((view) => view.id === id)).toBe(alone !== null);
        expect(toReview.items.some((view) => view.id === id)).toBe(alone?.mayReview === true);
      }
    },
  );
  try {
    await fc.assert(check, { numRuns: 40 });
  } finally {
    await world.restore();
  }
});

test('pages follow each other without gap or repetition', async () => {
  const caller = callerOf(erin, world.now(), { isAuditor: true });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRequests(world.deps, caller, { limit: 2, cursor });
    expect(page.items.length).toBeLessThanOrEqual(2);
    seen.push(...page.items.map((view) => view.id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  expect(seen).toEqual([ids.own, ids.denied, ids.both, ids.vault, ids.chat, ids.admin]);
});

test.each([
  '',
  'x',
  'cmVxXw',
  'req_00000000000000000000000000',
  Buffer.from("req_' OR true --").toString('base64url'),
])('a cursor that no page gave out is refused: %j', async (cursor) => {
  expect((await refusalOf(listed(erin, { cursor }))).code).toBe('invalid_input');
});

test.each([0, -1, 101, 1.5, Number.NaN])('a limit of %d is refused', async (limit) => {
  expect((await refusalOf(listed(erin, { limit }))).code).toBe('invalid_input');
});

test('a longer list takes no more queries', async () => {
  const count = async (limit: number) => {
    let queries = 0;
    const client = world.pool.raw;
    const onConnection = (connection: { query: (...args: unknown[]) => unknown }) => {
      const query = connection.query.bind(connection);
      connection.query = (...args: unknown[]) => {
        queries += 1;
        return query(...args);
      };
      restore.push(() => {
        connection.query = query;
      });
    };
    const restore: (() => void)[] = [];
    const acquire = (connection: unknown) => onConnection(connection as Parameters<typeof onConnection>[0]);
    client.on('acquire', acquire);
    await listRequests(world.deps, callerOf(erin, world.now(), { isAuditor: true }), { limit });
    client.off('acquire', acquire);
    for (const undo of restore) undo();
    return queries;
  };
  const few = await count(1);
  expect(few).toBeGreaterThan(3);
  expect(await count(6)).toBe(few);
});
