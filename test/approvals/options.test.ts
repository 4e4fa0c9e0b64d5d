import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findOffers } from '../../src/approvals/find-offers.ts';
import { listBundles } from '../../src/approvals/list-offers.ts';
import { parseCatalog } from '../../src/catalog/load.ts';
import { putInForce } from '../../src/catalog/put-in-force.ts';
import type { Catalog } from '../../src/catalog/types.ts';
import { sessionSample } from '../catalog/session-sample.ts';
import { callerOf, refusalOf, startWorld, type TestPerson, type World } from './world.ts';

let world: World;
let engineer: TestPerson;
let approver: TestPerson;
let stranger: TestPerson;
let catalog: Catalog;

async function use(from = '', to = '') {
  if (!sessionSample.includes(from)) throw new Error(`the sample has no ${from}`);
  const result = parseCatalog(sessionSample.replace(from, () => to));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  catalog = result.catalog;
  await putInForce(world.deps.transact, catalog);
}

beforeAll(async () => {
  world = await startWorld();
  Object.assign(world.deps, { catalog: () => catalog });
  engineer = await world.person('Erin', ['engineers']);
  approver = await world.person('Avery', ['approvers']);
  stranger = await world.person('Sam', ['others']);
});
beforeEach(() => use());
afterAll(() => world.stop());

const oneBucket = (bucket = 'logs') => ({
  entitlements: ['prod/data'],
  options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket } } },
});
const storedTerms = async (request: string | null) => {
  const { rows } = await world.root.query<{ terms: { choice?: { name: string; parameters: object } } }>(
    'SELECT terms FROM grants WHERE request_id = $1 ORDER BY entitlement',
    [request],
  );
  return rows.map(({ terms }) => terms);
};

describe('a choice', () => {
  test('is shown with its values, bound by the digest, and kept in the terms of the grant', async () => {
    const asked = await world.ask(engineer, oneBucket());
    expect(asked.entitlements[0]?.choice).toEqual({
      name: 'one-bucket',
      description: 'The objects of one bucket',
      parameters: [{ name: 'bucket', value: 'logs' }],
      actions: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
      resources: ['arn:aws:s3:::logs', 'arn:aws:s3:::logs/*'],
      resourceTags: [],
    });
    expect(asked.entitlements[0]?.conditions).toContain('only in eu-west-1');
    const other = await world.ask(engineer, oneBucket('logs2'));
    const whole = await world.ask(engineer, { entitlements: ['prod/data'] });
    expect(new Set([asked.digest, other.digest, whole.digest]).size).toBe(3);
    expect(whole.entitlements[0]?.choice).toBeNull();

    expect((await world.answer(approver, asked)).state).toBe('approved');
    expect(await storedTerms(asked.id)).toEqual([
      expect.objectContaining({
        choice: expect.objectContaining({ name: 'one-bucket', parameters: { bucket: 'logs' } }),
      }),
    ]);
  });

  test('an answer with the digest of the whole, or of another value, counts for nothing', async () => {
    const asked = await world.ask(engineer, oneBucket());
    const other = await world.ask(engineer, oneBucket('other'));
    const refusal = await refusalOf(world.answer(approver, { id: asked.id, digest: other.digest }));
    expect(refusal.code).toBe('digest_mismatch');
    expect(JSON.stringify(refusal.extra)).toContain('choice.parameters.bucket');
  });

  test.each([
    [{ 'prod/data': { choice: 'none' } }, /no such choice/],
    [{ 'prod/data': { choice: 'one-bucket' } }, /bucket is missing/],
    [{ 'prod/data': { choice: 'one-bucket', parameters: { bucket: '*' } } }, /must be the name of a bucket/],
    [{ 'test/all': { choice: 'x' } }, /options names test\/all, which is not asked for/],
  ])('%j is refused', async (options, message) => {
    const refusal = await refusalOf(world.ask(engineer, { entitlements: ['prod/data'], options }));
    expect({ code: refusal.code, message: refusal.message }).toEqual({
      code: 'invalid_input',
      message: expect.stringMatching(message),
    });
  });

  test('where one is demanded, all of it cannot be had', async () => {
    const refusal = await refusalOf(world.ask(engineer, { entitlements: ['prod/parts'] }));
    expect(refusal.message).toContain('pick one of its choices, look');
  });

  test('a change of the choice that was picked voids it, one of another does not', async () => {
    const asked = await world.ask(engineer, oneBucket());
    await use('"dynamodb:GetItem"', '"dynamodb:Query"');
    expect((await world.answer(approver, asked)).state).toBe('approved');

    await use();
    for (const [from, to, field] of [
      ['"s3:PutObject", ', '', 'entitlements[prod/data].choice.allow.actions'],
      ['      one-bucket:', '      a-bucket:', 'entitlements[prod/data].choice'],
      [
        '{ type: s3-bucket, description: Name of the bucket }',
        '{ type: s3-bucket, description: x, values: [other] }',
        'entitlements[prod/data].choice',
      ],
      [
        '    choices:\n      read-only',
        '    choiceRequired: true\n    choices:\n      read-only',
        'entitlements[prod/data].choiceRequired',
      ],
      ['regions: [eu-west-1]', 'regions: [eu-west-2]', 'entitlements[prod/data].conditions.regions'],
    ] as const) {
      await use();
      const again = await world.ask(engineer, oneBucket());
      await use(from, to);
      const refusal = await refusalOf(world.answer(approver, again));
      expect(refusal.code, from).toBe('digest_mismatch');
      expect(refusal.message).toContain(field);
    }
  });

  test('the same key with another choice is another request', async () => {
    const first = await world.ask(engineer, { ...oneBucket(), idempotencyKey: 'k1' });
    expect((await world.ask(engineer, { ...oneBucket(), idempotencyKey: 'k1' })).id).toBe(first.id);
    for (const input of [oneBucket('other'), { entitlements: ['prod/data'] }]) {
      const refusal = await refusalOf(world.ask(engineer, { ...input, idempotencyKey: 'k1' }));
      expect(refusal.code).toBe('idempotency_mismatch');
    }
  });
});

