import { describe, expect, test } from 'vitest';
import type { PreflightEntry, PreflightFinding } from '../../src/cli/api-types.generated.ts';
import { type FakeDaypass, meOf, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

interface Diagnosed {
  readonly findings: { check: string; level: string; message: string }[];
  readonly entitlements: PreflightEntry[] | null;
}

const prod = { id: '111122223333', name: 'Production' };

function finding(over: Partial<PreflightFinding> = {}): PreflightFinding {
  return {
    entitlement: 'prod/admin',
    account: prod.id,
    check: 'role',
    level: 'ok',
    stops: false,
    message: 'It is there.',
    ...over,
  };
}

function entry(over: Partial<PreflightEntry> = {}): PreflightEntry {
  return {
    entitlement: 'prod/admin',
    account: prod,
    verdict: 'ok',
    checkedAt: '2026-11-22T09:00:00.000Z',
    stale: false,
    findings: [finding()],
    ...over,
  };
}

/** A service that is well, to an operator. */
async function startWell(entries: readonly PreflightEntry[] = [entry()]): Promise<FakeDaypass> {
  const fake = await startFakeDaypass();
  fake.on('GET /healthz', { body: { status: 'ok' } });
  fake.on('GET /readyz', { body: { ready: true, missing: [] } });
  fake.on('GET /openapi.yaml', { body: 'info:', headers: { 'content-type': 'application/yaml' } });
  fake.on('GET /v1/me', (got) => {
    const me = meOf(got);
    const body = me.body as { roles?: object };
    return me.status === undefined ? { body: { ...body, roles: { auditor: false, operator: true } } } : me;
  });
  fake.on('GET /v1/preflight', { body: { items: entries, next: null } });
  return fake;
}

async function diagnose(
  fake: { readonly url: string },
  args: readonly string[] = [],
  token: string | undefined = 'token',
) {
  await using home = await newHome(fake.url, token);
  const { code, stdout } = await runDaypass(['doctor', '--json', ...args], home.env);
  const { findings, entitlements } = JSON.parse(stdout) as Diagnosed;
  const levels = Object.fromEntries(findings.map(({ check, level }) => [check, level]));
  return { code, findings, entitlements, levels };
}

describe('what is between here and the server', () => {
  test('is well: exit 0', async () => {
    await using fake = await startWell();
    const { code, levels, findings } = await diagnose(fake);
    expect(code).toBe(0);
    expect(levels).toMatchObject({ command: 'ok', server: 'ok', clock: 'ok', ready: 'ok', 'sign-in': 'ok' });
    expect(findings[0]?.message).toMatch(/^daypass \d+\.\d+\.\d+\S* on Node \d+/);
  });

  test('a server that is not there: exit 6, and nothing else is asked', async () => {
    const gone = await startFakeDaypass();
    await gone[Symbol.asyncDispose]();
    expect(await diagnose(gone)).toMatchObject({ code: 6, levels: { server: 'error' }, entitlements: null });
  });

  test('something else at that address: exit 6', async () => {
    await using fake = await startFakeDaypass();
    fake.on('GET /healthz', { body: { hello: 'world' } });
    expect(await diagnose(fake)).toMatchObject({ code: 6, levels: { server: 'error' } });
    expect(fake.called()).toEqual(['GET /healthz']);
  });

  test('no server set, or one the token must not go to: exit 78', async () => {
    expect(await diagnose({ url: '' })).toMatchObject({ code: 78, levels: { server: 'error' } });
    expect(await diagnose({ url: 'http://daypass.example' })).toMatchObject({
      code: 78,
      levels: { server: 'error' },
    });
  });

  test.each([
    [-3_600, 'error', 78, /1h(?:\d+s)? behind/],
    [3_600, 'error', 78, /ahead of/],
    [100, 'warning', 0, /ahead of/],
    [5, 'ok', 0, /the same time/],
  ])('a clock that is %i seconds off the server: %s', async (ahead, level, code, text) => {
    await using fake = await startWell();
    fake.on('GET /healthz', () => ({
      body: { status: 'ok' },
      headers: { date: new Date(Date.now() - ahead * 1000).toUTCString() },
    }));
    const { levels, findings, code: exit } = await diagnose(fake);
    expect([levels.clock, exit]).toEqual([level, code]);
    expect(findings.find(({ check }) => check === 'clock')?.message).toMatch(text);
  });

  test('a server that lacks something says what: exit 78', async () => {
    await using fake = await startWell();
    fake.on('GET /readyz', { status: 503, body: { ready: false, missing: ['database'] } });
    const { code, findings } = await diagnose(fake);
    expect([code, findings.find(({ check }) => check === 'ready')?.message]).toEqual([
      78,
      'The server lacks database: an operator must look at its log.',
    ]);
  });

  test('no sign-in, or one that is over: exit 4, with what to run', async () => {
    await using fake = await startWell();
    for (const token of ['', 'revoked']) {
      const { code, levels, findings } = await diagnose(fake, [], token);
      expect([code, levels['sign-in']]).toEqual([4, 'error']);
      expect(findings.at(-1)?.message).toMatch(/daypass login|DAYPASS_TOKEN/);
    }
  });
});

describe('what the server saw in AWS', () => {
  test('is for operators: others are told whom to ask, and nothing is fetched', async () => {
    await using fake = await startWell();
    fake.on('GET /v1/me', meOf);
    expect(await diagnose(fake)).toMatchObject({ code: 0, levels: { aws: 'info' }, entitlements: null });
    expect(fake.called()).not.toContain('GET /v1/preflight');
  });

  test('an error exits with 78, a warning does not', async () => {
    const bad = finding({ level: 'error', stops: true, message: 'The role does not exist. Make it.' });
    await using fake = await startWell([entry({ verdict: 'error', findings: [bad] })]);
    expect(await diagnose(fake)).toMatchObject({ code: 78, entitlements: [{ findings: [bad] }] });
    await using warned = await startWell([
      entry({ verdict: 'warning', findings: [finding({ level: 'warning' })] }),
    ]);
    expect((await diagnose(warned)).code).toBe(0);
  });

  test('is told the worst first; what is of the account once for all, and what is well not at all', async () => {
    const writer = finding({ check: 'deny-writer', level: 'error', message: 'Make role w.' });
    const entries = ['a/a', 'b/b', 'c/c', 'd/d'].map((entitlement) =>
      entry({
        entitlement,
        verdict: 'error',
        findings: [
          finding({ level: 'info', check: 'not-principal', message: 'Mind it.' }),
          { ...writer, entitlement },
          finding(),
        ],
      }),
    );
    await using fake = await startWell(entries);
    await using home = await newHome(fake.url, 'token');
    const { stdout } = await runDaypass(['doctor'], home.env);
    const aws = stdout.slice(stdout.indexOf('AWS:')).split('\n');
    expect(aws[0]).toMatch(/^AWS: 4 entitlements: 4 error; seen .* ago or later\.$/);
    expect(aws.slice(1, 3)).toEqual([
      'error deny-writer   a/a, b/b, c/c and 1 more (account 111122223333): Make role w.',
      'info not-principal  a/a, b/b, c/c and 1 more (account 111122223333): Mind it.',
    ]);
    expect(stdout).not.toContain('It is there.');
  });

  test('of one entitlement, looked at now', async () => {
    await using fake = await startWell();
    fake.on('POST /v1/preflight/run', { body: { startedAt: '2026-11-22T10:00:00.000Z', finished: true } });
    expect((await diagnose(fake, ['--entitlement', 'prod/admin', '--fresh'])).code).toBe(0);
    expect(fake.calls.find(({ path }) => path === '/v1/preflight/run')?.body).toEqual({
      entitlement: 'prod/admin',
    });
    expect(fake.calls.find(({ path }) => path === '/v1/preflight')?.query.get('entitlement')).toBe(
      'prod/admin',
    );
  });

  test('looked at now, it waits until all of it is of this look', async () => {
    await using fake = await startWell();
    fake.on('POST /v1/preflight/run', { body: { startedAt: '2026-11-22T10:00:00.000Z', finished: false } });
    let reads = 0;
    fake.on('GET /v1/preflight', () => {
      const checkedAt = (reads += 1) === 1 ? '2026-11-22T09:59:59.999Z' : '2026-11-22T10:00:00.000Z';
      return { body: { items: [entry({ checkedAt })], next: null } };
    });
    expect((await diagnose(fake, ['--fresh'])).entitlements).toMatchObject([
      { checkedAt: '2026-11-22T10:00:00.000Z' },
    ]);
    expect(reads).toBe(2);
  });

  test('an entitlement that there is not: exit 3 or 1, as the server says, beside what was seen here', async () => {
    await using fake = await startWell();
    fake.on(
      'GET /v1/preflight',
      problem(404, 'not_found', 'There is no such entitlement, or it is not yours to see.'),
    );
    const { code, levels } = await diagnose(fake, ['--entitlement', 'no/such']);
    expect(levels).toMatchObject({ server: 'ok', aws: 'error' });
    expect(code).not.toBe(0);
  });
});
