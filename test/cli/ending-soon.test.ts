import { expect, test } from 'vitest';
import type { Context } from '../../src/cli/context.ts';
import { warnBeforeEnd } from '../../src/cli/credentials/end-warning.ts';
import { aGrant, aRequest, aSession, pageOf } from './answers.ts';
import { meOf, startFakeDaypass } from './fake-daypass.ts';
import { issueSessions, MovableTime, runAt, timesIssued } from './issuing.ts';
import { newHome } from './run-daypass.ts';

const askForMore = 'ask for more with daypass extend prod/admin --for 1h --because "…"';
const terminal = { columns: 80 };

/** Timers that run when a test moves its time; a computer that sleeps moves on without them. */
class MovableTimers {
  readonly time = new MovableTime();
  #timers: { at: number; run: () => void }[] = [];

  later = (milliseconds: number, run: () => void): (() => void) => {
    const timer = { at: this.time.now().getTime() + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  move(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.time.move(1);
      this.#runDue();
    }
  }

  sleep(seconds: number): void {
    this.time.move(seconds);
    this.#runDue();
  }

  get waiting(): number {
    return this.#timers.length;
  }

  #runDue(): void {
    const now = this.time.now().getTime();
    for (const timer of this.#timers.filter(({ at }) => at <= now)) {
      this.#timers = this.#timers.filter((other) => other !== timer);
      timer.run();
    }
  }
}

function watched(timers: MovableTimers, secondsLeft: number, grantSecondsLeft: number) {
  let err = '';
  const context: Context = {
    env: {},
    json: false,
    url: undefined,
    now: () => timers.time.now(),
    later: timers.later,
    terminal: { person: true, out: () => undefined, err: (text) => (err += text) },
  };
  const stop = warnBeforeEnd(context, 'prod/admin', {
    grant: { id: 'grt_1', endsAt: timers.time.after(grantSecondsLeft) },
    credentials: {
      ...aSession.credentials,
      accountId: '111122223333',
      expiration: timers.time.after(secondsLeft),
    },
  });
  return { said: () => err, stop };
}

test('five minutes before the end of a grant it is told once, with what to do', () => {
  const timers = new MovableTimers();
  const { said } = watched(timers, 1800, 1800);
  timers.move(1499);
  expect(said()).toBe('');
  timers.move(1);
  expect(said()).toBe(`daypass: access to prod/admin ends in 5m: ${askForMore}\n`);
  timers.move(600);
  expect(said().split('\n')).toHaveLength(2);
  expect(timers.waiting).toBe(0);
});

test('credentials that end before their grant are told apart: another run gives new ones', () => {
  const timers = new MovableTimers();
  const { said } = watched(timers, 900, 7200);
  timers.move(600);
  expect(said()).toBe(
    'daypass: these credentials for prod/admin end in 5m, the grant goes on until 2026-11-22 12:00:00Z: run this again for new ones\n',
  );
});

test('a computer that slept through the moment tells it when it wakes, unless it is all over by then', () => {
  const late = new MovableTimers();
  const woken = watched(late, 1800, 1800);
  late.move(60);
  late.sleep(1600);
  expect(woken.said()).toContain('ends in 2m20s');
  const tooLate = new MovableTimers();
  const over = watched(tooLate, 1800, 1800);
  tooLate.sleep(4000);
  expect(over.said()).toBe('');
  expect(tooLate.waiting).toBe(0);
});

test('once what was watched is over nothing is told any more', () => {
  const timers = new MovableTimers();
  const { said, stop } = watched(timers, 1800, 1800);
  timers.move(60);
  stop();
  timers.move(1700);
  expect(said()).toBe('');
});

test('creds and exec warn on a terminal when less than five minutes are left, and are silent for programs', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const time = new MovableTime();
  issueSessions(fake, time, { grant: aGrant({ endsAt: time.after(240) }) });
  const warning = `daypass: access to prod/admin ends in 4m: ${askForMore}\n`;
  const run = [process.execPath, '-e', '0'];
  for (const args of [
    ['creds', 'prod/admin'],
    ['exec', 'prod/admin', '--', ...run],
  ]) {
    expect(await runAt(home, time, args, terminal)).toMatchObject({ code: 0, err: warning });
    expect(await runAt(home, time, args)).toMatchObject({ code: 0, err: '' });
  }
  expect(timesIssued(fake)).toBe(1);
});

test('status says what to do about a grant that ends soon, and whom a request waits for and how long', async () => {
  await using fake = await startFakeDaypass();
  await using home = await newHome(fake.url, 'token');
  const time = new MovableTime();
  fake.on('GET /v1/me', meOf);
  fake.on('GET /v1/grants', pageOf(aGrant({ endsAt: time.after(240) })));
  fake.on('GET /v1/requests', ({ query }) =>
    query.get('mine') === null ? pageOf() : pageOf(aRequest({ expiresAt: time.after(7200) })),
  );
  const { out } = await runAt(home, time, ['status']);
  expect(out).toContain(`prod/admin active, ends in 4m: ${askForMore}`);
  expect(out).toContain('req_1 for prod/admin: Avery (prod-approvers), expires in 2h');
});