test('a named start must leave some of the hours in which it may be used', async () => {
  // 2026-11-28 is a Saturday.
  const at = (startAt: string) => world.ask(engineer, { entitlements: ['prod/data'], startAt, dryRun: true });
  expect((await refusalOf(at('2026-11-28T10:00:00Z'))).message).toContain(
    'the next begin at 2026-11-30T07:00:00Z',
  );
  expect((await at('2026-11-30T06:50:00Z')).startAt).toBe('2026-11-30T06:50:00.000Z');
  const tooEarly = await refusalOf(at('2026-11-30T06:45:00Z'));
  expect(tooEarly.code).toBe('invalid_input');
});

describe('a bundle', () => {
  test('stands for its members, each with its own terms, choice and grant', async () => {
    const asked = await world.ask(engineer, {
      entitlements: ['data-scientist'],
      options: oneBucket().options,
    });
    expect(asked.entitlements.map(({ id }) => id)).toEqual(['prod/data', 'test/all']);
    expect(asked.bundles).toEqual(['data-scientist']);
    expect(asked.entitlements[0]?.choice?.name).toBe('one-bucket');
    const answered = await world.answer(approver, asked);
    expect(answered.grants.map(({ entitlement }) => entitlement)).toEqual(['prod/data', 'test/all']);
  });

  test('asked for again under the same key it is the same request, also when the bundle has changed since', async () => {
    const input = { entitlements: ['data-scientist'], idempotencyKey: 'b1' };
    const first = await world.ask(engineer, input);
    await use('data-scientist: [prod/data, test/all]', 'data-scientist: [prod/data]');
    expect(await world.ask(engineer, input)).toMatchObject({ id: first.id, replayed: true });
    // The members stand as they were asked for, and can be approved.
    expect((await world.answer(approver, first)).state).toBe('approved');
    const refusal = await refusalOf(
      world.ask(engineer, { ...input, entitlements: ['prod/data', 'test/all'] }),
    );
    expect(refusal.code).toBe('idempotency_mismatch');
  });

  test('a bundle with a member that is hidden or not to be asked for answers as one that does not exist', async () => {
    const hidden = await refusalOf(world.ask(engineer, { entitlements: ['with-secret'] }));
    const missing = await refusalOf(world.ask(engineer, { entitlements: ['no-such-bundle'] }));
    const approving = await refusalOf(world.ask(approver, { entitlements: ['data-scientist'] }));
    for (const refusal of [hidden, missing, approving]) {
      expect({ code: refusal.code, message: refusal.message, extra: refusal.extra }).toEqual({
        code: 'not_found',
        message: missing.message,
        extra: {},
      });
    }
  });

  test('only those are listed all of which the caller may ask for', async () => {
    const seen = async (person: TestPerson) =>
      (await listBundles(world.deps, callerOf(person, world.now()))).map(({ name }) => name);
    expect(await seen(engineer)).toEqual(['data-scientist']);
    expect(await seen(approver)).toEqual([]);
    expect(await seen({ ...engineer, groups: ['engineers', 'vault-people'] })).toEqual([
      'data-scientist',
      'with-secret',
    ]);
  });

  test('one may be asked for beside its own members: each comes once', async () => {
    const asked = await world.ask(engineer, { entitlements: ['data-scientist', 'prod/data'], dryRun: true });
    expect(asked.entitlements.map(({ id }) => id)).toEqual(['prod/data', 'test/all']);
  });
});

describe('find', () => {
  const find = async (person: TestPerson, input: Parameters<typeof findOffers>[2]) =>
    (await findOffers(world.deps, callerOf(person, world.now()), input)).items.map(
      ({ id, choice }) => `${id}${choice === null ? '' : `:${choice.name}`}`,
    );

  test('names what the caller may see, in the account that is named by its key, name or id', async () => {
    const inProd = await find(engineer, { action: 's3:GetObject', account: 'prod' });
    expect(inProd[0]).toBe('prod/data:one-bucket');
    expect(inProd).not.toContain('test/all');
    expect(await find(engineer, { action: 's3:GetObject', account: 'Production' })).toEqual(inProd);
    expect(await find(engineer, { action: 's3:GetObject', account: '111122223333' })).toEqual(inProd);
    expect(await find(engineer, { action: 's3:GetObject', account: 'nowhere' })).toEqual([]);
  });

  test('what is hidden stays hidden', async () => {
    for (const person of [engineer, approver]) {
      expect(await find(person, { action: 's3:GetObject' })).not.toContain('secret/vault');
    }
    expect(await find(stranger, { action: 's3:GetObject' })).toEqual([]);
  });

  test.each([
    [{ action: 's3:*' }],
    [{ action: 'GetObject' }],
    [{ action: 's3:GetObject', resource: 'logs' }],
  ])('%j is no question', async (input) => {
    await expect(find(engineer, input)).rejects.toThrow(/must be/);
  });
});
