import { expect, test } from 'vitest';
import type { Delegation } from '../../src/cli/api.ts';
import { pageOf } from './answers.ts';
import { problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

function aDelegation(changes: Partial<Delegation> = {}): Delegation {
  return {
    id: 'dlg_1',
    principal: { id: 'prs_1', name: 'Avery' },
    delegate: { id: 'prs_2', name: 'Blake' },
    startsAt: '2026-11-22T10:00:00Z',
    endsAt: '2026-12-01T00:00:00Z',
    entitlements: null,
    because: 'On holiday',
    createdAt: '2026-11-22T10:00:00Z',
    endedAt: null,
    endedBy: null,
    state: 'active',
    mayEnd: true,
    ...changes,
  };
}

test('delegate sends whom, until when, for what and why, and says what came of it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('POST /v1/delegations', { status: 201, body: aDelegation() });
  const args = ['delegate', 'blake@example.com', '--until', '2026-12-01', '--because', 'On holiday'];
  const { code, stdout } = await runDaypass(args, home.env);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^to +Blake$/m);
  expect(stdout).toMatch(/^for +all$/m);
  expect(stdout).toMatch(/^ends +2026-12-01 00:00:00Z$/m);
  const only = ['--only', 'prod/*', '--only', 'stage/admin', '--from', '2026-11-23T09:00+01:00', '--json'];
  const { stdout: json } = await runDaypass([...args, ...only], home.env);
  expect(JSON.parse(json)).toEqual(aDelegation());
  const sent = { delegate: 'blake@example.com', endsAt: '2026-12-01T00:00:00.000Z', because: 'On holiday' };
  expect(fake.calls.map(({ body }) => body)).toEqual([
    sent,
    { ...sent, startsAt: '2026-11-23T08:00:00.000Z', entitlements: ['prod/*', 'stage/admin'] },
  ]);
});

test.each([
  ['no end', ['--because', 'x']],
  ['no reason', ['--until', '2026-12-01']],
  ['an end that is none', ['--until', 'soon', '--because', 'x']],
  ['a day that is none', ['--until', '2026-13-01', '--because', 'x']],
])('delegate with %s is a usage error, and asks nobody', async (_what, options) => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  expect((await runDaypass(['delegate', 'prs_2', ...options], home.env)).code).toBe(2);
  expect(fake.calls).toEqual([]);
});

test('delegations lists those that stand, or all that were, and end ends one', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/delegations', pageOf(aDelegation({ entitlements: ['prod/*'] })));
  const { stdout } = await runDaypass(['delegations'], home.env);
  expect(stdout).toMatch(/dlg_1 +active +Avery +Blake +prod\/\*/);
  await runDaypass(['delegations', '--all', '--ended'], home.env);
  expect(fake.calls.map(({ query }) => [query.get('standing'), query.get('all')])).toEqual([
    ['true', null],
    [null, 'true'],
  ]);
  fake.on('POST /v1/delegations/dlg_1/end', {
    body: aDelegation({ state: 'ended', endedAt: '2026-11-23T10:00:00Z' }),
  });
  const ended = await runDaypass(['delegations', 'end', 'dlg_1'], home.env);
  expect(ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^ends +2026-11-23 10:00:00Z$/m) as string,
  });
  fake.on('POST /v1/delegations/dlg_2/end', problem(404, 'not_found', 'There is none.'));
  expect((await runDaypass(['delegations', 'end', 'dlg_2'], home.env)).code).not.toBe(0);
});
