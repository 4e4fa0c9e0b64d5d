import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Answered } from './answers.ts';
import { perform, performGraphql, type Target } from './attempts.ts';
import { type Actor, type Cast, gather } from './cast.ts';
import { makeDelegation, makeRequest, openReviews, review } from './known.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let cast: Cast;
let hidden: Target;
let ended: Target;
const missing: Target = {
  request: `req_${'0'.repeat(26)}`,
  grant: `grt_${'0'.repeat(26)}`,
  digest: `sha256:${'0'.repeat(64)}`,
  entitlement: 'secret/nope1',
  person: `prs_${'0'.repeat(26)}`,
  delegation: `dlg_${'0'.repeat(26)}`,
  eligibility: { review: `elr_${'0'.repeat(26)}`, person: `prs_${'0'.repeat(26)}` },
};

beforeAll(async () => {
  world = await startWorld();
  cast = await gather(world);
  const reviewed = await openReviews(world);
  const { keeper, keeperApprover } = cast;
  // Somebody who hands their right to the keeper: no concern of anybody else.
  const persona = await world.person('absent', ['approvers']);
  const absent: Actor = { name: 'absent', persona, who: { id: persona.id, groups: ['approvers'] } };
  const open = await makeRequest(world, keeper, 'secret/vault');
  const approved = await makeRequest(world, keeper, 'secret/vault');
  const [grant = ''] = await review(world, keeperApprover, approved, 'approve');
  hidden = {
    request: open.id,
    digest: open.digest,
    grant,
    entitlement: 'secret/vault',
    person: keeper.who?.id ?? '',
    delegation: await makeDelegation(world, absent, keeper.who?.id ?? ''),
    eligibility: { review: reviewed['secret/vault'] ?? '', person: keeper.who?.id ?? '' },
  };
  const overDelegation = await makeDelegation(world, absent, keeper.who?.id ?? '');
  const over = await makeRequest(world, keeper, 'secret/vault');
  const [endedGrant = ''] = await review(world, keeperApprover, over, 'approve');
  ended = {
    ...hidden,
    request: over.id,
    digest: over.digest,
    grant: endedGrant,
    delegation: overDelegation,
  };
  await perform(world, 'endDelegation', absent, ended);
  await perform(world, 'endGrant', keeper, ended);
  await world.sql(`UPDATE sign_ins SET expires_at = expires_at + interval '1 day'`);
});
afterAll(() => world.stop());
// Denials are written one by one up to a number a minute: each test has a minute of its own.
beforeEach(() => world.move(60));

/** What a caller gets to know: the answer without what must differ, and how much work it was. */
async function observed(call: () => Promise<Answered>, target: Target) {
  // Connections that a pool opens meanwhile would count.
  await call();
  const before = world.statements.count;
  const { status, headers, body } = await call();
  const statements = world.statements.count - before;
  const { 'x-request-id': requestId, date: _date, ...others } = headers;
  const told = [
    target.request,
    target.grant,
    target.delegation,
    target.entitlement,
    String(requestId),
  ].reduce((text, id) => text.replaceAll(id, 'ID').replaceAll(encodeURIComponent(id), 'ID'), body);
  return { status, statements, headers: others, body: told };
}

const rest = [
  'getEntitlement',
  'explainEntitlement',
  'submitRequest',
  'getRequest',
  'cancelRequest',
  'reviewRequest',
  'withdrawReview',
  'endDelegation',
  'commentOnRequest',
  'getInsight',
  'getGrant',
  'extendGrant',
  'endGrant',
  'issueSession',
  'getEligibilityReview',
  'answerEligibility',
  'sendNewRequest',
  'showRequest',
  'sendReview',
  'sendCancel',
  'sendComment',
  'sendWithdraw',
  'sendEndGrant',
];
const graphql = [
  'Query.entitlement',
  'Query.request',
  'Query.insight',
  'Query.grant',
  'Mutation.submitRequest',
  'Mutation.cancelRequest',
  'Mutation.reviewRequest',
  'Mutation.withdrawReview',
  'Mutation.endDelegation',
  'Mutation.commentOnRequest',
  'Mutation.extendGrant',
  'Mutation.endGrant',
  'Query.eligibilityReview',
  'Mutation.answerEligibility',
];
const curious = ['stranger', 'colleague', 'approver'] as const;

test.each(rest.flatMap((operation) => curious.map((name) => [operation, name] as const)))(
  '%s tells a %s the same of a hidden thing, open or over, as of one that does not exist, with the same number of statements',
  async (operation, name) => {
    const absent = await observed(() => perform(world, operation, cast[name], missing), missing);
    expect(absent.status).toBe(404);
    expect(absent.statements).toBeGreaterThan(0);
    for (const there of [hidden, ended]) {
      expect(await observed(() => perform(world, operation, cast[name], there), there)).toEqual(absent);
    }
  },
);

test.each(graphql.flatMap((field) => curious.map((name) => [field, name] as const)))(
  '%s tells a %s the same of a hidden thing as of one that does not exist, with the same number of statements',
  async (field, name) => {
    const call = (target: Target) => () => performGraphql(world, field, cast[name], target);
    const absent = await observed(call(missing), missing);
    expect(absent.body).toContain('not_found');
    for (const there of [hidden, ended]) expect(await observed(call(there), there)).toEqual(absent);
  },
);

test('lists and filters say nothing of hidden things', async () => {
  for (const name of curious) {
    for (const query of [
      'v1/requests',
      'v1/grants',
      'v1/follow-ups',
      `v1/grants?request=${hidden.request}`,
      'v1/grants?entitlement=secret%2Fvault',
      'v1/entitlements',
      'v1/eligibility-reviews',
    ]) {
      const { persona } = cast[name];
      const answer = await world.app.inject({
        url: `/${query}`,
        headers: { authorization: `Bearer ${persona?.token}` },
      });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).not.toMatch(/vault|Not for everybody/);
    }
  }
});
