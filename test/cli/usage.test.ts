import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { newHome, runDaypass } from './run-daypass.ts';
import { problem, startFakeDaypass } from './fake-daypass.ts';

const nowhere = 'http://127.0.0.1:9';

test.each([
  [['nonsense']],
  [['requests', '--nonsense']],
  [['wait']],
  [['request', 'prod/admin', '--for', '15 potatoes', '--because', 'x']],
  [['request', 'prod/admin', '--for', '0m', '--because', 'x']],
  [['request', 'prod/admin', '--for', '1h', '--because', 'x', '--at', 'tomorrow']],
  [['request', 'prod/admin', '--for', '1h']],
  [['request', 'prod/admin', '--for', '1h', '--because', '  ']],
  [['deny', 'req_1']],
  [['approve', 'req_1']],
  [['approve', 'req_1', '--for', 'long', '--yes']],
  [['comment', 'req_1']],
  [['ask-back', 'req_1']],
  [['exec', 'prod/admin']],
  [['creds', 'prod/admin', '--format', 'xml']],
  [['creds', 'prod/admin', '--format', 'env', '--json']],
  [['audit', '--from', 'yesterday']],
  [['aws', 'configure', 'a/b', 'c/d', '--profile', 'x']],
  [['aws', 'configure', 'a/b;id']],
  [['factor', 'verify']],
  [[]],
])('a usage error exits with 2 and says nothing on stdout: daypass %j', async (args) => {
  await using home = await newHome(nowhere, 'token');
  const { code, stdout, stderr } = await runDaypass(args, home.env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toBe('');
});

test('an unknown command is told which there are', async () => {
  await using home = await newHome(nowhere);
  const { stderr } = await runDaypass(['agent'], home.env);
  expect(stderr).toContain("unknown command 'agent'");
  expect(stderr).toMatch(/The commands are: .*creds, exec, console, aws configure, audit/);
});

test('a refused duration is answered with an example', async () => {
  await using home = await newHome(nowhere);
  const args = ['request', 'a/b', '--for', '15 potatoes', '--because', 'x'];
  expect((await runDaypass(args, home.env)).stderr).toContain('15m or 1h30m');
});

test('no server, or one that the token must not go to, exits with 78', async () => {
  for (const url of ['', 'http://daypass.example.com', 'ftp://x', 'https://user:pw@x', 'not a url']) {
    await using home = await newHome(url, 'token');
    expect(await runDaypass(['whoami'], home.env)).toMatchObject({ code: 78, stdout: '' });
  }
});

test('a server that cannot be reached exits with 6', async () => {
  const gone = await startFakeDaypass();
  await gone[Symbol.asyncDispose]();
  await using home = await newHome(gone.url, 'token');
  expect(await runDaypass(['whoami'], home.env)).toMatchObject({
    code: 6,
    stdout: '',
    stderr: `daypass: ${gone.url} cannot be reached (ECONNREFUSED): try again in a moment\n`,
  });
});

test('an answer of the server decides the exit code, and a fault of its own names the call', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const expected = [
    [400, 2],
    [403, 3],
    [404, 3],
    [409, 3],
    [422, 3],
    [429, 6],
    [500, 6],
    [503, 6],
  ] as const;
  for (const [status, code] of expected) {
    fake.on('GET /v1/me', problem(status, 'x', 'What to do.\u001b[2J'));
    const ended = await runDaypass(['whoami'], home.env);
    const id = status >= 500 ? ' (request id call_123)' : '';
    expect(ended).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: `daypass: What to do.\\u{1b}[2J${id}\n`,
    });
  }
});

test('the token goes nowhere else: a redirect is not followed, and what is not JSON is not shown', async () => {
  await using other = await startFakeDaypass();
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  fake.on('GET /v1/me', { status: 302, headers: { location: `${other.url}/v1/me` } });
  expect(await runDaypass(['whoami'], home.env)).toMatchObject({ code: 6, stdout: '' });
  expect(other.calls).toEqual([]);
  fake.on('GET /v1/me', { body: '<html>', headers: { 'content-type': 'text/html' } });
  expect(await runDaypass(['whoami'], home.env)).toMatchObject({ code: 6, stdout: '' });
});

test('--version is that of the package, and the help gives lengths of time as they are typed', async () => {
  await using home = await newHome(nowhere);
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await runDaypass(['--version'], home.env)).toMatchObject({ code: 0, stdout: `${version}\n` });
  for (const command of ['wait', 'exec', 'request'])
    expect((await runDaypass([command, '--help'], home.env)).stdout).toContain('(default: 30m)');
});
