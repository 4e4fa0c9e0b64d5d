import { describe, expect, test } from 'vitest';
import { readAsked } from '../../src/cli/asked.ts';
import { aGrant, aRequest } from './answers.ts';
import { startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

test.each([
  [['prod/admin'], undefined, [], { entitlements: ['prod/admin'] }],
  [['data-scientist'], undefined, [], { entitlements: ['data-scientist'] }],
  [
    ['prod/data'],
    'one-bucket',
    ['bucket=a=b'],
    {
      entitlements: ['prod/data'],
      options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 'a=b' } } },
    },
  ],
  [
    ['prod/data:one-bucket', 'prod/logs'],
    undefined,
    ['bucket=x'],
    {
      entitlements: ['prod/data', 'prod/logs'],
      options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 'x' } } },
    },
  ],
  [
    ['prod/data:one-bucket', 'prod/logs:group'],
    undefined,
    ['prod/data:bucket=x', 'prod/logs:group=/y'],
    {
      entitlements: ['prod/data', 'prod/logs'],
      options: {
        'prod/data': { choice: 'one-bucket', parameters: { bucket: 'x' } },
        'prod/logs': { choice: 'group', parameters: { group: '/y' } },
      },
    },
  ],
  [
    ['data-scientist', 'prod/data:read-only'],
    undefined,
    [],
    {
      entitlements: ['data-scientist', 'prod/data'],
      options: { 'prod/data': { choice: 'read-only' } },
    },
  ],
  [
    ['prod/data:read-only'],
    undefined,
    [],
    { entitlements: ['prod/data'], options: { 'prod/data': { choice: 'read-only' } } },
  ],
])('%j with --choice %s and --set %j', (names, choice, sets, asked) => {
  expect(readAsked(names, choice, sets)).toEqual(asked);
});

describe('what cannot be meant is a usage error that says how to write it', () => {
  test.each([
    [['a/b', 'c/d'], 'x', [], 'prod/data:one-bucket'],
    [['a/b:x'], 'y', [], 'for one entitlement'],
    [['data-scientist'], 'y', [], 'beside data-scientist write prod/data:y'],
    [['a/b'], undefined, ['k=v'], '--choice'],
    [['a/b'], 'x', ['k'], 'name=value'],
    [['a/b'], 'x', ['k=v', 'k=w'], 'twice'],
    [['a/b:x', 'c/d:y'], undefined, ['k=v'], 'a/b:k=v'],
    [['a/b:x'], undefined, ['c/d:k=v'], 'c/d'],
  ])('%j --choice %s --set %j', (names, choice, sets, said) => {
    expect(() => readAsked(names, choice, sets)).toThrow(said);
  });
});

const picked = {
  name: 'one-bucket',
  description: 'One bucket',
  parameters: [{ name: 'bucket', value: 'lo\u001b[31mgs' }],
  actions: ['s3:GetObject'],
  resources: ['arn:aws:s3:::logs/*'],
  resourceTags: [],
};

test('request sends the choice, and shows what it comes to before anybody answers', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const [entitlement] = aRequest().entitlements;
  if (entitlement === undefined) throw new Error('an entitlement');
  const answer = aRequest({
    entitlements: [{ ...entitlement, choice: picked, conditions: ['only in eu-west-1'] }],
    bundles: ['data-scientist'],
  });
  fake.on('POST /v1/requests', { status: 201, body: answer });
  const { code, stdout } = await runDaypass(
    [
      'request',
      'prod/admin',
      '--choice',
      'one-bucket',
      '--set',
      'bucket=logs',
      '--for',
      '1h',
      '--because',
      'x',
    ],
    home.env,
  );
  expect(code).toBe(0);
  expect(fake.calls[0]?.body).toMatchObject({
    entitlements: ['prod/admin'],
    options: { 'prod/admin': { choice: 'one-bucket', parameters: { bucket: 'logs' } } },
  });
  expect(stdout).toContain('one-bucket (bucket=lo\\u{1b}[31mgs)');
  expect(stdout).toContain('s3:GetObject on arn:aws:s3:::logs/*');
  expect(stdout).toContain('only in eu-west-1');
  expect(stdout).toContain('data-scientist');
});

test('grants show what they are narrowed to', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', {
    body: { items: [aGrant({ choice: { ...picked, parameters: [] } })], next: null },
  });
  expect((await runDaypass(['grants'], home.env)).stdout).toContain('prod/admin: one-bucket');
});

test('find shows the narrowest first, what is not known, and the command that asks for it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const account = { id: '111122223333', name: 'Production' };
  const item = {
    id: 'prod/data',
    description: 'Data',
    account,
    target: 'role',
    choice: {
      name: 'one-bucket',
      description: 'One bucket',
      parameters: [{ name: 'bucket', description: 'Which', value: null }],
    },
    certainty: 'may-allow',
    because: 'it lets this through, if the role allows it',
    conditions: ['only over TLS'],
    maxDurationSeconds: 3600,
    mayAsk: true,
  };
  fake.on('GET /v1/find', ({ query }) => ({
    body: { items: query.get('action') === 's3:PutObject' ? [item] : [], catalogVersion: 'v' },
  }));
  const args = ['find', '--action', 's3:PutObject', '--account', 'prod'];
  const { code, stdout } = await runDaypass(args, home.env);
  expect(code).toBe(0);
  expect(fake.calls[0]?.query.toString()).toBe('action=s3%3APutObject&account=prod');
  expect(stdout).toContain('may allow');
  expect(stdout).toContain('it lets this through, if the role allows it; only over TLS');
  expect(stdout).toContain("daypass request prod/data:one-bucket --set 'bucket=…' --for 1h");
  expect(JSON.parse((await runDaypass([...args, '--json'], home.env)).stdout)).toMatchObject({
    items: [item],
  });
  const none = await runDaypass(['find', '--action', 's3:GetObject'], home.env);
  expect(none.stdout).toBe('Nothing that you may see allows s3:GetObject, as far as the catalog knows.\n');
});
