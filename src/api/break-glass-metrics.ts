import type { Gauge } from 'prom-client';
import { readBreakGlassMeasures } from '../approvals/break-glass-measures.ts';
import type { Clock } from '../db/clock.ts';
import type { Queries } from '../db/pool.ts';
import { measuredGauges } from './measured.ts';

/** How often the glass was broken, as totals of the whole database. No names, no ids. */
export function createBreakGlassMetrics({
  db,
  clock,
}: {
  readonly db: Queries;
  readonly clock: Clock;
}): readonly Gauge[] {
  const gauge = measuredGauges(clock, (now) => readBreakGlassMeasures(db, now));
  return [
    gauge('daypass_break_glass_total', 'Uses of break-glass, ever.', (read) => read.uses),
    gauge('daypass_follow_ups_owed', 'Uses that nobody has looked at yet.', (read) => read.owed),
    gauge('daypass_follow_ups_overdue', 'Those of them that are overdue.', (read) => read.overdue),
  ];
}
