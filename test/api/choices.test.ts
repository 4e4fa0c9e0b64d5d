import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import { sound } from '../catalog/sample.ts';
import { sessionSample } from '../catalog/session-sample.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let app: FastifyInstance;
let engineer: Persona;
let approver: Persona;
beforeAll(async () => {
  world = await startWorld();
  const catalog = sound(sessionSample);
  await putInForce(world.deps.transact, catalog);
  app = await world.server({ approvals: { ...world.deps.approvals, catalog: () => catalog } });
  engineer = await world.person('Ada', ['engineers']);
  approver = await world.person('Bob', ['approvers']);
});
afterAll(() => world.stop());

const get = async (url: string, who = engineer) => app.inject({ url, headers: bearer(who) });
const post = async (payload: object) =>
  app.inject({ method: 'POST', url: '/v1/requests', payload, headers: bearer(engineer) });
const graphql = async (query: string, who = engineer) =>
  (await app.inject({ method: 'POST', url: '/graphql', payload: { query }, headers: bearer(who) })).json<{
    data: Record<string, unknown>;
    errors?: unknown;
  }>();
const terms = { durationSeconds: 600, reason: 'To look' };
const oneBucket = {
  entitlements: ['prod/data'],
  options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 'logs' } } },
  ...terms,
};

describe('REST', () => {
  test('an entitlement lists its choices with what to fill in, its conditions and the bundles', async () => {
    const { items, bundles } = (await get('/v1/entitlements')).json<{
      items: { id: string; choices: unknown[]; choiceRequired: boolean; conditions: string[] }[];
      bundles: unknown[];
    }>();
    expect(bundles).toEqual([{ name: 'data-scientist', entitlements: ['prod/data', 'test/all'] }]);
    const data = items.find(({ id }) => id === 'prod/data');
    expect(data?.choices).toContainEqual({
      name: 'one-bucket',
      description: 'The objects of one bucket',
      parameters: [
        {
          name: 'bucket',
          type: 's3-bucket',
          description: 'Name of the bucket',
          form: 'the name of a bucket',
          values: null,
          maxLength: 63,
        },
      ],
      actions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
      resources: ['arn:aws:s3:::{bucket}', 'arn:aws:s3:::{bucket}/*'],
      resourceTags: [],
    });
    expect(data?.conditions).toEqual([
      'only from 203.0.113.0/24, or through vpce-0123456789abcdef0',
      'only in eu-west-1',
      'only over TLS',
      'only when issued on multi-factor or stronger',
      'only from 08:00 to 18:00, mon, tue, wed, thu, fri (Europe/Berlin)',
    ]);
    expect(items.find(({ id }) => id === 'prod/parts')?.choiceRequired).toBe(true);
  });

  test('a request says to its approver what it is narrowed to', async () => {
    const made = await post(oneBucket);
    expect(made.statusCode, made.body).toBe(201);
    const seen = (await get(`/v1/requests/${made.json<{ id: string }>().id}`, approver)).json<{
      entitlements: { choice: object; conditions: string[] }[];
    }>();
    expect(seen.entitlements[0]?.choice).toMatchObject({
      name: 'one-bucket',
      parameters: [{ name: 'bucket', value: 'logs' }],
      resources: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'],
    });
    expect(seen.entitlements[0]?.conditions).toHaveLength(5);
  });

  test.each([
    ['a choice that is no name', { options: { 'prod/data': { choice: 'One Bucket' } } }],
    ['an option without a choice', { options: { 'prod/data': {} } }],
    ['an unknown key', { options: { 'prod/data': { choice: 'read-only', scope: 'all' } } }],
    [
      'a value that is no text',
      { options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 1 } } } },
    ],
    ['options for what cannot be an id', { options: { '../etc': { choice: 'read-only' } } }],
    ['a wildcard', { options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 'lo*' } } } }],
    ['options that are a list', { options: [] }],
  ])('%s is refused as invalid input', async (_name, over) => {
    const answer = await post({ ...oneBucket, ...over });
    expect(answer.statusCode, answer.body).toBe(400);
    expect(answer.json<{ code: string }>().code).toBe('invalid_input');
  });

  test('find names the narrowest first, with the value that the resource gives away', async () => {
    const found = (await get('/v1/find?action=s3:PutObject&account=prod&resource=arn:aws:s3:::logs/a')).json<{
      items: { id: string; certainty: string; choice: unknown }[];
    }>();
    expect(found.items[0]).toMatchObject({
      id: 'prod/data',
      certainty: 'may-allow',
      choice: { name: 'one-bucket', parameters: [{ name: 'bucket', value: 'logs' }] },
    });
    expect((await get('/v1/find?action=s3:*')).statusCode).toBe(400);
    expect((await get('/v1/find')).statusCode).toBe(400);
  });
});

