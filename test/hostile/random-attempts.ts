import { afterAll, beforeAll, expect, test } from 'vitest';
import fc from 'fast-check';
import { checkAnswer, checkGraphqlAnswer } from './answers.ts';
import { perform, performGraphql, type Target } from './attempts.ts';
import { type Actor, type Cast, gather } from './cast.ts';
import { print } from './fuzz-rest.ts';
import { findThing, makeRequest, review } from './known.ts';
import { mayHave, maySeeGrant, maySeeRequest, maySeeEntitlement, type Thing } from './rights.ts';
import { startWorld, type World } from './world.ts';

const onRequests = ['getRequest', 'cancelRequest', 'reviewRequest', 'commentOnRequest', 'getInsight'];
const onGrants = ['getGrant', 'endGrant', 'issueSession'];
const onEntitlements = ['getEntitlement', 'explainEntitlement', 'submitRequest'];
const operations = [...onRequests, ...onGrants, ...onEntitlements, 'listAuditEvents', 'resetTotp', 'getMe'];
const fieldOf: Readonly<Record<string, string>> = {
  getMe: 'Query.me',
  getEntitlement: 'Query.entitlement',
  submitRequest: 'Mutation.submitRequest',
  getRequest: 'Query.request',
  cancelRequest: 'Mutation.cancelRequest',
  reviewRequest: 'Mutation.reviewRequest',
  commentOnRequest: 'Mutation.commentOnRequest',
  getInsight: 'Query.insight',
  getGrant: 'Query.grant',
  endGrant: 'Mutation.endGrant',
  listAuditEvents: 'Query.auditEvents',
};
const groups = [
  'engineers',
  'approvers',
  'auditors',
  'operators',
  'vault-people',
  'vault-approvers',
  'others',
];

/** Declares the test: that many attempts by anybody at anything, judged by the oracle of rights.ts. */
export function tryAtRandom(attempts: number): void {
  let world: World;
  let cast: Cast;
  const crowd: Actor[] = [];
  const things: Target[] = [];
  const counts = new Map<string, Map<string, number>>();

  beforeAll(async () => {
    world = await startWorld();
    cast = await gather(world);
    crowd.push(...Object.values(cast));
    // People in two groups each, who may ask here and approve there.
    for (const [i, group] of groups.entries()) {
      const both = [group, groups[(i + 1) % groups.length] ?? ''];
      const persona = await world.person(`in ${both.join(' and ')}`, both);
      crowd.push({ name: both.join('+'), persona, who: { id: persona.id, groups: both } });
    }
    for (let i = 0; i < 5; i += 1) await more();
  });
  afterAll(async () => {
    print(counts);
    await world.stop();
  });

  /** An open request and a grant, of everybody who may ask for something. */
  async function more(): Promise<void> {
    for (const asker of crowd.filter(({ who }) => who !== null)) {
      const vault = asker.who?.groups.includes('vault-people') === true;
      if (!vault && asker.who?.groups.includes('engineers') !== true) continue;
      const entitlement = vault ? 'secret/vault' : 'prod/admin';
      const open = await makeRequest(world, asker, entitlement);
      const approved = await makeRequest(world, asker, entitlement);
      const [grant = ''] = await review(
        world,
        vault ? cast.keeperApprover : cast.approver,
        approved,
        'approve',
      );
      things.push({
        request: open.id,
        digest: open.digest,
        grant,
        entitlement,
        person: cast.stranger.who?.id ?? '',
        delegation: '',
      });
    }
  }

  test(`${attempts} random attempts: whoever succeeds may, and whoever may see is not told 404`, {
    timeout: attempts * 200,
  }, async () => {
    const absent: Target = {
      request: `req_${'0'.repeat(26)}`,
      grant: `grt_${'0'.repeat(26)}`,
      digest: 'x',
      entitlement: 'no/such',
      person: `prs_${'0'.repeat(26)}`,
      delegation: '',
    };
    let made = 0;
    const attempt = fc.record({
      operation: fc.constantFrom(...operations),
      actor: fc.nat(),
      thing: fc.nat(),
      missing: fc.nat(9).map((n) => n === 0),
      graphql: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(attempt, async (drawn) => {
        if (++made % 200 === 0) await more();
        const actor = crowd[drawn.actor % crowd.length] ?? cast.nobody;
        const target = drawn.missing ? absent : (things[drawn.thing % things.length] ?? absent);
        await judge(drawn.operation, actor, target, drawn.graphql);
      }),
      { numRuns: attempts, endOnFailure: true },
    );
  });

  async function judge(operation: string, actor: Actor, target: Target, byGraphql: boolean): Promise<void> {
    const field = byGraphql ? fieldOf[operation] : undefined;
    const answer =
      field === undefined
        ? await perform(world, operation, actor, target)
        : await performGraphql(world, field, actor, target);
    const code = 'code' in answer && typeof answer.code === 'string' ? answer.code : codeOf(answer.body);
    if (field === undefined) checkAnswer(answer, operation === 'issueSession' ? [] : world.secrets);
    else checkGraphqlAnswer(answer, world.secrets);
    const statuses = counts.get(operation) ?? new Map<string, number>();
    counts.set(operation, statuses.set(code, (statuses.get(code) ?? 0) + 1));

    const thing = await thingOf(operation, target);
    const what = `${actor.name} ${field ?? operation} ${JSON.stringify(target)} got ${code}`;
    if (code === 'done' || code === 'forbidden') {
      expect(mayHave(operation, actor.who, thing), what).toBe(code === 'done');
      return;
    }
    expect(code === 'unauthenticated', what).toBe(actor.who === null);
    if (actor.who === null || operation === 'resetTotp') return;
    // Nobody but the owner learns of a grant by asking for its credentials.
    const sees =
      thing !== null &&
      (onRequests.includes(operation)
        ? maySeeRequest(actor.who, thing)
        : onGrants.includes(operation)
          ? operation === 'issueSession'
            ? actor.who.id === thing.owner
            : maySeeGrant(actor.who, thing)
          : maySeeEntitlement(actor.who, target.entitlement));
    expect(code === 'not_found', what).toBe(!sees);
  }

  async function thingOf(operation: string, target: Target): Promise<Thing | null> {
    if (onEntitlements.includes(operation))
      return target.entitlement === 'no/such' ? null : { owner: '', entitlements: [target.entitlement] };
    return findThing(world, onGrants.includes(operation) ? target.grant : target.request);
  }
}

function codeOf(body: string): string {
  const told: unknown = body === '' ? null : JSON.parse(body);
  return typeof told === 'object' && told !== null && 'code' in told ? String(told.code) : 'done';
}
