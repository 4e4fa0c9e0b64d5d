import { setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { noticeKinds, notify, notifyNobody } from '../../../src/approvals/notice.ts';
import { systemContext } from '../../../src/audit/event.ts';
import { deliverNotices } from '../../../src/channels/webhook/deliver-notices.ts';
import { authority } from '../../egress/servers.ts';
import { type Noticing, startNoticing } from './noticing.ts';

let noticing: Noticing;
beforeAll(async () => {
  setDefaultCACertificates([authority]);
  noticing = await startNoticing();
});
afterEach(() => noticing.clear());
afterAll(() => noticing.stop());

const told = ({ id, name }: { id: string; name: string }) => ({
  id,
  subject: `sub-${id}`,
  name,
  email: `${name}@example.com`,
});
async function delivered() {
  await deliverNotices(noticing.deps());
  const [received] = noticing.receiver.received;
  return received?.body;
}

test('a notice says whom it is for, about which request, by whom, and where to look', async () => {
  const { alice, bob, request, world } = noticing;
  await noticing.write({
    kind: 'request.decided',
    people: [alice.id],
    body: { decision: 'approve', by: bob.id },
  });
  expect(await delivered()).toEqual({
    type: 'request.decided',
    timestamp: world.now().toISOString(),
    data: {
      to: [told(alice)],
      request: { id: request, requester: told(alice), entitlements: ['prod/admin'] },
      grant: null,
      link: `https://daypass.example.com/requests/${request}`,
      facts: { decision: 'approve', by: told(bob) },
    },
  });
});

test("a grant's notice leads to its request", async () => {
  const { alice, grant, request, world } = noticing;
  await world.deps.transact(systemContext, (work) =>
    notify(work, { kind: 'grant.ended', grant, people: [alice.id], body: {} }),
  );
  expect(await delivered()).toMatchObject({
    data: {
      request: { id: request },
      grant: { id: grant, entitlement: 'prod/admin' },
      link: `https://daypass.example.com/requests/${request}`,
    },
  });
});

test('a notice about no request has neither request nor link', async () => {
  const { bob, world } = noticing;
  await world.deps.transact(systemContext, (work) =>
    notify(work, {
      kind: 'catalog.proposed',
      people: [bob.id, bob.id],
      body: { digest: 'sha256:1', by: [bob.id] },
    }),
  );
  expect(await delivered()).toMatchObject({
    data: {
      to: [told(bob)],
      request: null,
      grant: null,
      link: null,
      facts: { digest: 'sha256:1', by: [told(bob)] },
    },
  });
});

test('what was erased between the change and the sending is not sent, and is in no row', async () => {
  const { world } = noticing;
  const carol = await world.person('Carol', ['approvers']);
  await noticing.write({ people: [carol.id], body: { by: carol.id } });
  await world.root.query('DELETE FROM personal_data WHERE person_id = $1', [carol.id]);
  const unknown = { id: carol.id, subject: carol.subject, name: null, email: null };
  expect(await delivered()).toMatchObject({ data: { to: [unknown], facts: { by: unknown } } });
  const { rows } = await world.root.query('SELECT * FROM notices');
  expect(JSON.stringify(rows)).not.toMatch(/Carol|Alice|@example/);
});

test('who left meanwhile is told nothing any more', async () => {
  const { bob, world } = noticing;
  const dave = await world.person('Dave', ['approvers']);
  await noticing.write({ people: [dave.id, bob.id] });
  await world.root.query('UPDATE people SET deactivated_at = $1 WHERE id = $2', [world.now(), dave.id]);
  expect(await delivered()).toMatchObject({ data: { to: [told(bob)] } });
});

test('a notice exists if and only if the change that it tells of was committed', async () => {
  const { bob, world } = noticing;
  const failing = world.deps.transact(systemContext, async (work) => {
    notify(work, { kind: 'catalog.proposed', people: [bob.id], body: {} });
    await work.queries.execute('SELECT 1');
    throw new Error('no change');
  });
  await expect(failing).rejects.toThrow('no change');
  expect(await world.count('notices')).toBe(0);
});

test('where nobody can be told, nothing is written', async () => {
  const { bob, world } = noticing;
  await world.deps.transact(systemContext, (work) =>
    notifyNobody(work, { kind: 'catalog.proposed', people: [bob.id], body: {} }),
  );
  expect(await world.count('notices')).toBe(0);
});

test('PostgreSQL takes every kind there is, and no other', async () => {
  const { bob, world } = noticing;
  for (const kind of noticeKinds) await noticing.write({ kind });
  const { rows } = await world.root.query<{ check: string }>(
    "SELECT pg_get_constraintdef(oid) AS check FROM pg_constraint WHERE conname = 'notices_kind_known'",
  );
  const known = [...(rows[0]?.check ?? '').matchAll(/'([a-z.-]+)'/g)].map((match) => match[1]);
  expect(new Set(known)).toEqual(new Set(noticeKinds));
  const other = noticing.write({ kind: 'request.other' as 'request.submitted', people: [bob.id] });
  await expect(other).rejects.toMatchObject({ cause: { constraint: 'notices_kind_known' } });
});

test('PostgreSQL lets nobody change what a notice says, lose one, or send a delivered one again', async () => {
  const { world } = noticing;
  const id = await noticing.write();
  const change = (set: string) => world.pool.raw.query(`UPDATE notices SET ${set} WHERE id = $1`, [id]);
  const settled = [
    'body = \'{"a":1}\'',
    "people = '{}'",
    "kind = 'grant.ended'",
    'request = NULL',
    'created_at = now()',
  ];
  for (const set of settled) await expect(change(set), set).rejects.toThrow('never changes once written');
  await expect(world.pool.raw.query('DELETE FROM notices')).rejects.toThrow('was not delivered yet');
  await deliverNotices(noticing.deps());
  await expect(change('delivered_at = NULL')).rejects.toThrow('was delivered already');
});
