import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Request } from '../../src/cli/api.ts';
import { writeToken } from '../../src/cli/settings/token-file.ts';
import { aRequest, pageOf } from './answers.ts';
import { type FakeDaypass, meOf, startFakeDaypass } from './fake-daypass.ts';
import { MovableTime, runAt } from './issuing.ts';
import { runOnTerminal } from './pseudo-terminal.ts';
import { newHome } from './run-daypass.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const why = ['--for', '1h', '--because', 'x'];
const ash = { id: 'prs_7', name: 'Ash' };
const overlap: NonNullable<Request['overlaps']>[number] = {
  grant: 'grt_1',
  entitlement: 'prod/admin',
  state: 'active',
  startsAt: '2026-11-22T10:00:00.000Z',
  endsAt: '2026-11-22T15:00:00.000Z',
  extendable: true,
};

function posted(fake: FakeDaypass) {
  return fake.calls.filter(({ method }) => method === 'POST');
}

/** My last requests: one narrowed and with a ticket, one of a colleague's for me, and one for more time. */
function lastOnes(changes: Partial<Request> = {}): Request[] {
  const [admin] = aRequest().entitlements;
  if (admin === undefined) throw new Error('no entitlement');
  const choice = {
    name: 'one-bucket',
    description: 'One bucket',
    parameters: [{ name: 'bucket', value: 'logs' }],
    actions: ['s3:GetObject'],
    resources: ['arn:aws:s3:::logs/*'],
    resourceTags: [],
  };
  return [
    aRequest({ id: 'req_9', extends: { grant: 'grt_1', from: overlap.startsAt, to: overlap.endsAt } }),
    aRequest({ id: 'req_8', askedBy: ash, reason: 'Not mine' }),
    aRequest({
      id: 'req_7',
      entitlements: [{ ...admin, id: 'prod/data', choice }],
      ticket: 'OPS-1',
      reason: 'Look at the logs',
      durationSeconds: 1800,
      ...changes,
    }),
    aRequest({ id: 'req_6' }),
  ];
}

test('whoever holds it already is told how to extend it, without being asked where nobody can be', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/requests', { status: 201, body: aRequest({ overlaps: [overlap] }) });
  const time = new MovableTime();
  expect((await runAt(home, time, ['request', 'prod/admin', ...why])).err).toBe(
    'daypass: you hold prod/admin until 2026-11-22 15:00:00Z already: daypass extend prod/admin --for 1h asks for more time without interruption\n',
  );
  const fixed = { ...overlap, state: 'scheduled' as const, extendable: false };
  fake.on('POST /v1/requests', { body: aRequest({ id: null, overlaps: [fixed] }) });
  expect((await runAt(home, time, ['request', 'prod/admin', ...why, '--dry-run'])).err).toBe(
    'daypass: you hold prod/admin from 2026-11-22 10:00:00Z until 2026-11-22 15:00:00Z already\n',
  );
  const json = await runAt(home, time, ['request', 'prod/admin', ...why, '--json']);
  expect(json.err).toBe('');
  expect(JSON.parse(json.out)).toMatchObject({ overlaps: [fixed] });
  expect(posted(fake)).toHaveLength(3);
});

test.each([
  ['y', ['/v1/requests', '/v1/grants/grt_1/extend']],
  ['n', ['/v1/requests', '/v1/requests']],
])('at a terminal more time is offered before anything is asked; answered with %s', async (type, paths) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  await writeToken(home.env, fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  fake.on('POST /v1/requests', ({ query }) =>
    query.get('dryRun') === 'true'
      ? { body: aRequest({ id: null, overlaps: [overlap] }) }
      : { status: 201, body: aRequest({ id: 'req_new' }) },
  );
  fake.on('POST /v1/grants/grt_1/extend', {
    status: 201,
    body: aRequest({
      id: 'req_more',
      extends: { grant: 'grt_1', from: overlap.endsAt, to: '2026-11-22T16:00:00Z' },
    }),
  });
  const command = [process.execPath, main, 'request', 'prod/admin', ...why, '--ticket', 'OPS-1'];
  const { code, shown } = await runOnTerminal(command, home.env, [{ after: 'without interruption?', type }]);
  expect(code, shown).toBe(0);
  expect(posted(fake).map(({ path }) => path)).toEqual(paths);
  expect(posted(fake).at(-1)?.body).toMatchObject({ durationSeconds: 3600, reason: 'x', ticket: 'OPS-1' });
  expect(shown).toContain(type === 'y' ? 'req_more' : 'req_new');
});