describe('GraphQL', () => {
  test('asks with a choice and shows it', async () => {
    const asked = await graphql(`mutation { submitRequest(input: {
      entitlements: ["data-scientist"], durationSeconds: 600, reason: "To look", dryRun: true,
      options: [{ entitlement: "prod/data", choice: "one-bucket", parameters: [{ name: "bucket", value: "logs" }] }]
    }) { bundles entitlements { id choice { name parameters { name value } resources } } } }`);
    expect(asked.data['submitRequest']).toEqual({
      bundles: ['data-scientist'],
      entitlements: [
        {
          id: 'prod/data',
          choice: {
            name: 'one-bucket',
            parameters: [{ name: 'bucket', value: 'logs' }],
            resources: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'],
          },
        },
        { id: 'test/all', choice: null },
      ],
    });
  });

  test('the same entitlement or parameter twice is refused', async () => {
    const option = '{ entitlement: "prod/data", choice: "read-only" }';
    const asked = await graphql(`mutation { submitRequest(input: {
      entitlements: ["prod/data"], durationSeconds: 600, reason: "To look", options: [${option}, ${option}]
    }) { id } }`);
    expect(JSON.stringify(asked.errors)).toContain('invalid_input');
  });

  test('lists choices and bundles, and finds', async () => {
    const { data } = await graphql(
      '{ bundles { name entitlements } find(action: "s3:PutObject", account: "prod") { items { id certainty choice { name } } } entitlement(id: "prod/data") { choiceRequired choices { name parameters { name values } } } }',
    );
    expect(data['bundles']).toEqual([{ name: 'data-scientist', entitlements: ['prod/data', 'test/all'] }]);
    expect(data['find']).toMatchObject({
      items: [{ id: 'prod/data', certainty: 'MAY_ALLOW', choice: { name: 'one-bucket' } }, {}, {}],
    });
    expect(data['entitlement']).toMatchObject({ choiceRequired: false });
  });
});

describe('the pages', () => {
  const send = (fields: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/requests/new',
      payload: new URLSearchParams({
        formToken: engineer.formToken,
        duration: '10m',
        reason: 'To look',
        ticket: '',
        held: 'all-the-same',
        idempotencyKey: crypto.randomUUID(),
        ...fields,
      }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: engineer.cookie },
    });

  test('the form offers choices and bundles, and no whole of what is given out in parts', async () => {
    const page = await app.inject({ url: '/requests/new', headers: { cookie: engineer.cookie } });
    expect(page.body).toContain('value="prod/data:one-bucket"');
    expect(page.body).toContain('value="data-scientist"');
    expect(page.body).toContain('value="prod/parts:look"');
    expect(page.body).not.toContain('value="prod/parts"');
  });

  test('a part with its value is asked for, and the approver reads exactly what it lets through', async () => {
    const made = await send({ entitlement: 'prod/data:one-bucket', parameters: 'bucket = logs\r\n' });
    expect(made.statusCode, made.body).toBe(303);
    const page = await app.inject({
      url: String(made.headers.location),
      headers: { cookie: approver.cookie },
    });
    expect(page.body).toContain('one-bucket (bucket=logs)');
    expect(page.body).toContain('arn:aws:s3:::logs/*');
    expect(page.body).toContain('only in eu-west-1');
  });

  test('a bundle is asked for by its name', async () => {
    const made = await send({ entitlement: 'data-scientist' });
    expect(made.statusCode, made.body).toBe(303);
    const page = await app.inject({
      url: String(made.headers.location),
      headers: { cookie: engineer.cookie },
    });
    expect(page.body).toContain('Asked for as data-scientist');
  });

  test.each([
    [{ entitlement: 'prod/data:one-bucket', parameters: 'logs' }, 'on a line of its own'],
    [{ entitlement: 'prod/data:one-bucket', parameters: 'bucket=a1b\nbucket=a2b' }, 'once'],
    [{ entitlement: 'prod/data:one-bucket' }, 'is missing'],
    [{ entitlement: 'prod/data', parameters: 'bucket=logs' }, 'belong to a part'],
  ])('what does not fit comes back in the form: %j', async (fields, said) => {
    const page = await send(fields);
    expect(page.statusCode).toBe(400);
    expect(page.body).toContain(said);
    expect(page.body).toContain('To look');
  });
});
