import { runProgram } from '../../src/cli/program.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { Grant, Session } from '../../src/cli/api.ts';
import { aGrant, aSession, pageOf } from './answers.ts';
import type { FakeDaypass } from './fake-daypass.ts';
import type { Home } from './run-daypass.ts';

/** A time that a test moves, in whole seconds from its beginning. */
export class MovableTime {
  readonly #start: number;
  #seconds = 0;

  constructor(start = '2026-11-22T10:00:00Z') {
    this.#start = Date.parse(start);
  }

  move(seconds: number): void {
    this.#seconds += seconds;
  }

  now(): Date {
    return new Date(this.#start + this.#seconds * 1000);
  }

  /** RFC 3339. */
  after(seconds: number): string {
    return new Date(this.now().getTime() + seconds * 1000).toISOString();
  }
}

export interface Issuing {
  /** Seconds of a session of ordinary length. */
  sessionSeconds: number;
  grant: Grant;
}

/** Has the fake issue sessions under one active grant, ASIA1, ASIA2 and so on, none longer than the grant. */
export function issueSessions(fake: FakeDaypass, time: MovableTime, options: Partial<Issuing> = {}): Issuing {
  const issuing: Issuing = {
    sessionSeconds: 1800,
    grant: aGrant({ endsAt: time.after(8 * 3600) }),
    ...options,
  };
  let count = 0;
  fake.on('GET /v1/grants', () => pageOf(issuing.grant));
  const issue = () => ({ status: 201, body: session(++count) });
  const session = (number: number): Session => {
    const ends = Math.min(
      time.now().getTime() + issuing.sessionSeconds * 1000,
      Date.parse(issuing.grant.endsAt),
    );
    const expiration = new Date(ends).toISOString();
    const credentials = { ...aSession.credentials, accessKeyId: `ASIA${number}`, expiration };
    return { ...aSession, grantId: issuing.grant.id, credentials, endsAt: expiration };
  };
  for (const id of ['grt_1', 'grt_2']) fake.on(`POST /v1/grants/${id}/sessions`, issue);
  return issuing;
}

/** How many sessions were asked for. */
export function timesIssued(fake: FakeDaypass): number {
  return fake.calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/sessions')).length;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process, at the test's time. */
export async function runAt(
  home: Home,
  time: MovableTime,
  args: readonly string[],
  terminal: Partial<Terminal> = {},
  later: (milliseconds: number, run: () => void) => () => void = () => () => undefined,
): Promise<Said> {
  let [out, err] = ['', ''];
  const code = await runProgram(args, {
    env: home.env,
    now: () => time.now(),
    later,
    terminal: { out: (text) => (out += text), err: (text) => (err += text), person: false, ...terminal },
  });
  return { code, out, err };
}

/** The access key id that `creds` prints. */
export async function keyAt(home: Home, time: MovableTime, entitlement = 'prod/admin'): Promise<string> {
  const { code, out, err } = await runAt(home, time, ['creds', entitlement]);
  if (code !== 0) throw new Error(`creds ended with ${code}: ${err}`);
  return (JSON.parse(out) as { AccessKeyId: string }).AccessKeyId;
}
