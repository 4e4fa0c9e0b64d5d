import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { aGrant, aSession, pageOf } from './answers.ts';
import { type FakeDaypass, startFakeDaypass } from './fake-daypass.ts';
import { timesIssued } from './issuing.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

function issues(fake: FakeDaypass): void {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  fake.on('GET /v1/grants', pageOf(aGrant()));
  fake.on('POST /v1/grants/grt_1/sessions', () => ({
    status: 201,
    body: {
      ...aSession,
      endsAt: expiration,
      credentials: { ...aSession.credentials, accessKeyId: `ASIA${timesIssued(fake)}`, expiration },
    },
  }));
}

test('of 50 processes that ask at once one fetches, and all print the same credentials', {
  timeout: 120_000,
}, async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  const all = await Promise.all(
    Array.from({ length: 50 }, () => runDaypass(['creds', 'prod/admin'], home.env)),
  );
  expect(new Set(all.map(({ code, stderr }) => `${code} ${stderr}`))).toEqual(new Set(['0 ']));
  const [printed = '', ...different] = new Set(all.map(({ stdout }) => stdout));
  expect(different).toEqual([]);
  expect(JSON.parse(printed)).toMatchObject({ Version: 1, AccessKeyId: 'ASIA1' });
  expect(fake.called()).toEqual(['GET /v1/grants', 'POST /v1/grants/grt_1/sessions']);
});

test('when the one that fetches is killed, the others go on without it', { timeout: 60_000 }, async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  issues(fake);
  const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
  fake.on('GET /v1/grants', () => {
    reached();
    return 'never';
  });
  const holder = spawn(process.execPath, [main, 'creds', 'prod/admin'], { env: home.env, stdio: 'ignore' });
  await asked;
  issues(fake);
  const others = Array.from({ length: 4 }, () => runDaypass(['creds', 'prod/admin'], home.env));
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  for (const { code, stdout } of await Promise.all(others)) {
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ AccessKeyId: 'ASIA1' });
  }
  expect(timesIssued(fake)).toBe(1);
});
