import { chmod, readdir, readFile, stat, symlink, writeFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forgetServer, keepCurrentSignIn } from '../../src/cli/cache/keep.ts';
import { currentSignIn, signInOf } from '../../src/cli/cache/sign-in-folder.ts';
import { forgetToken, writeToken } from '../../src/cli/settings/token-file.ts';
import { aGrant, aRequest, pageOf, secretKey } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { issueSessions, keyAt, MovableTime, runAt, timesIssued } from './issuing.ts';
import { type Home, newHome } from './run-daypass.ts';

/** Somebody who is signed in, and a server that issues sessions of half an hour. */
async function signedIn(fake: FakeDaypass, token = 'token-1'): Promise<Home> {
  const home = await newHome(fake.url);
  await writeToken(home.env, fake.url, token);
  return home;
}

async function keptFiles(home: Home): Promise<string[]> {
  const folder = join(home.path, '.local/state/daypass/credentials');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes('creds-')).map((name) => join(folder, name));
}

async function keptFile(home: Home): Promise<string> {
  const [path = '', ...others] = await keptFiles(home);
  expect(others).toEqual([]);
  return path;
}

test('credentials are fetched once and handed out again, in every format, until shortly before clients want new ones', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  expect(await keyAt(home, time)).toBe('ASIA1');
  const calls = fake.calls.length;
  time.move(13 * 60);
  expect(await keyAt(home, time)).toBe('ASIA1');
  expect((await runAt(home, time, ['creds', 'prod/admin', '--format', 'env'])).out).toContain('ASIA1');
  expect(JSON.parse((await runAt(home, time, ['creds', 'prod/admin', '--json'])).out)).toMatchObject({
    credentials: { accessKeyId: 'ASIA1' },
  });
  expect(fake.calls).toHaveLength(calls);
  time.move(2 * 60);
  expect(await keyAt(home, time)).toBe('ASIA2');
});

test('a file of mode 0600 in folders of mode 0700 keeps them, and no token', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake, 'a-token-to-look-for');
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  const path = await keptFile(home);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  for (let up = join(path, '..'); !up.endsWith('/daypass'); up = join(up, '..'))
    expect((await stat(up)).mode & 0o777, up).toBe(0o700);
  const text = await readFile(path, 'utf8');
  expect(text).toContain(JSON.stringify(secretKey));
  expect(`${path}${text}`).not.toContain('a-token-to-look-for');
});

test('entitlements, servers and sign-ins are kept apart', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  expect(await keyAt(home, time, 'prod/admin')).toBe('ASIA1');
  expect(await keyAt(home, time, 'prod/other')).toBe('ASIA2');
  const other = { ...home, env: { ...home.env, DAYPASS_TOKEN: 'token-2' } };
  expect(await keyAt(other, time)).toBe('ASIA3');
  expect(await keyAt(home, time)).toBe('ASIA1');
  await using second = await startFakeDaypass();
  issueSessions(second, time);
  await writeToken(home.env, second.url, 'token-1');
  await keyAt({ ...home, env: { ...home.env, DAYPASS_URL: second.url } }, time);
  expect(timesIssued(second)).toBe(1);
});

test('logout leaves nothing, and so does the token of another sign-in', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  fake.on('POST /oauth/revoke', { body: {} });
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  expect((await runAt(home, time, ['logout'])).code).toBe(0);
  expect(await keptFiles(home)).toEqual([]);
  expect(await runAt(home, time, ['creds', 'prod/admin'])).toMatchObject({ code: 4, out: '' });
  await writeToken(home.env, fake.url, 'token-2');
  expect(await keyAt(home, time)).toBe('ASIA2');
  // Put there by hand, without a login: what was fetched with the other token does not count.
  await writeToken(home.env, fake.url, 'token-3');
  expect(await keyAt(home, time)).toBe('ASIA3');
});

test('a grant that was ended from here gives nothing more, whatever was kept or is on its way', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  fake.on('POST /v1/grants/grt_1/end', { body: aGrant({ state: 'ending' }) });
  expect((await runAt(home, time, ['end', 'grt_1'])).code).toBe(0);
  expect(await keptFiles(home)).toEqual([]);
  expect((await runAt(home, time, ['status', '--prompt'])).out).toBe('');
  // An answer that arrives only now, as if it had been asked for before.
  expect(await keyAt(home, time)).toBe('ASIA2');
  expect(await keptFiles(home)).toEqual([]);
  expect(await keyAt(home, time)).toBe('ASIA3');
});

test('a grant that could not be ended goes on being kept', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  fake.on('POST /v1/grants/grt_1/end', problem(403, 'forbidden', 'Not yours.'));
  expect((await runAt(home, time, ['end', 'grt_1'])).code).toBe(3);
  await keyAt(home, time);
  expect(await keyAt(home, time)).toBe('ASIA1');
});

test('a grant that ended elsewhere gives nothing more once the list of grants, or a new request, tells of it', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  const issuing = issueSessions(fake, time);
  await keyAt(home, time);
  const next = aGrant({ id: 'grt_2', endsAt: time.after(7200) });
  issuing.grant = next;
  expect((await runAt(home, time, ['grants'])).code).toBe(0);
  expect(await keyAt(home, time)).toBe('ASIA2');
  issuing.grant = aGrant({ endsAt: time.after(7200) });
  const request = aRequest({ state: 'approved', waitingFor: [], grants: [issuing.grant] });
  fake.on('POST /v1/requests', { status: 201, body: request });
  const ask = ['request', 'prod/admin', '--for', '1h', '--because', 'x'];
  expect((await runAt(home, time, ask)).code).toBe(0);
  expect(await keyAt(home, time)).toBe('ASIA3');
  issuing.grant = next;
  // With what a request would say, exec looks for the grant, and finds another.
  const script = 'process.exit(process.env.AWS_ACCESS_KEY_ID === "ASIA4" ? 7 : 1)';
  const exec = ['exec', 'prod/admin', '--for', '1h', '--', process.execPath, '-e', script];
  expect((await runAt(home, time, exec)).code).toBe(7);
});

