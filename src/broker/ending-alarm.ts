import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import { type OverdueEnding, readOverdueEndings } from './ending-measures.ts';

export interface EndingAlarmDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Told of each ending that is overdue, at growing intervals. For the log; it must not throw. */
  readonly alarm: (ending: OverdueEnding) => void;
  /** Told how many more are overdue than are told one by one, at growing intervals, too. */
  readonly more: (count: number) => void;
}

/** Looks for endings that are overdue, and tells of them. Each replica does for itself. */
export interface EndingAlarm {
  look(): Promise<void>;
}

// Told when it becomes overdue, then again after so many minutes, then every time after as many as the last.
const pausesMinutes = [5, 15, 60, 240] as const;
// Where more are overdue at once, one thing is wrong and not as many: the oldest stand for all.
const mostToldOneByOne = 20;
const mostLookedAt = 1_000;

interface Told {
  times: number;
  next: number;
}

/** What has been told is kept in this process alone: another one, or the next, tells once more. */
export function createEndingAlarm(deps: EndingAlarmDeps): EndingAlarm {
  const told = new Map<string, Told>();
  let others: Told | undefined;
  const due = (entry: Told | undefined, now: number): Told | undefined => {
    if (entry !== undefined && entry.next > now) return undefined;
    const times = (entry?.times ?? 0) + 1;
    const pause = pausesMinutes[times - 1] ?? pausesMinutes[pausesMinutes.length - 1] ?? 0;
    return { times, next: now + pause * 60_000 };
  };
  return {
    async look() {
      const now = deps.clock();
      const overdue = await readOverdueEndings(deps.db, now, mostLookedAt);
      const still = new Set(overdue.map(({ grantId }) => grantId));
      for (const id of told.keys()) if (!still.has(id)) told.delete(id);
      for (const ending of overdue.slice(0, mostToldOneByOne)) {
        const entry = due(told.get(ending.grantId), now.getTime());
        if (entry === undefined) continue;
        told.set(ending.grantId, entry);
        deps.alarm(ending);
      }
      const more = overdue.length - mostToldOneByOne;
      if (more <= 0) {
        others = undefined;
        return;
      }
      const entry = due(others, now.getTime());
      if (entry === undefined) return;
      others = entry;
      deps.more(more);
    },
  };
}
