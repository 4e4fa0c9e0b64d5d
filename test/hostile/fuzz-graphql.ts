import fc from 'fast-check';
import type { GraphQLObjectType } from 'graphql/index.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSchema } from '../../src/api/graphql/schema.ts';
import { checkAnswer, checkGraphqlAnswer } from './answers.ts';
import { anAddress, type Cast, credentials, gather } from './cast.ts';
import { print } from './fuzz-rest.ts';
import { callsOfField, tooMuch } from './graphql-inputs.ts';
import { type Known, settle } from './known.ts';
import { mayHave, maySeeGrant, maySeeRequest, type Thing } from './rights.ts';
import { stateOf } from './state.ts';
import { startWorld, type World } from './world.ts';

const callers = [
  'nobody',
  'stranger',
  'requester',
  'approver',
  'auditor',
  'operator',
  'deactivated',
] as const;
const operationOf: Readonly<Record<string, string>> = {
  me: 'getMe',
  entitlements: 'listEntitlements',
  entitlement: 'getEntitlement',
  bundles: 'listEntitlements',
  find: 'findEntitlements',
  requests: 'listRequests',
  request: 'getRequest',
  delegations: 'listDelegations',
  followUps: 'listFollowUps',
  insight: 'getInsight',
  grants: 'listGrants',
  grant: 'getGrant',
  eligibilityReviews: 'listEligibilityReviews',
  eligibilityReview: 'getEligibilityReview',
  auditEvents: 'listAuditEvents',
};