test('where the keychain has the token a mark says whose it is, without a look there', async () => {
  await using home = await newHome('https://daypass.example.com');
  const { DAYPASS_TOKEN_STORE: _, ...env } = home.env;
  const url = 'https://daypass.example.com';
  const { name } = signInOf(env, url, 'token-1');
  expect(currentSignIn(env, url)).toBeNull();
  await keepCurrentSignIn(env, url, name);
  expect(currentSignIn(env, url)).toEqual(signInOf(env, url, 'token-1'));
  // A token in the file goes before, as in the token store; with `file` the keychain is not used at all.
  expect(currentSignIn({ ...env, DAYPASS_TOKEN_STORE: 'file' }, url)).toBeNull();
  expect(currentSignIn({ ...env, DAYPASS_TOKEN_STORE: 'nonsense' }, url)).toBeNull();
  await writeToken(env, url, 'token-2');
  expect(currentSignIn(env, url)?.name).toBe(signInOf(env, url, 'token-2').name);
  expect(signInOf(env, url, 'token-2').name).not.toBe(name);
  await forgetToken(env, url);
  await forgetServer(env, url);
  expect(currentSignIn(env, url)).toBeNull();
});

test('a file that is damaged, too open, a link or of somebody else is not used, and is replaced', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  const path = await keptFile(home);
  const good = await readFile(path, 'utf8');
  const kept = JSON.parse(good) as Record<string, unknown>;
  const spoiled: (() => Promise<void>)[] = [
    () => writeFile(path, '{'),
    () => writeFile(path, 'null'),
    () => writeFile(path, JSON.stringify({ ...kept, credentials: {} })),
    () => writeFile(path, JSON.stringify({ ...kept, signIn: 'another' })),
    () => writeFile(path, JSON.stringify({ ...kept, entitlement: 'prod/other' })),
    () => writeFile(path, JSON.stringify({ ...kept, url: 'https://other.example.com' })),
    () => writeFile(path, good + ' '.repeat(300_000)),
    () => chmod(path, 0o640),
    () => chmod(join(path, '..'), 0o777),
    async () => {
      await rename(path, `${path}.moved`);
      await symlink(`${path}.moved`, path);
    },
  ];
  for (const [index, spoil] of spoiled.entries()) {
    const before = timesIssued(fake);
    await spoil();
    expect(await keyAt(home, time), `case ${index}`).toBe(`ASIA${before + 1}`);
    await keyAt(home, time);
    expect(timesIssued(fake), `case ${index}`).toBe(before + 1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
  }
});

test('a clock that was set back makes nothing last longer', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  time.move(-3600);
  expect(await keyAt(home, time)).toBe('ASIA2');
});

test('at the end of a grant what is kept is used to the last, until there is a grant that lasts longer', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  const issuing = issueSessions(fake, time, { grant: aGrant({ endsAt: time.after(720) }) });
  expect(await keyAt(home, time)).toBe('ASIA1');
  time.move(600);
  expect(await keyAt(home, time)).toBe('ASIA1');
  const calls = fake.calls.length;
  time.move(30);
  expect(await keyAt(home, time)).toBe('ASIA1');
  expect(fake.calls).toHaveLength(calls);
  issuing.grant = aGrant({ id: 'grt_2', endsAt: time.after(7200) });
  time.move(60);
  expect(await keyAt(home, time)).toBe('ASIA2');
});

test('while the server is away what is kept is used as long as it works', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  fake.on('GET /v1/grants', problem(503, 'unavailable', 'Try again.'));
  time.move(20 * 60);
  expect(await keyAt(home, time)).toBe('ASIA1');
  time.move(10 * 60);
  expect(await runAt(home, time, ['creds', 'prod/admin'])).toMatchObject({ code: 6, out: '' });
});

test('once the server says that there is no grant or no sign-in any more, nothing that was kept is handed out', async () => {
  for (const answer of [pageOf(), problem(401, 'unauthenticated', 'Sign in.')]) {
    await using fake = await startFakeDaypass();
    await using home = await signedIn(fake);
    const time = new MovableTime();
    issueSessions(fake, time);
    await keyAt(home, time);
    fake.on('GET /v1/grants', answer);
    fake.on('GET /v1/requests', pageOf());
    fake.on('GET /v1/entitlements/prod%2Fadmin', { body: { id: 'prod/admin', target: 'role' } });
    time.move(20 * 60);
    expect(await runAt(home, time, ['creds', 'prod/admin'])).toMatchObject({ out: '' });
    expect(await keptFiles(home)).toEqual([]);
  }
});

test('a home that cannot be written costs a fetch each time and nothing else', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await writeFile(join(home.path, '.local/state/daypass/credentials'), 'in the way');
  expect(await keyAt(home, time)).toBe('ASIA1');
  expect(await keyAt(home, time)).toBe('ASIA2');
});

test('exec uses what creds has kept, and asks nobody', async () => {
  await using fake = await startFakeDaypass();
  await using home = await signedIn(fake);
  const time = new MovableTime();
  issueSessions(fake, time);
  await keyAt(home, time);
  const calls = fake.calls.length;
  const script = 'process.exit(process.env.AWS_ACCESS_KEY_ID === "ASIA1" ? 7 : 1)';
  expect(await runAt(home, time, ['exec', 'prod/admin', '--', process.execPath, '-e', script])).toMatchObject(
    {
      code: 7,
    },
  );
  expect(fake.calls).toHaveLength(calls);
});
