import type { Transact } from '../audit/unit-of-work.ts';
import type { OwnNames } from '../catalog/policy/guards.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import type { Targets } from './targets/target.ts';

/** What the use cases of the broker work with. */
export interface BrokerDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  readonly targets: Targets;
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
