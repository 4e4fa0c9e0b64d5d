import { expect, test } from 'vitest';
import { writeToken } from '../../src/cli/settings/token-file.ts';
import { aGrant, pageOf } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { issueSessions, keyAt, MovableTime, runAt } from './issuing.ts';
import { type Home, newHome } from './run-daypass.ts';

async function signedIn(fake: FakeDaypass): Promise<Home> {
  const home = await newHome(fake.url);
  await writeToken(home.env, fake.url, 'token-1');
  return home;
}

const unavailable = problem(503, 'aws_unavailable', 'Try again.');

test('exec that asked for a grant of its own never runs with what was issued under another', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  expect(await keyAt(home, time)).toBe('ASIA1');
  // The first was revoked elsewhere, and there is a new one.
  fake.on('GET /v1/grants', pageOf(aGrant({ id: 'grt_2', endsAt: time.after(3600) })));
  fake.on('POST /v1/grants/grt_2/sessions', unavailable);
  const script = 'process.exit(process.env.AWS_ACCESS_KEY_ID === "ASIA1" ? 7 : 1)';
  const command = ['--', process.execPath, '-e', script];
  expect(await runAt(home, time, ['exec', 'prod/admin', '--because', 'a reason', ...command])).toMatchObject({
    code: 6,
  });
});

for (const [what, args] of [
  ['ended', ['end', 'grt_1']],
  ['signed out', ['logout']],
] as const) {
  test(`credentials of a grant are not handed out when somebody has ${what} while the server was being asked`, async () => {
    await using fake = await startFakeDaypass();
    await using home = await signedIn(fake);
    const time = new MovableTime();
    issueSessions(fake, time);
    expect(await keyAt(home, time)).toBe('ASIA1');
    fake.on('POST /v1/grants/grt_1/end', { body: aGrant({ state: 'ending' }) });
    fake.on('POST /v1/logout', { status: 204 });
    time.move(20 * 60);
    const asked = Promise.withResolvers<void>();
    fake.on('POST /v1/grants/grt_1/sessions', () => {
      asked.resolve();
      return 'never';
    });
    const creds = runAt(home, time, ['creds', 'prod/admin']);
    await asked.promise;
    await runAt(home, time, args);
    await fake[Symbol.asyncDispose]();
    expect(await creds).toMatchObject({ code: 6, out: '' });
  });
}
