import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EndedGrants } from '../../src/cli/api.ts';
import { aGrant, pageOf } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { runOnTerminal } from './pseudo-terminal.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

const found: EndedGrants = {
  grants: 12,
  people: 2,
  byEntitlement: [
    { entitlement: 'prod/admin', grants: 10 },
    { entitlement: 'prod/readonly', grants: 2 },
  ],
  byPerson: [
    { person: { id: 'prs_1', name: 'Erin' }, grants: 11 },
    { person: { id: 'prs_2', name: null }, grants: 1 },
  ],
  ended: null,
  batches: 0,
  failed: [],
};
const ended: EndedGrants = { ...found, ended: 12, batches: 1 };
const endMany = ['grants', 'end', '--entitlement', 'prod/*', '--because', 'Incident 12'];
const endingGrant = aGrant({
  state: 'ending',
  endedBecause: 'relinquished',
  endingSince: '2026-11-22T10:00:00Z',
  lastPossibleUse: '2099-01-01T00:00:00Z',
  mayEnd: false,
});
const bodies = (fake: FakeDaypass) =>
  fake.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);

describe('daypass grants end', () => {
  test('with --expect it ends by that number, and says how many', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/end', { body: ended });
    const args = [...endMany, '--account', '111122223333', '--person', 'prs_1', '--expect', '12'];
    const { code, stdout } = await runDaypass(args, home.env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '12 grants of 2 people are ending: see daypass grants --still-live.\n',
    });
    expect(bodies(fake)).toEqual([
      {
        entitlement: 'prod/*',
        because: 'Incident 12',
        account: '111122223333',
        person: 'prs_1',
        expect: 12,
      },
    ]);
    const json = await runDaypass([...endMany, '--expect', '12', '--json'], home.env);
    expect(JSON.parse(json.stdout)).toEqual(ended);
  });

  test.each([
    [endMany, '--expect'],
    [[...endMany, '--json'], '--expect'],
    [['grants', 'end', '--because', 'x', '--expect', '1'], '--entitlement'],
    [['grants', 'end', '--entitlement', 'prod/*', '--expect', '1'], '--because'],
    [[...endMany, '--expect', 'many'], 'whole number'],
  ])('without what it needs it ends nothing and exits with 2 and one line: %j', async (args, missing) => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    const { code, stdout, stderr } = await runDaypass(args, home.env);
    expect({ code, stdout, called: fake.called() }).toEqual({ code: 2, stdout: '', called: [] });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(missing);
  });

  test('another number than there is exits with 3 and says the new one', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    const detail = 'There are 13 grants to end now, not 12. Nothing was ended: look again.';
    fake.on('POST /v1/grants/end', problem(409, 'conflict', detail, { grants: 13, people: 2 }));
    const { code, stderr } = await runDaypass([...endMany, '--expect', '12'], home.env);
    expect({ code, stderr }).toEqual({ code: 3, stderr: `daypass: ${detail}\n` });
  });

  test('what could not be ended is named, and the exit code says so', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/end', { body: { ...ended, ended: 9, batches: 3, failed: ['grt_7'] } });
    const { code, stdout } = await runDaypass([...endMany, '--expect', '12'], home.env);
    expect(code).toBe(1);
    expect(stdout).toContain('9 grants of 2 people are ending');
    expect(stdout).toContain('in 3 batches');
    expect(stdout).toContain('2 had ended by themselves');
    expect(stdout).toContain('Not ended: grt_7.');
  });

  test('a person sees how many there are and whose, and types the number; a number that changed is asked for anew', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    let there = 12;
    fake.on('POST /v1/grants/end', ({ body }) => {
      const { expect: expected } = body as { expect?: number };
      if (expected === undefined) return { body: { ...found, grants: there } };
      if (expected === 13) return { body: { ...ended, grants: 13, ended: 13 } };
      there = 13;
      return problem(409, 'conflict', 'There are 13 grants to end now, not 12.', { grants: 13, people: 2 });
    });
    const { code, shown } = await runOnTerminal([process.execPath, main, ...endMany], home.env, [
      { after: 'type their number (12)', type: '11\r' },
      { after: 'Type 12, or press Ctrl-C', type: '\u007f\u007f12\r' },
      { after: 'type their number (13)', type: '13\r' },
    ]);
    expect(code, shown).toBe(0);
    expect(shown).toContain('12 live grants of 2 people');
    expect(shown).toMatch(/10 +prod\/admin/);
    expect(shown).toMatch(/11 +Erin/);
    expect(shown).toContain('There are 13 grants to end now, not 12.');
    expect(shown).toContain('13 grants of 2 people are ending');
    expect(bodies(fake).map((body) => (body as { expect?: number }).expect)).toEqual([
      undefined,
      12,
      undefined,
      13,
    ]);
  });
});

