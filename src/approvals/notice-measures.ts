import { count, isNull, min } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { notices } from '../db/schema.ts';

/** How notices stand, as totals. */
export interface NoticeMeasures {
  readonly undelivered: number;
  /** How long the oldest of them has waited, in seconds; 0 when there is none. */
  readonly oldestSeconds: number;
}

export async function readNoticeMeasures(queries: Queries, now: Date): Promise<NoticeMeasures> {
  const [row] = await queries
    .select({ undelivered: count(), oldest: min(notices.createdAt) })
    .from(notices)
    .where(isNull(notices.deliveredAt));
  const oldest = row?.oldest ?? now;
  return {
    undelivered: row?.undelivered ?? 0,
    oldestSeconds: Math.max(0, (now.getTime() - oldest.getTime()) / 1000),
  };
}
