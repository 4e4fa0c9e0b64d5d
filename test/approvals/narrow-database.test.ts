import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RequestContent } from '../../src/approvals/content.ts';
import { requestDigest } from '../../src/approvals/digest.ts';
import { reviewRequest } from '../../src/approvals/review-request.ts';
import { eq } from '../../src/db/drizzle.ts';
import { newId } from '../../src/db/ids.ts';
import { requests, requestVersions } from '../../src/db/schema.ts';
import { steppedCatalog } from './stepped.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

// What Postgres refuses of narrowing, where everything but the one thing is in order.

let world: World;
let app: pg.Client;
let erin: TestPerson;
let lead: TestPerson;
beforeAll(async () => {
  world = await startWorld();
  await world.use(steppedCatalog);
  app = new pg.Client({ connectionString: world.database.appUrl });
  await app.connect();
  erin = await world.person('Erin', ['engineers']);
  lead = await world.person('Lea', ['leads']);
});
afterAll(async () => {
  await app.end();
  await world.stop();
});

const ask = (reason = 'to mend it') =>
  world.ask(erin, { entitlements: ['prod/admin', 'prod/owned'], durationSeconds: 900, reason });

const narrow = (asked: { id: string | null; digest: string }, entitlements: string[]) =>
  reviewRequest(world.deps, callerOf(lead, world.now()), {
    id: asked.id ?? '',
    decision: 'approve',
    digest: asked.digest,
    narrow: { entitlements },
  });

/** Writes another content with all that belongs to it: the version that was, the digest, and the event. */
async function rewrite(id: string, change: (content: RequestContent) => RequestContent): Promise<void> {
  await world.deps.transact(callerOf(lead, world.now()).context, async (work) => {
    const [row] = await work.queries.select().from(requests).where(eq(requests.id, id));
    if (row === undefined) throw new Error('no such request');
    const content = change(row.content as RequestContent);
    await work.queries
      .insert(requestVersions)
      .values({ requestId: id, digest: row.digest, content: row.content, narrowedAt: work.now });
    await work.queries
      .update(requests)
      .set({ content, digest: requestDigest(content) })
      .where(eq(requests.id, id));
    work.audit({ kind: 'request.narrowed', outcome: 'success', request: id });
  });
}

test.each<[string, (content: RequestContent) => RequestContent]>([
  ['more time', (content) => ({ ...content, durationSeconds: 901 })],
  [
    'something more',
    (content) => ({
      ...content,
      entitlements: content.entitlements.flatMap((terms) => [terms, { ...terms, id: `${terms.id}-too` }]),
    }),
  ],
  [
    'the same on other terms',
    (content) => ({
      ...content,
      entitlements: content.entitlements.map((terms) => ({ ...terms, maxDurationSeconds: 43_200 })),
    }),
  ],
  ['nothing at all', (content) => ({ ...content, entitlements: [] })],
  ['an earlier start', (content) => ({ ...content, startAt: '2026-11-22T09:00:00.000Z' })],
])('%s is refused, although the version, the digest and the event are there', async (_, change) => {
  const { id } = await ask();
  await expect(rewrite(id ?? '', change)).rejects.toMatchObject({ constraint: 'requests_narrowed' });
  // Less is taken on the same way: it is for nothing else that it was refused.
  await rewrite(id ?? '', (content) => ({ ...content, durationSeconds: 899 }));
});

test('a grant for what was narrowed away is refused, though it was asked for', async () => {
  const asked = await ask();
  expect(await narrow(asked, ['prod/owned'])).toMatchObject({ state: 'approved' });
  await expect(
    app.query(
      `INSERT INTO grants (id, request_id, person_id, entitlement, terms, state, prior_state, starts_at, ends_at, created_at)
       VALUES ($1, $2, $3, 'prod/admin', '{}', 'scheduled', 'new', now(), now() + interval '1 minute', now())`,
      [newId('grt', world.now()), asked.id, erin.id],
    ),
  ).rejects.toMatchObject({ constraint: 'grants_approved' });
});

test('what another request was before it was narrowed is no answer to this one, to the code and to Postgres', async () => {
  const other = await ask('the other one');
  await narrow(other, ['prod/owned']);
  const asked = await ask();
  const second = await world.person('Lou', ['leads']);
  expect(await refusalOf(world.answer(second, { ...asked, digest: other.digest }))).toMatchObject({
    code: 'digest_mismatch',
  });
  await expect(
    app.query(
      `INSERT INTO reviews (id, request_id, reviewer, decision, digest, via, created_at)
       VALUES ($1, $2, $3, 'approve', $4, 'cli', now())`,
      [newId('rev', world.now()), asked.id, second.id, other.digest],
    ),
  ).rejects.toMatchObject({ constraint: 'reviews_digest_matches' });
});

test('an answer is not taken back without its event', async () => {
  const asked = await world.ask(erin, { entitlements: ['prod/two'] });
  await world.answer(lead, asked);
  await expect(
    app.query('UPDATE reviews SET withdrawn_at = now() WHERE request_id = $1', [asked.id]),
  ).rejects.toMatchObject({ constraint: 'reviews_withdrawn' });
});
