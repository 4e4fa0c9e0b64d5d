import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ConsoleSignIn } from '../../src/cli/api.ts';
import { leadBrowser } from '../../src/cli/console/lead-browser.ts';
import { NobodyCame } from '../../src/cli/local-page.ts';
import { aGrant, anEntitlement, pageOf } from './answers.ts';
import { type FakeDaypass, type Got, meOf, problem, startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { MovableTime, runAt } from './issuing.ts';
import { type Home, newHome, runDaypass } from './run-daypass.ts';
import { writeToken } from '../../src/cli/settings/token-file.ts';

const signIn: ConsoleSignIn = {
  url: 'https://signin.aws.amazon.com/federation?Action=login&SigninToken=SeCrEt-token',
  expiresAt: '2026-11-22T10:15:00.000Z',
  sessionId: 'ses_1',
  grantId: 'grt_1',
  sessionEndsAt: '2026-11-22T10:30:00.000Z',
  limits: [{ name: 'grant', seconds: 1800, won: true }],
  residualExposureSeconds: 900,
  residualExposures: [],
};

function opens(fake: FakeDaypass, answer: ConsoleSignIn = signIn): void {
  fake.on('GET /v1/grants', pageOf(aGrant({ endsAt: '2099-01-01T00:00:00Z' })));
  fake.on('POST /v1/grants/grt_1/console', { status: 201, body: answer });
}

/** A BROWSER that keeps its arguments and where the address leads, which it does not go to. */
async function aBrowser(home: Home, exitCode = 0): Promise<string> {
  const path = join(home.path, 'browser.mjs');
  const kept = JSON.stringify(join(home.path, 'kept.json'));
  await writeFile(
    path,
    `#!${process.execPath}
import { writeFileSync } from 'node:fs';
if (${exitCode}) process.exit(${exitCode});
const first = await fetch(process.argv[2], { redirect: 'manual' });
writeFileSync(${kept}, JSON.stringify({
  args: process.argv, status: first.status, location: first.headers.get('location'),
  cache: first.headers.get('cache-control'), referrer: first.headers.get('referrer-policy'),
}));
`,
    { mode: 0o755 },
  );
  return path;
}

const kept = async (home: Home) =>
  JSON.parse(await readFile(join(home.path, 'kept.json'), 'utf8')) as Record<string, unknown>;

test('without a terminal the address alone is on stdout, and until when it works on stderr', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  opens(fake);
  const destination = 'https://console.aws.amazon.com/s3/home';
  const args = ['console', 'prod/admin', '--destination', destination];
  const { code, stdout, stderr } = await runDaypass(args, home.env);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `${signIn.url}\n` });
  expect(stderr).toContain('open it by 2026-11-22 10:15:00Z; it works until 2026-11-22 10:30:00Z');
  expect(stderr).not.toContain('SeCrEt');
  expect(fake.calls.at(-1)?.body).toEqual({ destination });
});

test('--json: the answer of the API and nothing else, with a person there too', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  opens(fake);
  const said = await runAt(home, new MovableTime(), ['console', 'prod/admin', '--json'], { person: true });
  expect(said).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(said.out)).toEqual(signIn);
  expect(fake.calls.at(-1)?.body).toEqual({});
});

test('with a person there the browser is led to it, and no argument of a process carries the secret', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  opens(fake);
  const env = { ...home.env, BROWSER: await aBrowser(home) };
  const said = await runAt({ ...home, env }, new MovableTime(), ['console', 'prod/admin'], { person: true });
  expect(said).toEqual({
    code: 0,
    out: '',
    err: 'The AWS console for prod/admin is open in your browser; it works until 2026-11-22 10:30:00Z.\n',
  });
  await expect.poll(() => kept(home).catch(() => null), { timeout: 20_000 }).not.toBeNull();
  const { args, ...seen } = await kept(home);
  expect(seen).toEqual({ status: 303, location: signIn.url, cache: 'no-store', referrer: 'no-referrer' });
  expect(JSON.stringify(args)).not.toContain('SeCrEt');
  expect((args as string[])[2]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
});

test('--print prints it for a person as well', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  opens(fake);
  const said = await runAt(home, new MovableTime(), ['console', 'prod/admin', '--print'], { person: true });
  expect(said).toMatchObject({ code: 0, out: `${signIn.url}\n` });
});

