import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { Client } from '../../src/cli/server/client.ts';
import { aGrant, aSession, pageOf } from './answers.ts';
import { type FakeDaypass, type Got, meOf, problem, startFakeDaypass, stepUpNeeded } from './fake-daypass.ts';
import { aBrowser, type Home, newHome, runDaypass } from './run-daypass.ts';
import { writeToken } from '../../src/cli/settings/token-file.ts';

const tokenOf = (got: Got) => got.headers.authorization?.replace('Bearer ', '');

/** Issues credentials to the bearer of `strong` only; a sign-in at the fake gives `next`. */
function needsStepUp(fake: FakeDaypass, next: string): void {
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/grants', pageOf(aGrant()));
  fake.on('POST /v1/grants/grt_1/sessions', (got) =>
    tokenOf(got) === 'strong' ? { status: 201, body: aSession } : stepUpNeeded(),
  );
  fake.on('GET /oauth/authorize', ({ query }) => {
    const back = new URLSearchParams({ code: 'c', state: query.get('state') ?? '' });
    return { status: 302, headers: { location: `${query.get('redirect_uri')}?${back.toString()}` } };
  });
  fake.on('POST /oauth/token', { body: { access_token: next, token_type: 'Bearer', expires_in: 60 } });
  fake.on('POST /oauth/revoke', { body: {} });
}

/** Runs the command with somebody there, in this process: a test has no terminal to give to another. */
async function runWithPerson(args: string[], home: Home) {
  const { env } = home;
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => void (said.out += text),
    err: (text: string) => void (said.err += text),
    person: true,
  };
  const browser = await aBrowser(home);
  const now = () => new Date('2026-11-22T10:00:00Z');
  const code = await runProgram(args, {
    env: { ...env, BROWSER: browser },
    terminal,
    now,
    later: () => () => undefined,
  });
  return { code, ...said };
}

test('without a terminal a step-up ends the command: 4, exactly one line that says what to run', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'weak');
  needsStepUp(fake, 'strong');
  expect(await runDaypass(['creds', 'prod/admin'], home.env)).toEqual({
    code: 4,
    signal: null,
    stdout: '',
    stderr: `daypass: a stronger or fresher sign-in is needed: run daypass login --url ${fake.url} --step-up 'mfa strong' --max-age 3600\n`,
  });
  expect(fake.called()).not.toContain('GET /oauth/authorize');
});

test('with a person there the command signs in again, asks for what the challenge named, and goes on by itself', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  needsStepUp(fake, 'strong');
  await writeToken(home.env, fake.url, 'weak');
  const { code, out } = await runWithPerson(['creds', 'prod/admin'], home);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ Version: 1, AccessKeyId: 'ASIAEXAMPLE' });
  const asked = fake.calls.find(({ path }) => path === '/oauth/authorize')?.query;
  expect(asked?.get('acr_values')).toBe('mfa strong');
  expect(asked?.get('max_age')).toBe('3600');
  expect(fake.called().filter((call) => call.startsWith('POST /v1/grants'))).toHaveLength(2);
  expect(fake.calls.find(({ path }) => path === '/oauth/revoke')?.body).toMatchObject({ token: 'weak' });
  const kept = await readFile(join(home.path, '.local/state/daypass/tokens.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual({ [fake.url]: 'strong' });
});

test('when somebody else signs in, what one person began is not finished by the other', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url);
  needsStepUp(fake, 'somebody-else');
  await writeToken(home.env, fake.url, 'weak');
  const { code, out, err } = await runWithPerson(['creds', 'prod/admin'], home);
  expect({ code, out }).toEqual({ code: 4, out: '' });
  expect(err).toContain('Mallory signed in, but this was begun by Erin');
  expect(fake.calls.find(({ path }) => path === '/oauth/revoke')?.body).toMatchObject({
    token: 'somebody-else',
  });
  const kept = await readFile(join(home.path, '.local/state/daypass/tokens.json'), 'utf8');
  expect(JSON.parse(kept)).toEqual({ [fake.url]: 'weak' });
});

function clientOf(
  fake: FakeDaypass,
  codes: string[],
  tokens: string[] = ['weak'],
): { client: Client; signIns: unknown[] } {
  const signIns: unknown[] = [];
  const client = new Client({
    url: fake.url,
    token: () => Promise.resolve((tokens.length > 1 ? tokens.shift() : tokens[0]) ?? null),
    stepUp: {
      signInAgain: (challenge, oldToken) => {
        signIns.push({ ...challenge, oldToken });
        return Promise.resolve('fresh');
      },
      enterCode: async (verify) => {
        for (const code of codes) if (await verify(code)) return;
        throw new Error('no right code');
      },
    },
    stepUpAdvice: () => 'step up',
    signInAdvice: 'sign in',
  });
  return { client, signIns };
}

test('where signing in again is not enough and the server takes one-time codes, a code is asked for and the call repeated', async () => {
  await using fake = await startFakeDaypass();
  let raised = false;
  fake.on('GET /v1/me', () => (raised ? { body: { id: 'prs_1' } } : stepUpNeeded({ totp: true })));
  fake.on('POST /v1/factors/totp/verify', ({ body }) => {
    raised = (body as { code: string }).code === '222222';
    return raised ? { body: {} } : problem(422, 'not_possible', 'Wrong.');
  });
  const { client, signIns } = clientOf(fake, ['111111', '222222']);
  expect(await client.call({ method: 'GET', path: '/v1/me' })).toEqual({ id: 'prs_1' });
  expect(signIns).toEqual([{ acrValues: 'mfa strong', maxAge: 3600, oldToken: 'weak' }]);
  expect(fake.called()).toEqual([
    'GET /v1/me',
    'GET /v1/me',
    'POST /v1/factors/totp/verify',
    'POST /v1/factors/totp/verify',
    'GET /v1/me',
  ]);
  expect(fake.calls.slice(1).map(tokenOf)).toEqual(['fresh', 'fresh', 'fresh', 'fresh']);
});

test('a server that is never satisfied does not make the person sign in again and again', async () => {
  await using fake = await startFakeDaypass();
  fake.on('GET /v1/me', stepUpNeeded());
  const { client, signIns } = clientOf(fake, []);
  await expect(client.call({ method: 'GET', path: '/v1/me' })).rejects.toMatchObject({ exitCode: 4 });
  expect(signIns).toHaveLength(1);
  expect(fake.calls).toHaveLength(2);
});

test('a token that another daypass of the same person replaced meanwhile is read anew', async () => {
  await using fake = await startFakeDaypass();
  fake.on('GET /v1/me', meOf);
  const { client } = clientOf(fake, [], ['revoked', 'newer']);
  expect(await client.call({ method: 'GET', path: '/v1/me' })).toMatchObject({ id: 'prs_1' });
  expect(fake.calls.map(tokenOf)).toEqual(['revoked', 'newer']);
});
