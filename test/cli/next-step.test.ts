import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import { aGrant, aRequest, pageOf } from './answers.ts';
import { startFakeDaypass } from './fake-daypass.ts';
import { MovableTime, runAt } from './issuing.ts';
import { newHome, runDaypass } from './run-daypass.ts';

const ask = ['request', 'prod/admin', '--for', '1h', '--because', 'x'];
const person = { person: true, columns: 80 };

test('whoever asks at a terminal is told what comes next, at each step', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const time = new MovableTime();
  fake.on('POST /v1/requests', { status: 201, body: aRequest() });
  fake.on('GET /v1/requests', pageOf(aRequest()));
  expect((await runAt(home, time, ask, person)).err).toBe(
    'Next: daypass wait req_1 waits for the answer; daypass cancel req_1 takes it back.\n',
  );
  const { id, entitlement, state, startsAt, endsAt } = aGrant();
  const grants = [{ id, entitlement, state, startsAt, endsAt }];
  fake.on('GET /v1/requests/req_1', { body: aRequest({ state: 'approved', waitingFor: [], grants }) });
  const approved = await runAt(home, time, ['wait', 'req_1'], person);
  expect(approved.err).toContain('Next: daypass exec prod/admin -- aws s3 ls');
  // The grant is in the prompt from now on, without a look at the server.
  expect((await runAt(home, time, ['status', '--prompt'])).out).toMatch(/^prod\/admin:\d+h/);
  // Programs are told nothing beside the result.
  expect((await runAt(home, time, ['wait', 'req_1'])).err).toBe('');
  expect((await runAt(home, time, [...ask, '--json'], person)).err).toBe('');
});

test('somebody who asks for the same again is told of the requests that wait already', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const time = new MovableTime();
  fake.on('POST /v1/requests', {
    status: 201,
    body: aRequest({ id: 'req_3', pendingSame: ['req_1', 'req_2'] }),
  });
  expect((await runAt(home, time, ask)).err).toBe(
    'daypass: req_1, req_2 ask for prod/admin already and are pending: take back what is too much, such as daypass cancel req_1\n',
  );
  expect(fake.called()).toEqual(['POST /v1/requests']);
});

test('while waiting one line says whom for, since when and how much longer, and fits the terminal', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  let looks = 0;
  fake.on('GET /v1/requests/req_1', () => ({
    body: looks++ === 0 ? aRequest() : aRequest({ state: 'denied', waitingFor: [] }),
  }));
  const { err } = await runAt(home, new MovableTime(), ['wait', 'req_1', '--timeout', '10m'], person);
  const lines = err.split(/\r\u001b\[2K|\n/);
  expect(lines).toContain('0s, 10m left: req_1 waits for Avery (prod-approvers)');
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(80);
});

test('a sign-in says so, with the address, when no browser could be opened', async () => {
  for (const browser of ['/not/there', 'false']) {
    await using fake = await startFakeDaypass();
    await using home = await newHome(fake.url);
    const { err, killed } = await untilTold(fake.url, { ...home.env, BROWSER: browser });
    expect(killed).toBe('SIGTERM');
    const [, address = ''] =
      /No browser could be opened: open this address yourself\n(\S+)\n/.exec(err) ?? [];
    expect(address).toContain(`${fake.url}/oauth/authorize?`);
    // Once at the beginning, and once more where it is needed.
    expect(err.split(address)).toHaveLength(3);
  }
});

async function untilTold(
  url: string,
  env: Record<string, string>,
): Promise<{ err: string; killed: string | null }> {
  const { stderr, signal } = await runDaypass(['login', '--url', url], env, {
    onStderr: (text, kill) => {
      if (/yourself\n\S+\n/.test(text)) kill('SIGTERM');
    },
  });
  return { err: stderr, killed: signal };
}
