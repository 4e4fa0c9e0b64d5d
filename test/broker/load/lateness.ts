import type { LogEntry } from '../../../dev/aws/log.ts';
import type { Fleet } from './fleet.ts';

/** From the commit of an early end to the read back of its deny, in milliseconds. */
export interface Lateness {
  /** As it was. */
  readonly whole: Spread;
  /** Without the time in which calls hung. */
  readonly beyondFaults: Spread;
}

export interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** @param timeLimitMs how long a call hangs before it is given up */
export async function readLateness(
  fleet: Fleet,
  log: readonly LogEntry[],
  timeLimitMs: number,
): Promise<Lateness> {
  const { rows } = await fleet.pool.raw.query<{ account: string; since: Date; confirmed: Date }>(
    `SELECT d.account_id AS account, g.ending_since AS since, d.confirmed_at AS confirmed
     FROM denies d JOIN grants g ON g.id = d.grant_id`,
  );
  const hung = new Map<string, number[]>();
  for (const { fault, time, service, caller, parameters } of log) {
    if (fault !== 'hang') continue;
    const arn = service === 'sts' ? String(parameters['RoleArn']) : (caller ?? '');
    const account = arn.split(':')[4] ?? '';
    hung.set(account, [...(hung.get(account) ?? []), new Date(time).getTime()]);
  }
  const whole = rows.map(({ since, confirmed }) => confirmed.getTime() - since.getTime());
  const beyond = rows.map(({ account, since, confirmed }, i) => {
    const waited = (hung.get(account) ?? []).reduce((sum, from) => {
      const overlap = Math.min(confirmed.getTime(), from + timeLimitMs) - Math.max(since.getTime(), from);
      return sum + Math.max(0, overlap);
    }, 0);
    return (whole[i] ?? 0) - waited;
  });
  return { whole: spread(whole), beyondFaults: spread(beyond) };
}

function spread(milliseconds: readonly number[]): Spread {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