/** Declares a test for each root field, with this many calls each, and one for each document that asks for too much. */
export function fuzzGraphql(callsEach: number): void {
  let world: World;
  let cast: Cast;
  let known: Known;
  const counts = new Map<string, Map<string, number>>();

  beforeAll(async () => {
    world = await startWorld();
    cast = await gather(world);
    known = await settle(world, cast);
  });
  afterAll(async () => {
    print(counts);
    await world.stop();
  });

  async function send(name: (typeof callers)[number], payload: string) {
    const answer = await world.app.inject({
      method: 'POST',
      url: '/graphql',
      remoteAddress: anAddress(),
      headers: { 'content-type': 'application/json', ...credentials(cast[name]) },
      payload,
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }

  const schema = readSchema();
  const roots = [schema.getQueryType(), schema.getMutationType()].filter(
    (type): type is GraphQLObjectType => type instanceof Object,
  );
  const fields = roots.flatMap((root) =>
    Object.values(root.getFields()).map((field) => [`${root.name}.${field.name}`, root.name, field] as const),
  );

  test.each(fields)(
    '%s holds against fitting and unfitting variables and any selection',
    async (full, root, field) => {
      const statuses = new Map<string, number>();
      counts.set(full, statuses);
      const kind = root === 'Query' ? 'query' : 'mutation';
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...callers),
          callsOfField(kind, field),
          async (name, { query, variables }) => {
            const filled = known.fill(JSON.stringify({ query, variables }));
            const before = await stateOf(world);
            const answer = await send(name, filled);
            const errors = checkGraphqlAnswer(answer, world.secrets);
            const code = errors[0] ?? 'done';
            statuses.set(code, (statuses.get(code) ?? 0) + 1);
            const { who } = cast[name];
            if (who === null) expect(errors).not.toEqual([]);
            if (errors.length > 0) expect(await stateOf(world)).toEqual(before);
            else await judge(full, name, filled, answer.body);
          },
        ),
        { numRuns: callsEach, endOnFailure: true },
      );
    },
  );

  async function judge(
    full: string,
    name: (typeof callers)[number],
    sent: string,
    body: string,
  ): Promise<void> {
    const { who } = cast[name];
    const field = full.slice(full.indexOf('.') + 1);
    const operation = operationOf[field] ?? field;
    const { variables } = JSON.parse(sent) as { variables: Record<string, unknown> | null };
    const thing = await thingOf(operation, variables ?? {});
    expect(mayHave(operation, who, thing), `${name} had ${full}: ${sent} ${body.slice(0, 300)}`).toBe(true);
    // Nothing with an id that the caller may not see, wherever it stands.
    for (const [id] of body.matchAll(/"(?:req|grt)_[0-9a-z]{26}"/g)) {
      const each = await known.find(id.slice(1, -1));
      const maySee = id.startsWith('"req') ? maySeeRequest : maySeeGrant;
      // An approver sees the grants of a request by id and state only, as part of the request.
      const shown = each !== null && who !== null && (maySee(who, each) || maySeeRequest(who, each));
      expect(shown || who?.groups.includes('auditors'), `${name} was shown ${id} by ${sent}`).toBe(true);
    }
  }

  async function thingOf(operation: string, variables: Record<string, unknown>): Promise<Thing | null> {
    if (operation === 'getEntitlement') return { owner: '', entitlements: [String(variables['id'])] };
    if (operation !== 'submitRequest') return known.find(String(variables['id']));
    const { entitlements } = variables['input'] as { entitlements: string | string[] };
    // One value stands for a list of one.
    return { owner: '', entitlements: [entitlements].flat() };
  }

  describe('a document of', () => {
    test.each(tooMuch)('%s is refused, and nothing runs', async (_what, query) => {
      const warm = await send('requester', '{"query":"{ me { id } }"}');
      expect(checkGraphqlAnswer(warm, world.secrets)).toEqual([]);
      const before = world.statements.count;
      const answer = await send('requester', JSON.stringify({ query }));
      expect(checkGraphqlAnswer(answer, world.secrets)).not.toEqual([]);
      expect((JSON.parse(answer.body) as { data?: unknown }).data ?? null).toBeNull();
      // One statement finds out who calls.
      expect(world.statements.count - before).toBe(1);
    });

    test.each(tooMuch)('%s tells somebody without a token nothing but 401', async (_what, query) => {
      const answer = await send('nobody', JSON.stringify({ query }));
      checkAnswer(answer, world.secrets);
      expect(answer.status).toBe(401);
    });
  });

  test.each([
    ['a batch', '[{"query":"{ me { id } }"},{"query":"{ me { id } }"}]', 400],
    ['a batch of one', '[{"query":"{ me { id } }"}]', 400],
    ['unknown fields', '{"query":"{ me { id } }","id":"persisted"}', 400],
    ['variables that are a list', '{"query":"{ me { id } }","variables":[]}', 400],
    [
      'variables of 60,000 characters',
      `{"query":"{ me { id } }","variables":{"a":"${'x'.repeat(60_000)}"}}`,
      200,
    ],
    [
      'variables of 3,000 keys',
      `{"query":"{ me { id } }","variables":{${Array.from({ length: 3_000 }, (_, i) => `"k${i}":1`).join(',')}}}`,
      200,
    ],
    [
      'variables nested 20,000 levels deep',
      `{"query":"{ me { id } }","variables":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
      400,
    ],
    [
      'variables that reach for prototypes',
      '{"query":"{ me { id } }","variables":{"__proto__":{"polluted":1}}}',
      400,
    ],
    ['an operation that is not there', '{"query":"{ me { id } }","operationName":"__proto__"}', 400],
    ['a query of 30,001 characters', JSON.stringify({ query: `{ me { id } } #${'x'.repeat(30_001)}` }), 400],
  ])('%s gets an answer and no fault', async (_what, payload, status) => {
    const answer = await send('requester', payload);
    checkGraphqlAnswer(answer, world.secrets);
    expect(answer.status).toBe(status);
  });

  test('introspection takes a token', async () => {
    const payload = '{"query":"{ __schema { types { name } } }"}';
    expect((await send('nobody', payload)).status).toBe(401);
    expect((await send('deactivated', payload)).status).toBe(401);
    expect(checkGraphqlAnswer(await send('stranger', payload), world.secrets)).toEqual([]);
  });
}