test('a browser that cannot be opened: told, with the way out, and the address is shown nowhere', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  opens(fake);
  for (const browser of [await aBrowser(home, 3), join(home.path, 'not-there')]) {
    const env = { ...home.env, BROWSER: browser };
    const said = await runAt({ ...home, env }, new MovableTime(), ['console', 'prod/admin'], {
      person: true,
    });
    expect(said).toMatchObject({ code: 1, out: '' });
    expect(said.err).toContain('run daypass console prod/admin --print');
    expect(said.err).not.toMatch(/SeCrEt|127\.0\.0\.1/);
  }
});

test('exit codes: 3 without a grant or for a permission set, 4 for a step-up without a terminal, 6 when AWS is away', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const args = ['console', 'prod/admin'];
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf());
  fake.on('GET /v1/entitlements/prod%2Fadmin', { body: anEntitlement() });
  const none = await runDaypass(args, home.env);
  expect(none).toMatchObject({ code: 3, stdout: '' });
  expect(none.stderr).toContain('daypass request prod/admin');
  fake.on('GET /v1/grants', pageOf(aGrant({ target: 'permission-set' })));
  const assigned = await runDaypass(args, home.env);
  expect(assigned).toMatchObject({ code: 3, stdout: '' });
  expect(assigned.stderr).toContain('AWS access portal');
  opens(fake);
  fake.on('POST /v1/grants/grt_1/console', stepUpNeeded());
  expect(await runDaypass(args, home.env)).toMatchObject({ code: 4, stdout: '' });
  fake.on('POST /v1/grants/grt_1/console', problem(503, 'aws_unavailable', 'AWS cannot.'));
  expect(await runDaypass(args, home.env)).toMatchObject({ code: 6, stdout: '' });
});

test('with a person there a step-up is made and the command goes on', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  await writeToken(home.env, fake.url, 'weak');
  opens(fake);
  const tokenOf = (got: Got) => got.headers.authorization?.replace('Bearer ', '');
  fake.on('GET /v1/me', meOf);
  fake.on('POST /v1/grants/grt_1/console', (got) =>
    tokenOf(got) === 'strong' ? { status: 201, body: signIn } : stepUpNeeded(),
  );
  fake.on('GET /oauth/authorize', ({ query }) => {
    const back = new URLSearchParams({ code: 'c', state: query.get('state') ?? '' });
    return { status: 302, headers: { location: `${query.get('redirect_uri')}?${back.toString()}` } };
  });
  fake.on('POST /oauth/token', { body: { access_token: 'strong', token_type: 'Bearer', expires_in: 60 } });
  fake.on('POST /oauth/revoke', { body: {} });
  const browser = join(home.path, 'follow.mjs');
  await writeFile(browser, `#!${process.execPath}\nawait fetch(process.argv[2]);\n`, { mode: 0o755 });
  const env = { ...home.env, BROWSER: browser };
  const args = ['console', 'prod/admin', '--print'];
  const said = await runAt({ ...home, env }, new MovableTime(), args, { person: true });
  expect(said).toMatchObject({ code: 0, out: `${signIn.url}\n` });
});

test.each(['javascript:alert(1)', 'http://evil.example/', 'https://a b', 'file:///etc/passwd', '', 5])(
  'an answer that is no address to open opens nothing: %j',
  async (url) => {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url, 'token');
    opens(fake, { ...signIn, url: url as string });
    const said = await runAt(home, new MovableTime(), ['console', 'prod/admin', '--print']);
    expect(said).toMatchObject({ code: 6, out: '' });
  },
);

test('the address on this machine leads on once, from its own path alone', async () => {
  const lead = await leadBrowser('https://console.example/secret', 60_000);
  try {
    const visit = (url: string | URL, method = 'GET') => fetch(url, { method, redirect: 'manual' });
    expect((await visit(new URL('/', lead.address))).status).toBe(404);
    expect((await visit(`${lead.address}x`)).status).toBe(404);
    expect((await visit(lead.address, 'POST')).status).toBe(404);
    const first = await visit(lead.address);
    expect([first.status, first.headers.get('location')]).toEqual([303, 'https://console.example/secret']);
    const second = await visit(lead.address);
    expect([second.status, second.headers.get('location')]).toEqual([410, null]);
    await lead.followed;
  } finally {
    lead.close();
  }
  const forgotten = await leadBrowser('https://console.example/secret', 1);
  await expect(forgotten.followed).rejects.toThrow(NobodyCame);
  forgotten.close();
});
