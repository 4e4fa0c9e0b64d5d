import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ledger } from './client.ts';
import { createEntrance, look, type Phase, phases, type Sight } from './phases.ts';
import type { Seen } from './postgres-proxy.ts';
import type { Site } from './site.ts';

export interface Kill {
  /** The phase it counts for: the one aimed at, which was seen; of a kill at random the last of those that were. */
  readonly phase: Phase;
  /** Null: at a random moment. */
  readonly aim: Phase | null;
  /** All that stood in any phase when the process was gone. */
  readonly sight: Sight;
}

export interface Killer {
  readonly onStatement: (seen: Seen) => void;
  readonly onAssumeRole: (moment: 'arrived' | 'answered') => void;
  /**
   * Stops Daypass dead (SIGSTOP) the moment it enters the phase, looks what stands where, and ends it with SIGKILL; it does
   * no more between the two. When no session is issuing, or the phase was left already, it lets it run on and tries again.
   */
  kill(site: Site, ledger: Ledger, aim: Phase | null): Promise<Kill>;
}

const mostTries = 400;
// What was sent off before the stop has arrived everywhere by then.
const quietMs = 25;

export function createKiller(random: () => number): Killer {
  let bornAt = '-infinity';
  let trigger: ((phase: Phase) => void) | null = null;
  const enter = (phase: Phase): void => trigger?.(phase);

  const nextEntry = (aim: Phase, stop: () => void): Promise<void> =>
    new Promise((resolve) => {
      trigger = (phase) => {
        if (phase !== aim) return;
        trigger = null;
        stop();
        resolve();
      };
    });

  return {
    onStatement: createEntrance(enter),
    onAssumeRole: (moment) => enter(moment === 'arrived' ? 'asking' : 'answered'),
    async kill(site, ledger, aim) {
      const { database, front, stack } = site;
      const { daypass } = stack;
      await pause(150 + random() * 400);
      for (let tries = 0; tries < mostTries; tries++) {
        if (daypass.exitCode !== null || daypass.signalCode !== null)
          throw new Error(`Daypass ended by itself: ${daypass.exitCode ?? daypass.signalCode}`);
        let answered: ReadonlySet<string> = new Set();
        const stop = () => {
          daypass.kill('SIGSTOP');
          answered = new Set(
            [...front.calls.values()].filter((c) => c.answered).map((c) => c.roleSessionName),
          );
        };
        if (aim === null) {
          await pause(random() * 100);
          stop();
        } else await nextEntry(aim, stop);
        await pause(quietMs);
        const sight = await look({
          database,
          bornAt,
          calls: front.calls,
          answered,
          received: ledger.received,
        });
        const phase = aim ?? phases.findLast((one) => sight[one] > 0);
        if (sight.issuing > 0 && phase !== undefined && sight[phase] > 0) {
          const gone = once(daypass, 'exit');
          daypass.kill('SIGKILL');
          await gone;
          const { rows } = await database.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
          bornAt = rows[0]?.now ?? bornAt;
          return { phase, aim, sight };
        }
        daypass.kill('SIGCONT');
        await pause(5 + random() * 40);
      }
      throw new Error(`no moment was found to kill in phase ${aim ?? 'any'} with a session issuing`);
    },
  };
}
