import type { Transact, Work } from '../audit/unit-of-work.ts';
import type { OwnNames } from '../catalog/policy/guards.ts';
import type { Clock } from '../db/clock.ts';
import type { SQL } from '../db/drizzle.ts';
import type { Database, Queries } from '../db/pool.ts';
import type { Caller } from '../identity/caller.ts';
import type { Targets } from './targets/target.ts';

/** What the use cases of the broker work with. */
export interface BrokerDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly targets: Targets;
  /**
   * What speaks against activating a grant as things are now, in a sentence; null when nothing does. Approvals answer it, in the
   * transaction that activates.
   */
  readonly objectionTo: (
    work: Work,
    grant: { readonly requestId: string; readonly personId: string; readonly entitlement: string },
  ) => Promise<string | null>;
  /** The grants of others that the caller may see and end as their approver: a condition on rows of "grants". Approvals know. */
  readonly endableBy: (queries: Queries, caller: Caller, now: Date) => Promise<SQL>;
  /** What Daypass's own policy and roles are called in the target accounts; left out: as by default. */
  readonly ownNames?: OwnNames;
  /** Told of faults that are tried again by themselves (AWS out of reach, say). For the log; it must not throw. */
  readonly report?: (error: unknown, grantId: string) => void;
}

/** How a job was started. */
export interface RunOptions {
  /** The sweep looks again by itself: it adds no jobs, and leaves alone what another replica is working on. */
  readonly bySweep?: boolean;
}