test('a dry run says when it would start and end, what rules approve, and what speaks against it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const would = { wouldStartAt: '2026-11-22T10:00:00.000Z', wouldEndAt: '2026-11-22T11:00:00.000Z' };
  const message = 'It cannot be approved as things are: nobody.';
  const warning = {
    entitlement: 'prod/admin',
    check: 'nobody-eligible',
    level: 'warning',
    stops: false,
    message,
  };
  fake.on('POST /v1/requests', { body: aRequest({ id: null, ...would, warnings: [warning as never] }) });
  const args = ['request', 'prod/admin', ...why, '--dry-run'];
  const asked = await runAt(home, new MovableTime(), args);
  expect(asked.out).toMatch(
    /would last +from 2026-11-22 10:00:00Z to 2026-11-22 11:00:00Z, were it approved now\n/,
  );
  expect(asked.out).toMatch(/waiting for +Avery \(prod-approvers\)\n/);
  expect(asked.out).toMatch(/beware +prod\/admin: It cannot be approved as things are: nobody\.\n/);
  const approvedByRule = [{ entitlement: 'prod/admin', rule: 'prod/admin#rules.night', because: 'On call' }];
  fake.on('POST /v1/requests', { body: aRequest({ id: null, waitingFor: [], ...would, approvedByRule }) });
  const ruled = await runAt(home, new MovableTime(), args);
  expect(ruled.out).toMatch(/state +would be approved at once\n/);
  expect(ruled.out).toMatch(
    /by rule +prod\/admin is approved without anybody being asked: On call \(prod\/admin#rules\.night\)\n/,
  );
});

test('for a colleague both are sent and shown', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const made = aRequest({ askedBy: ash });
  fake.on('POST /v1/requests', { status: 201, body: made });
  fake.on('GET /v1/requests', pageOf(made));
  const args = ['request', 'prod/admin', ...why, '--colleague', 'erin@example.com'];
  const { out } = await runAt(home, new MovableTime(), args);
  expect(posted(fake)[0]?.body).toMatchObject({ for: 'erin@example.com' });
  expect(out).toMatch(/who +for Erin, asked by Ash\n/);
  expect((await runAt(home, new MovableTime(), ['requests'])).out).toContain('for Erin, asked by Ash');
});

test('again asks for the same as my newest request for it: part, values, length, ticket and reason', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/requests', pageOf(...lastOnes()));
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  const time = new MovableTime();
  const bodies = () => posted(fake).map(({ body }) => body);
  const again = await runAt(home, time, ['request', '--again']);
  expect(again.err).toBe(
    'daypass: as in req_7 of 2026-11-22 10:00:00Z: prod/data:one-bucket, 30m, ticket OPS-1, because: Look at the logs\n',
  );
  await runAt(home, time, ['request', '--again', 'prod/admin']);
  await runAt(home, time, [
    'request',
    '--again',
    'prod/data',
    '--for',
    '1h',
    '--because',
    'Once more',
    '--ticket',
    'OPS-2',
  ]);
  const data = {
    entitlements: ['prod/data'],
    options: { 'prod/data': { choice: 'one-bucket', parameters: { bucket: 'logs' } } },
  };
  expect(bodies()).toEqual([
    { ...data, durationSeconds: 1800, reason: 'Look at the logs', ticket: 'OPS-1' },
    { entitlements: ['prod/admin'], durationSeconds: 3600, reason: 'Rotate the certificate' },
    { ...data, durationSeconds: 3600, reason: 'Once more', ticket: 'OPS-2' },
  ]);
});

test('again keeps whom it was for, and asks why where the reason was erased', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  const erin = aRequest().askedBy;
  fake.on('GET /v1/requests', pageOf(...lastOnes({ requester: ash, askedBy: erin, reason: null })));
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  const time = new MovableTime();
  const without = await runAt(home, time, ['request', '--again', '--json']);
  expect([without.code, without.err]).toEqual([2, 'daypass: say for how long and why: add --because "…"\n']);
  await runAt(home, time, ['request', '--again', '--because', 'Once more']);
  expect(posted(fake).map(({ body }) => body)).toMatchObject([{ for: 'prs_7', reason: 'Once more' }]);
});

test('at a terminal the reason of before is shown, to be confirmed or changed', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  await writeToken(home.env, fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/requests', pageOf(...lastOnes()));
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  const command = [process.execPath, main, 'request', '--again'];
  const typing = [{ after: 'auditors read it.', type: ' once more\r' }];
  const { code, shown } = await runOnTerminal(command, home.env, typing);
  expect(code, shown).toBe(0);
  expect(posted(fake).map(({ body }) => (body as { reason: string }).reason)).toEqual([
    'Look at the logs once more',
    'Look at the logs once more',
  ]);
});

test.each([
  [['request'], 'say what to ask for'],
  [['request', '--again', 'a/b', 'c/d'], '--again takes one entitlement'],
  [['request', '--again', '--choice', 'x'], 'leave --choice and --set out'],
  [['request', '--again', '--set', 'a=b'], 'leave --choice and --set out'],
])('%j is not understood', async (args, message) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const { code, err } = await runAt(home, new MovableTime(), args);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(fake.calls).toEqual([]);
});

test('where nothing was asked before there is nothing to ask again', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/requests', pageOf(...lastOnes()));
  const { code, err } = await runAt(home, new MovableTime(), ['request', '--again', 'prod/other']);
  expect([code, err]).toEqual([3, 'daypass: you have not asked for prod/other yet: see daypass requests\n']);
});
