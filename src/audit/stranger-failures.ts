import { sql } from '../db/drizzle.ts';
import type { Clock } from '../db/clock.ts';
import type { Queries } from '../db/pool.ts';
import { strangerFailures } from '../db/schema.ts';

/** Counts one failure of a caller nobody knows: what went wrong, and from which network address. */
export type CountStranger = (kind: string, source: string) => void;

export interface StrangerFailures {
  readonly count: CountStranger;
  /** Writes what was counted since the last time. */
  flush(queries: Queries): Promise<void>;
}

// Beyond this many different sources in one interval the rest are counted together: noise must not fill the memory either.
const mostSources = 1_000;
const others = 'others';

/** Counts by source, minute and kind in memory; `flush` adds the counts to the table. */
export function createStrangerFailures(clock: Clock): StrangerFailures {
  let counts = new Map<string, { source: string; minute: Date; kind: string; count: number }>();
  return {
    count(kind, address) {
      const minute = new Date(Math.floor(clock().getTime() / 60_000) * 60_000);
      let source = address;
      let key = `${source}\0${minute.getTime()}\0${kind}`;
      if (!counts.has(key) && counts.size >= mostSources) {
        source = others;
        key = `${source}\0${minute.getTime()}\0${kind}`;
      }
      const entry = counts.get(key) ?? { source, minute, kind, count: 0 };
      entry.count += 1;
      counts.set(key, entry);
    },
    async flush(queries) {
      const batch = [...counts.values()];
      if (batch.length === 0) return;
      counts = new Map();
      await queries
        .insert(strangerFailures)
        .values(batch)
        .onConflictDoUpdate({
          target: [strangerFailures.source, strangerFailures.minute, strangerFailures.kind],
          set: { count: sql`${strangerFailures.count} + excluded.count` },
        });
    },
  };
}
