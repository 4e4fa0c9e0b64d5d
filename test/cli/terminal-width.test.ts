import stringWidth from 'fast-string-width';
import { expect, test } from 'vitest';
import { shorten } from '../../src/cli/display/shorten.ts';
import { runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { aGrant, aRequest, pageOf, waits } from './answers.ts';
import { type FakeDaypass, problem, startFakeDaypass } from './fake-daypass.ts';
import { newHome } from './run-daypass.ts';

const endsAt = '2026-11-22T11:00:00Z';
const requestId = 'req_01kas7mvh5x8w2r4t6y8z0abcd';
const grantId = 'grt_01kas7mvh5x8w2r4t6y8z0abcd';
const reason = 'Rotate the 証明書 of the ingress before it expires tonight, as agreed in the stand-up';
const people = ['Avery', 'Blake', 'Casey', 'Drew'].map((name, index) => ({ id: `prs_${index}`, name }));

function full(fake: FakeDaypass): void {
  const waitingFor = [waits({ needed: 2, people })];
  fake.on('GET /v1/requests', pageOf(aRequest({ id: requestId, reason, waitingFor })));
  fake.on('GET /v1/grants', pageOf(aGrant({ id: grantId, failure: reason, state: 'failed', endsAt })));
}

async function run(
  fake: FakeDaypass,
  args: readonly string[],
  terminal: Partial<Terminal>,
): Promise<{ code: number; out: string; err: string }> {
  await using home = await newHome(fake.url, 'token');
  let [out, err] = ['', ''];
  const code = await runProgram(args, {
    env: home.env,
    now: () => new Date('2026-11-22T10:12:00Z'),
    later: () => () => undefined,
    terminal: { out: (text) => (out += text), err: (text) => (err += text), person: false, ...terminal },
  });
  return { code, out, err };
}

test.each([80, 100])(
  'on a terminal of %i columns no line of a table wraps, and ids and times stay whole',
  async (outColumns) => {
    await using fake = await startFakeDaypass();
    full(fake);
    const lists = [
      ['requests', [requestId, '12m ago', 'pending']],
      ['requests --all', [requestId, '12m ago', 'pending']],
      ['grants', [grantId, 'in 48m']],
      ['grants --all', [grantId, 'in 48m']],
    ] as const;
    for (const [list, whole] of lists) {
      const { code, out } = await run(fake, list.split(' '), { outColumns });
      expect(code).toBe(0);
      for (const line of out.trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(outColumns);
      for (const text of whole) expect(out).toContain(text);
      expect(out).toContain('…');
    }
  },
);

test('facts about one thing go on below themselves on a terminal, broken between words alone', async () => {
  await using fake = await startFakeDaypass();
  const waitingFor = [waits({ needed: 2, people })];
  fake.on('GET /v1/requests/req_1', {
    body: aRequest({ id: requestId, reason, waitingFor, state: 'denied' }),
  });
  const { out } = await run(fake, ['wait', 'req_1'], { outColumns: 80 });
  for (const line of out.trimEnd().split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
  expect(out).toContain(requestId);
  expect(out.replaceAll(/\n +/g, ' ')).toContain(reason);
  const piped = await run(fake, ['wait', 'req_1'], {});
  expect(piped.out).toContain(reason);
});

test('what is piped is written in full', async () => {
  await using fake = await startFakeDaypass();
  full(fake);
  for (const list of ['requests', 'grants']) {
    const { out } = await run(fake, [list], { columns: 80 });
    expect(out).toContain(reason);
    expect(out).not.toContain('…');
  }
});

test("a list of one's own has no column for who it is", async () => {
  await using fake = await startFakeDaypass();
  full(fake);
  for (const list of ['requests', 'grants']) {
    expect((await run(fake, [list], {})).out).not.toContain('Erin');
    const { out } = await run(fake, [list, '--all'], {});
    expect(out).toContain('WHO');
    expect(out).toContain('Erin');
  }
  expect((await run(fake, ['requests', '--to-review'], {})).out).toContain('Erin');
});

test('the lines that tell whom exec waits for fit the terminal', async () => {
  await using fake = await startFakeDaypass();
  const request = aRequest({
    id: requestId,
    waitingFor: [waits({ needed: 2, people })],
  });
  fake.on('GET /v1/grants', pageOf());
  fake.on('GET /v1/requests', pageOf(request));
  let looks = 0;
  fake.on(`GET /v1/requests/${requestId}`, () => ({
    body: looks++ === 0 ? request : { ...request, state: 'denied', waitingFor: [] },
  }));
  const { code, err } = await run(fake, ['exec', 'prod/admin', '--', 'true'], { person: true, columns: 60 });
  expect(code).toBe(3);
  const lines = err.split(/\n|\r\u001b\[2K/);
  expect(lines.filter((line) => line.includes('waits for'))).toHaveLength(2);
  for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60);
});

test('a person who may not review is not asked to confirm, and sees why', async () => {
  await using fake = await startFakeDaypass();
  fake.on('GET /v1/requests/req_1', { body: aRequest({ mayReview: false }) });
  fake.on('POST /v1/requests/req_1/reviews', problem(403, 'forbidden', 'Nobody approves their own request.'));
  expect(await run(fake, ['approve', 'req_1'], { person: true })).toEqual({
    code: 3,
    out: '',
    err: 'daypass: Nobody approves their own request.\n',
  });
});

test('a cut text is as wide as it may be, never wider, and never ends within a character', () => {
  expect(shorten('short', 5)).toBe('short');
  expect(shorten('longer', 5)).toBe('long…');
  expect(shorten('証明書', 4)).toBe('証…');
  expect(shorten('ab👩‍💻cd', 4)).toBe('ab…');
  expect(shorten('x', 0)).toBe('');
});
