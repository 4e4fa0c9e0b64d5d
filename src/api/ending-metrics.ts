import { Counter, Histogram, type Metric } from 'prom-client';
import type { BoundaryObserver } from '../broker/boundary/deps.ts';
import { readEndingMeasures } from '../broker/ending-measures.ts';
import type { Clock } from '../db/clock.ts';
import type { Queries } from '../db/pool.ts';
import { measuredGauges } from './measured.ts';

export interface EndingMetrics {
  /** What the writing of boundary policies tells. */
  readonly observer: BoundaryObserver;
  /** To be served with all others. */
  readonly metrics: readonly Metric[];
}

export interface EndingMetricsDeps {
  readonly db: Pick<Queries, 'execute'>;
  readonly clock: Clock;
  /** Told that all older sessions of a role were denied, for want of room. For the log; it must not throw. */
  readonly announceRoleWide: (accountId: string, grants: number) => void;
}

/** How endings stand, as totals of the whole database, and what this process did for them. No names, no ids. */
export function createEndingMetrics(deps: EndingMetricsDeps): EndingMetrics {
  const gauge = measuredGauges(deps.clock, (now) => readEndingMeasures(deps.db as Queries, now));
  const writes = new Counter({
    name: 'daypass_boundary_writes_total',
    help: 'Boundary policies that this process looked after in AWS, by outcome. written: a new version, read back. unchanged: it was as it should be. partial: some denies could not be confirmed. failed: it is not known to be as it should be.',
    labelNames: ['outcome'],
    registers: [],
  });
  for (const outcome of ['written', 'unchanged', 'partial', 'failed']) writes.inc({ outcome }, 0);
  const roleWide = new Counter({
    name: 'daypass_boundary_role_wide_total',
    help: 'Writes of this process that denied all older sessions of a role, because the boundary policy had no room for its grants one by one.',
    registers: [],
  });
  const seconds = new Histogram({
    name: 'daypass_deny_seconds',
    help: 'From an early end to the deny that was read back from AWS, in seconds, for those that this process confirmed.',
    buckets: [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800],
    registers: [],
  });
  return {
    observer: {
      looked: (outcome) => writes.inc({ outcome }),
      confirmed: (waited) => seconds.observe(waited),
      roleWide(accountId, grants) {
        roleWide.inc();
        deps.announceRoleWide(accountId, grants);
      },
    },
    metrics: [
      gauge(
        'daypass_endings_open',
        'Ends that AWS has not confirmed yet, and under which something can still be used: denies to read back, assignments to take away.',
        (read) => read.open,
      ),
      gauge(
        'daypass_endings_overdue',
        'Of these, the ones that wait for more than 60 seconds and that no operator silenced.',
        (read) => read.overdue,
      ),
      gauge(
        'daypass_ending_oldest_seconds',
        'How long the oldest of them has waited, silenced or not.',
        (read) => read.oldestSeconds,
      ),
      gauge(
        'daypass_boundaries_failing',
        'Accounts whose boundary policy could not be brought to what it should say.',
        (read) => read.boundariesFailing,
      ),
      gauge(
        'daypass_boundary_denies_max',
        'Most ended grants that the boundary policy of one account denies, or has to. A policy holds about 530 grants of roles, or about 15 of permission sets, less what else stands in it.',
        (read) => read.deniesMax,
      ),
      writes,
      roleWide,
      seconds,
    ],
  };
}
