import { getIntrospectionQuery } from 'graphql/index.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
let approver: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
});
afterAll(() => world.stop());

interface Answer {
  readonly statusCode: number;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: { code: string; requestId: string } }[];
}
async function run(who: Persona, query: string, variables: object = {}): Promise<Answer> {
  const answer = await world.app.inject({
    method: 'POST',
    url: '/graphql',
    payload: { query, variables },
    headers: bearer(who),
  });
  return { statusCode: answer.statusCode, ...answer.json<Omit<Answer, 'statusCode'>>() };
}
const submit = 'mutation ($input: SubmitRequestInput!) { submitRequest(input: $input) { id digest state } }';
async function approved(): Promise<string> {
  const made = await run(engineer, submit, { input: { ...ask, reason: crypto.randomUUID() } });
  const { id, digest } = (made.data ?? {})['submitRequest'] as { id: string; digest: string };
  const review = `mutation { reviewRequest(id: "${id}", decision: approve, digest: "${digest}") { state grants { id } } }`;
  const answer = await run(approver, review);
  expect(answer.data).toMatchObject({ reviewRequest: { state: 'approved' } });
  return id;
}

describe('GraphQL', () => {
  test('does the same as REST: ask, review, see, end', async () => {
    const id = await approved();
    const seen = await run(
      engineer,
      `{ me { id assurance { level } }
         request(id: "${id}") { requester { name } entitlements { id target } grants { id state } }
         grants(request: "${id}") { items { id requestId request { id reviews { reviewer { name } } } mayEnd } } }`,
    );
    expect(seen.errors).toBeUndefined();
    expect(seen.data).toMatchObject({
      me: { id: engineer.id, assurance: { level: 'MULTI_FACTOR' } },
      request: { requester: { name: 'Ada' }, entitlements: [{ id: 'prod/admin', target: 'ROLE' }] },
      grants: {
        items: [{ requestId: id, request: { id, reviews: [{ reviewer: { name: 'Bob' } }] }, mayEnd: true }],
      },
    });
    const { items } = (seen.data ?? {})['grants'] as { items: { id: string }[] };
    const ended = await run(engineer, `mutation { endGrant(id: "${items[0]?.id}") { endedBecause } }`);
    expect(ended.data).toEqual({ endGrant: { endedBecause: 'relinquished' } });
  });

  test('needs a bearer token for anything, introspection included', async () => {
    for (const query of ['{ me { id } }', '{ __schema { types { name } } }']) {
      const answer = await world.app.inject({ method: 'POST', url: '/graphql', payload: { query } });
      expect(answer.statusCode).toBe(401);
    }
    expect((await run(engineer, getIntrospectionQuery())).errors).toBeUndefined();
  });

  test('keeps the audit log for auditors, and records who tried', async () => {
    const answer = await run(engineer, '{ auditEvents { items { id } } }');
    expect(answer.errors).toMatchObject([{ extensions: { code: 'forbidden' } }]);
    expect(await world.events('access.denied')).toContainEqual(
      expect.objectContaining({ details: { operation: 'graphql Query.auditEvents', code: 'forbidden' } }),
    );
    const auditor = await world.person('Cleo', ['auditors']);
    const read = await run(
      auditor,
      '{ auditEvents(kind: "access.denied") { items { kind actor { id } details } } }',
    );
    expect(read.data).toMatchObject({
      auditEvents: { items: [{ kind: 'access.denied', actor: { id: engineer.id } }] },
    });
  });

  test('answers the same for a hidden request and for none, and carries code and request id', async () => {
    const id = await approved();
    const other = await world.person('Eve', ['others']);
    const [hidden, absent] = [
      await run(other, `{ request(id: "${id}") { id } }`),
      await run(other, `{ request(id: "req_${'0'.repeat(26)}") { id } }`),
    ];
    expect(hidden.errors?.[0]?.extensions).toEqual({
      code: 'not_found',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(hidden.errors?.[0]?.message).toBe(absent.errors?.[0]?.message);
    expect(await world.events('access.denied')).toContainEqual(expect.objectContaining({ request: id }));
  });

  test('has no way to credentials', async () => {
    const schema = await run(engineer, getIntrospectionQuery());
    expect(JSON.stringify(schema.data)).not.toMatch(/secretAccessKey|sessionToken|credential/i);
  });

  test('an edge costs the same number of statements for one grant as for many', async () => {
    const query = '{ grants { items { request { id } } } }';
    const counted = async () => {
      const before = world.statements.length;
      expect((await run(engineer, query)).errors).toBeUndefined();
      return world.statements.length - before;
    };
    await approved();
    const few = await counted();
    for (let i = 0; i < 4; i++) await approved();
    expect(few).toBeGreaterThan(0);
    expect(await counted()).toBe(few);
  });
});

describe('a document that asks for too much', () => {
  const refused = async (query: string, code = 400) => {
    const before = world.statements.length;
    const answer = await run(engineer, query);
    expect(answer.statusCode).toBe(code);
    expect(answer.data ?? null).toBeNull();
    // One statement finds out who calls; none runs for the document.
    expect(world.statements.length - before).toBe(1);
    return answer.errors?.[0]?.message ?? '';
  };

  test('by aliases is refused before anything runs', async () => {
    const aliases = Array.from({ length: 401 }, (_, i) => `a${i}: me { id }`).join(' ');
    expect(await refused(`{ ${aliases} }`)).toContain('too much at once');
  });

  test('by lists in lists is refused', async () => {
    const inner = 'grants { items { request { reviews { reviewer { id name } } } } }';
    expect(
      await refused(`{ ${Array.from({ length: 120 }, (_, i) => `a${i}: ${inner}`).join(' ')} }`),
    ).toContain('too much at once');
  });

  test('by fragments that multiply is refused without weighing each time', async () => {
    const fragments = Array.from(
      { length: 12 },
      (_, i) => `fragment f${i} on Query { ...f${i + 1} a${i}: me { id } ...f${i + 1} }`,
    ).join(' ');
    const last = 'fragment f12 on Query { m: me { id } n: me { id } }';
    expect(await refused(`{ ...f0 } ${fragments} ${last}`)).toContain('too much at once');
  });

  test('by depth is refused, through fragments too', async () => {
    const deep = (levels: number): string => (levels === 0 ? 'kind' : `ofType { ${deep(levels - 1)} }`);
    expect(await refused(`{ __schema { types { fields { type { ${deep(20)} } } } } }`)).toContain('depth');
    const spread = `{ __schema { types { ...f } } } fragment f on __Type { fields { type { ${deep(20)} } } }`;
    expect(await refused(spread)).toContain('depth');
  });

  test('by length is refused', async () => {
    expect(await refused(`{ ${'me { id } '.repeat(2_000)} }`)).toMatch(/tokens/);
  });

  test('in a batch, by GET or as another type is refused', async () => {
    const headers = bearer(engineer);
    const batch = [{ query: '{ me { id } }' }, { query: '{ me { id } }' }];
    const answers = await Promise.all([
      world.app.inject({ method: 'POST', url: '/graphql', payload: batch, headers }),
      world.app.inject({ url: '/graphql?query={me{id}}', headers }),
      world.app.inject({
        method: 'POST',
        url: '/graphql',
        payload: '{ me { id } }',
        headers: { ...headers, 'content-type': 'application/graphql' },
      }),
      world.app.inject({ url: '/graphiql', headers }),
    ]);
    expect(answers.map((answer) => answer.statusCode)).toEqual([400, 405, 415, 404]);
  });
});

describe('an error inside', () => {
  test('is masked: code and request id, and nothing of its text', async () => {
    const app = await world.server({
      approvals: {
        ...world.deps.approvals,
        catalog: () => {
          throw new Error('postgres://daypass:hunter2@db');
        },
      },
    });
    const payload = { query: '{ me { id } entitlements { id } }' };
    const answer = await app.inject({ method: 'POST', url: '/graphql', payload, headers: bearer(engineer) });
    expect(answer.body).not.toContain('hunter2');
    expect(answer.json()).toMatchObject({
      data: null,
      errors: [
        {
          path: ['entitlements'],
          extensions: { code: 'internal_error', requestId: answer.headers['x-request-id'] },
        },
      ],
    });
    expect(world.logged.join('')).toContain('hunter2');
  });

  test('in the query itself says where', async () => {
    const answer = await run(engineer, '{ me { password } }');
    expect(answer.statusCode).toBe(400);
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining('password'),
      extensions: { code: 'invalid_input' },
    });
  });
});
