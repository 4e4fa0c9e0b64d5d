import { exec } from 'node:child_process';
import { chmod, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aGrant, anEntitlement, aSession, pageOf } from './answers.ts';
import { meOf, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const url = 'https://daypass.example.com';

test('a profile is added to the file, whose other bytes, mode and link stay', async () => {
  await using home = await newHome(url);
  const real = join(home.path, 'dotfiles-aws');
  const link = join(home.path, '.aws/config');
  const before = Buffer.from([0xff, 0x0a, ...Buffer.from('[default]\r\nregion = x')]);
  await mkdir(join(home.path, '.aws'));
  await writeFile(real, before);
  await chmod(real, 0o640);
  await symlink('../dotfiles-aws', link);
  const first = await runDaypass(['aws', 'configure', 'prod/admin'], home.env);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  const after = await readFile(real);
  expect(after.subarray(0, before.length)).toEqual(before);
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readdir(home.path)).toHaveLength(2);

  expect((await runDaypass(['aws', 'configure', 'prod/admin', '--json'], home.env)).stdout).toContain(
    '"unchanged"',
  );
  expect(await readFile(real)).toEqual(after);
});

test('a new file is for its owner alone, and AWS_CONFIG_FILE says where', async () => {
  await using home = await newHome(url);
  const file = join(home.path, 'elsewhere/config');
  const env = { ...home.env, AWS_CONFIG_FILE: file };
  expect((await runDaypass(['aws', 'configure', 'prod/admin', 'prod/logs'], env)).code).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file, 'utf8')).toMatch(/^\[profile prod\/admin\]\n[^]*\n\[profile prod\/logs\]\n/);
});

test("somebody else's profile is refused with 78 and nothing is written, not even the others", async () => {
  await using home = await newHome(url);
  await mkdir(join(home.path, '.aws'));
  const config = join(home.path, '.aws/config');
  await writeFile(config, '[profile prod/logs]\nregion = x\n');
  const refused = await runDaypass(['aws', 'configure', 'prod/admin', 'prod/logs'], home.env);
  expect(refused).toMatchObject({ code: 78, stdout: '' });
  expect(refused.stderr).toContain('--profile');
  expect(await readFile(config, 'utf8')).toBe('[profile prod/logs]\nregion = x\n');
  expect((await runDaypass(['aws', 'configure', 'prod/logs', '--profile', 'logs'], home.env)).code).toBe(0);

  await writeFile(join(home.path, '.aws/credentials'), '[prod/admin]\naws_access_key_id = AKIA\n');
  expect((await runDaypass(['aws', 'configure', 'prod/admin'], home.env)).code).toBe(78);
});

test('the command in the profile gives credentials from anywhere, whatever server is set there', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/grants', pageOf(aGrant()));
  fake.on('GET /v1/entitlements', pageOf(anEntitlement()));
  fake.on('POST /v1/grants/grt_1/sessions', { status: 201, body: aSession });
  await runDaypass(['aws', 'configure', 'prod/admin'], home.env);
  const config = await readFile(join(home.path, '.aws/config'), 'utf8');
  const command = /^credential_process = (.*)$/m.exec(config)?.[1] ?? '';
  expect(command).toMatch(/^"?\//);
  // Not blocking: the fake answers from this process.
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  exec(command, { cwd: '/', env: { ...home.env, DAYPASS_URL: url } }, (error, stdout) =>
    error ? reject(error) : resolve(stdout),
  );
  expect(JSON.parse(await promise)).toMatchObject({ Version: 1, AccessKeyId: 'ASIAEXAMPLE' });
});

test('signed in, what is not mine or gives no credentials is refused with 3 and nothing is written', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on(
    'GET /v1/entitlements',
    pageOf(anEntitlement(), anEntitlement({ id: 'prod/set', target: 'permission-set' })),
  );
  for (const [wrong, words] of [
    ['prod/admni', 'see daypass entitlements'],
    ['prod/set', 'permission set'],
  ] as const) {
    const refused = await runDaypass(['aws', 'configure', 'prod/admin', wrong], home.env);
    expect(refused).toMatchObject({ code: 3, stdout: '' });
    expect(refused.stderr).toContain(wrong);
    expect(refused.stderr).toContain(words);
  }
  expect(await readdir(home.path)).not.toContain('.aws');
});

test('profiles are written unchecked where the sign-in has ended or the service is away', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'revoked');
  fake.on('GET /v1/entitlements', meOf);
  expect((await runDaypass(['aws', 'configure', 'prod/admin'], home.env)).code).toBe(0);
  fake.on('GET /v1/entitlements', problem(503, 'unavailable', 'Away.'));
  expect((await runDaypass(['aws', 'configure', 'prod/logs'], home.env)).code).toBe(0);
});
