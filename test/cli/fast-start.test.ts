import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aGrant, aSession, pageOf } from './answers.ts';
import { type FakeDaypass, meOf, startFakeDaypass } from './fake-daypass.ts';
import { type Ended, type Home, newHome, runDaypass } from './run-daypass.ts';

const root = new URL('../../', import.meta.url).href;
const hooks = new URL('loaded-modules.mjs', import.meta.url).href;

/** Runs the command and says which modules it loaded: those of this project by their path below src/cli. */
async function runAndList(home: Home, args: readonly string[]): Promise<Ended & { loaded: string[] }> {
  const list = join(home.path, 'loaded.json');
  const env = { ...home.env, NODE_OPTIONS: `--import ${hooks}`, LOADED_MODULES: list };
  const ended = await runDaypass(args, env);
  const urls = JSON.parse(await readFile(list, 'utf8')) as string[];
  return { ...ended, loaded: urls.map((url) => url.replace(`${root}src/cli/`, '')).toSorted() };
}

function answersEverything(fake: FakeDaypass): void {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/requests', pageOf());
  fake.on('GET /v1/grants', pageOf(aGrant()));
  const credentials = { ...aSession.credentials, expiration };
  fake.on('POST /v1/grants/grt_1/sessions', {
    status: 201,
    body: { ...aSession, endsAt: expiration, credentials },
  });
}

// More costs time at every call of every AWS tool. Another module needs a reason, and a look at `npm run bench`.
const few = [
  'cache/kept-credentials.ts',
  'cache/private-file.ts',
  'cache/sign-in-folder.ts',
  'main.ts',
  'node:fs',
  'node:path',
  'settings/paths.ts',
  'settings/server-address.ts',
];

test('credentials that are kept are printed before anything is loaded that is not needed for it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  answersEverything(fake);
  const first = await runAndList(home, ['creds', 'prod/admin']);
  expect(first.loaded.length).toBeGreaterThan(3 * few.length);
  const second = await runAndList(home, ['creds', 'prod/admin', '--url', fake.url]);
  expect(second.stdout).toBe(first.stdout);
  expect(second.loaded).toEqual(few);
});

test("the shell's prompt needs little more", async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  answersEverything(fake);
  await runDaypass(['status'], home.env);
  const { stdout, loaded } = await runAndList(home, ['status', '--prompt']);
  expect(stdout).toMatch(/^prod\/admin:/);
  expect(loaded).toEqual(
    [
      ...few,
      'cache/known-grants.ts',
      'credentials/prompt-text.ts',
      'display/printable.ts',
      'duration.ts',
      'fast-prompt.ts',
    ].toSorted(),
  );
});

test('the fast way and the program proper print the same, in every format', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  answersEverything(fake);
  await runDaypass(['creds', 'prod/admin'], home.env);
  const calls = fake.calls.length;
  for (const format of ['credential-process', 'env', 'json']) {
    const fast = await runAndList(home, ['creds', 'prod/admin', '--format', format]);
    // Options before the command are left to the program.
    const slow = await runAndList(home, ['--url', fake.url, 'creds', 'prod/admin', '--format', format]);
    expect(fast).toMatchObject({ code: 0, stdout: slow.stdout, stderr: '' });
    expect(slow.loaded.length).toBeGreaterThan(fast.loaded.length);
  }
  expect(fake.calls).toHaveLength(calls);
});

test('what is wrong with the options is said although there is something kept', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  answersEverything(fake);
  await runDaypass(['creds', 'prod/admin'], home.env);
  for (const wrong of [['--nonsense'], ['--format', 'xml'], ['--json', '--format', 'env'], ['another']])
    expect(await runDaypass(['creds', 'prod/admin', ...wrong], home.env)).toMatchObject({
      code: 2,
      stdout: '',
    });
});
