import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import { type NoticeMeasures, readNoticeMeasures } from './notice-measures.ts';

export interface NoticeAlarmDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Told when people are not told. For the log; it must not throw. */
  readonly alarm: (measures: NoticeMeasures) => void;
}

/** Looks whether notices wait for too long. Each replica does for itself. */
export interface NoticeAlarm {
  look(): Promise<void>;
}

// From when on the oldest notice that was not delivered is one too many.
const overdueAfterSeconds = 900;
const againAfterMs = 3_600_000;

/** Tells when the oldest has waited for 15 minutes, and again every hour while one has. */
export function createNoticeAlarm({ db, clock, alarm }: NoticeAlarmDeps): NoticeAlarm {
  let quietUntil = 0;
  return {
    async look() {
      const now = clock();
      const measures = await readNoticeMeasures(db, now);
      if (measures.oldestSeconds < overdueAfterSeconds) {
        quietUntil = 0;
        return;
      }
      if (now.getTime() < quietUntil) return;
      quietUntil = now.getTime() + againAfterMs;
      alarm(measures);
    },
  };
}
