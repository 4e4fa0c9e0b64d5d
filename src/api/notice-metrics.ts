import type { Gauge } from 'prom-client';
import { readNoticeMeasures } from '../approvals/notice-measures.ts';
import type { Clock } from '../db/clock.ts';
import type { Queries } from '../db/pool.ts';
import { measuredGauges } from './measured.ts';

/** How notices stand, as totals of the whole database. No names, no ids. */
export function createNoticeMetrics({
  db,
  clock,
}: {
  readonly db: Queries;
  readonly clock: Clock;
}): readonly Gauge[] {
  const gauge = measuredGauges(clock, (now) => readNoticeMeasures(db, now));
  return [
    gauge(
      'daypass_notices_undelivered',
      'Notices that were written and not delivered yet.',
      (read) => read.undelivered,
    ),
    gauge(
      'daypass_notice_oldest_seconds',
      'How long the oldest of them has waited.',
      (read) => read.oldestSeconds,
    ),
  ];
}