describe('daypass grants', () => {
  test('--still-live lists everybody’s with the three times', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000 + 30_000).toISOString();
    const denied = {
      ...endingGrant,
      state: 'ended' as const,
      deniedAt: hour(-2.01),
      endingSince: hour(-3.01),
    };
    fake.on(
      'GET /v1/grants',
      pageOf(
        { ...denied, id: 'grt_3', person: { id: 'prs_2', name: 'Aiko' }, lastPossibleUse: hour(1) },
        { ...endingGrant, id: 'grt_2', silencedAt: '2026-11-22T10:05:00Z', endingSince: hour(-1.01) },
        aGrant(),
      ),
    );
    const { code, stdout } = await runDaypass(['grants', '--still-live'], home.env);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(code).toBe(0);
    expect(lines[0]).toEqual([
      'GRANT',
      'ENTITLEMENT',
      'WHO',
      'STATE',
      'NO NEW USE',
      'DENIED IN AWS',
      'LAST USE',
    ]);
    expect(lines[1]).toEqual([
      'grt_3',
      'prod/admin',
      'Aiko',
      'ended: relinquished',
      '3h ago',
      '2h ago',
      'in 1h',
    ]);
    expect(lines[2]?.slice(3, 6)).toEqual(['ending: relinquished (silenced)', '1h ago', 'not yet']);
    expect(lines[3]?.slice(3)).toEqual(['active', '-', '-', '-']);
    const [call] = fake.calls;
    expect([call?.query.get('stillLive'), call?.query.get('mine')]).toEqual(['true', null]);
  });

  test('alone it lists mine, as before', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('GET /v1/grants', pageOf(aGrant()));
    const { stdout } = await runDaypass(['grants', '--entitlement', 'prod/admin'], home.env);
    expect(stdout).toContain('grt_1');
    expect(fake.calls[0]?.query.get('mine')).toBe('true');
  });

  test('silence sends the reason and says that nothing else changes', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/grt_1/silence', {
      body: { ...endingGrant, silencedAt: '2026-11-22T10:05:00Z' },
    });
    const { code, stdout } = await runDaypass(
      ['grants', 'silence', 'grt_1', '--because', 'account is closed'],
      home.env,
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'The alarm of grt_1 is silent. It is ending as before, and Daypass goes on with it.\n',
    });
    expect(bodies(fake)).toEqual([{ because: 'account is closed' }]);
    expect((await runDaypass(['grants', 'silence', 'grt_1'], home.env)).code).toBe(2);
  });

  test('boundaries say what stands in the way, and of which grants', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    const healthy = {
      account: '111122223333',
      failingSince: null,
      reason: null,
      attempts: 0,
      nextTryAt: null,
      readBackAt: '2026-11-22T10:00:00Z',
      version: 'v2',
      denies: 3,
      waiting: [],
      unknownCodes: [],
    };
    fake.on('GET /v1/boundaries', {
      body: {
        items: [
          healthy,
          {
            ...healthy,
            account: '444455556666',
            failingSince: '2026-11-22T10:00:00Z',
            reason: 'AccessDenied (refused)',
            attempts: 4,
            waiting: [
              { grant: 'grt_1', target: 'arn:aws:iam::444455556666:role/x', since: '2026-11-22T10:00:00Z' },
            ],
            unknownCodes: ['abcdefgh'],
          },
        ],
        next: null,
      },
    });
    const { code, stdout } = await runDaypass(['grants', 'boundaries', '--failing'], home.env);
    expect(code).toBe(0);
    expect(stdout).toContain('444455556666: AccessDenied (refused) (4 attempts)\n');
    expect(stdout).toContain('  grt_1 for arn:aws:iam::444455556666:role/x\n');
    expect(stdout).toContain('444455556666: of no known grant: abcdefgh\n');
    expect(stdout).not.toContain('111122223333: ');
    expect(fake.calls[0]?.query.get('failing')).toBe('true');
  });
});

describe('daypass end', () => {
  test('waits until AWS was read back, and says the three times', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/grt_1/end', { body: endingGrant });
    let looks = 0;
    fake.on('GET /v1/grants/grt_1', () => {
      looks += 1;
      return looks < 2
        ? { body: endingGrant }
        : { body: { ...endingGrant, state: 'ended', deniedAt: '2026-11-22T10:00:02Z' } };
    });
    const { code, stdout } = await runDaypass(['end', 'grt_1'], home.env);
    expect({ code, looks }).toEqual({ code: 0, looks: 2 });
    expect(stdout).toMatch(/^grt_1 for prod\/admin is ended\.\n/);
    expect(stdout).toMatch(/ended for new use +2026-11-22 10:00:00Z\n/);
    expect(stdout).toMatch(/denied in AWS +read back 2026-11-22 10:00:02Z/);
    expect(stdout).toMatch(/last possible use +2099-01-01 00:00:00Z, of what no deny stops/);
  });

  test.each([
    [['--no-wait'], ['POST /v1/grants/grt_1/end']],
    [[], ['POST /v1/grants/grt_1/end', 'GET /v1/grants/grt_1']],
  ])('not waiting, or looking in vain, is no error: %j', async (more, called) => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/grt_1/end', { body: endingGrant });
    const { code, stdout } = await runDaypass(['end', 'grt_1', ...more], home.env);
    expect({ code, called: fake.called() }).toEqual({ code: 0, called });
    expect(stdout).toMatch(/denied in AWS +not yet: Daypass goes on with it by itself\n/);
  });

  test('with nothing issued there is nothing to wait for', async () => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    fake.on('POST /v1/grants/grt_1/end', { body: { ...endingGrant, lastPossibleUse: null } });
    const { stdout } = await runDaypass(['end', 'grt_1'], home.env);
    expect(fake.called()).toEqual(['POST /v1/grants/grt_1/end']);
    expect(stdout).toMatch(/denied in AWS +nothing to deny\n/);
    expect(stdout).toMatch(/last possible use +nothing was issued\n/);
  });
});
