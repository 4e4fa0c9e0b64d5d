import { afterAll, beforeAll, expect, test } from 'vitest';
import { createChatLinkCode } from '../../src/channels/create-chat-link-code.ts';
import { linkChatAccount } from '../../src/channels/link-chat-account.ts';
import { listChatLinks } from '../../src/channels/list-chat-links.ts';
import { unlinkChatsOf, unlinkMyChats } from '../../src/channels/unlink-person.ts';
import type { Caller } from '../../src/identity/caller.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from '../approvals/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const meta = { address: null, requestId: null };
const as = (person: TestPerson, over: Partial<Caller> = {}) => callerOf(person, world.now(), over);
const account = (externalId: string, workspace = 'T1') =>
  ({ channel: 'slack', workspace, externalId }) as const;

async function linked(name: string, ...accounts: ReturnType<typeof account>[]): Promise<TestPerson> {
  const person = await world.person(name, ['approvers']);
  for (const one of accounts) {
    const { code } = await createChatLinkCode(world.deps, as(person));
    await linkChatAccount(world.deps, { account: one, code, meta });
  }
  return person;
}

const events = async (kind: string, subject: string) => {
  const { rows } = await world.root.query<{ leaf: string }>(
    "SELECT leaf FROM audit_events WHERE kind = $1 AND leaf::jsonb ->> 'subject' = $2",
    [kind, subject],
  );
  return rows.map(({ leaf }) => leaf);
};

test('a code takes two factors, proven in the last 15 minutes: a token that was borrowed for a moment is not enough', async () => {
  const person = await world.person('Ann', ['approvers']);
  const ago = (seconds: number) => new Date(world.now().getTime() - seconds * 1000);
  const weak = [
    { level: 'single-factor', authenticatedAt: ago(0) },
    { level: 'multi-factor', authenticatedAt: ago(901) },
  ] as const;
  for (const assurance of weak) {
    const refusal = await refusalOf(createChatLinkCode(world.deps, as(person, { assurance })));
    expect(refusal.code).toBe('insufficient_assurance');
    expect(refusal.extra['required']).toEqual({ level: 'multi-factor', maxAgeSeconds: 900 });
  }
  expect(await world.count('chat_link_codes WHERE person_id = $1', [person.id])).toBe(0);
  const assurance = { level: 'multi-factor', authenticatedAt: ago(900) } as const;
  await createChatLinkCode(world.deps, as(person, { assurance }));
});

test('making a code is on record, without the code', async () => {
  const person = await world.person('Bea', ['approvers']);
  const { code, expiresAt } = await createChatLinkCode(world.deps, as(person));
  const [leaf = '', ...more] = await events('chat.requested', person.id);
  expect(more).toEqual([]);
  expect(JSON.parse(leaf)).toMatchObject({ details: { expiresAt, via: 'cli', assurance: 'multi-factor' } });
  expect(leaf).not.toContain(code);
});

test('one sees the accounts that stand for oneself, and nobody else’s', async () => {
  const person = await linked('Cat', account('U-cat'), account('U-cat', 'T2'));
  await linked('Dan', account('U-dan'));
  expect(await listChatLinks(world.deps, as(person))).toEqual([
    { ...account('U-cat'), linkedAt: world.now().toISOString() },
    { ...account('U-cat', 'T2'), linkedAt: world.now().toISOString() },
  ]);
});

test('one ends all of one’s own, with an event each, and an unused code too; other people’s stay', async () => {
  const person = await linked('Eli', account('U-eli'), account('U-eli', 'T2'));
  const other = await linked('Flo', account('U-flo'));
  const { code } = await createChatLinkCode(world.deps, as(person));
  const old = { level: 'single-factor', authenticatedAt: new Date(0) } as const;
  await unlinkMyChats(world.deps, as(person, { assurance: old }));
  expect(await listChatLinks(world.deps, as(person))).toEqual([]);
  expect(await listChatLinks(world.deps, as(other))).toHaveLength(1);
  const leaves = await events('chat.unlinked', person.id);
  expect(leaves).toHaveLength(2);
  expect(leaves.join()).not.toContain('U-eli');
  expect((await refusalOf(linkChatAccount(world.deps, { account: account('U-new'), code, meta }))).code).toBe(
    'invalid_input',
  );
  await unlinkMyChats(world.deps, as(person));
  expect(await events('chat.unlinked', person.id)).toHaveLength(2);
});

test('an operator ends somebody else’s, with two fresh factors; nobody else may', async () => {
  const person = await linked('Gus', account('U-gus'));
  const keeper = await world.person('Kim', ['operators']);
  const input = { personId: person.id };
  const old = { level: 'multi-factor', authenticatedAt: new Date(0) } as const;
  const end = (over: Partial<Caller>, on = input) => unlinkChatsOf(world.deps, as(keeper, over), on);
  expect((await refusalOf(end({}))).code).toBe('forbidden');
  expect((await refusalOf(end({ isOperator: true, assurance: old }))).code).toBe('insufficient_assurance');
  expect((await refusalOf(end({ isOperator: true }, { personId: 'prs_nobody' }))).code).toBe('not_found');
  expect(await listChatLinks(world.deps, as(person))).toHaveLength(1);
  await end({ isOperator: true });
  expect(await listChatLinks(world.deps, as(person))).toEqual([]);
  const [leaf = ''] = await events('chat.unlinked', person.id);
  expect(JSON.parse(leaf)).toMatchObject({ actor: { id: keeper.id } });
});

test('linking and unlinking at once end in one of the two, whole', async () => {
  const person = await world.person('Hal', ['approvers']);
  for (let round = 0; round < 5; round++) {
    const { code } = await createChatLinkCode(world.deps, as(person));
    const link = linkChatAccount(world.deps, { account: account('U-hal'), code, meta }).catch(() => null);
    await Promise.all([link, unlinkMyChats(world.deps, as(person))]);
    expect(await world.count('chat_link_codes WHERE person_id = $1', [person.id])).toBe(0);
  }
  await unlinkMyChats(world.deps, as(person));
  const ended = (await events('chat.unlinked', person.id)).length;
  expect((await events('chat.linked', person.id)).length).toBeGreaterThanOrEqual(ended);
  expect(await listChatLinks(world.deps, as(person))).toEqual([]);
});
