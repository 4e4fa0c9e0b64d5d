import type { Transact } from '../../audit/unit-of-work.ts';
import type { Catalog } from '../../catalog/types.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';
import type { LookDeps } from './look-account.ts';

/** What looking at AWS beforehand works with. */
export interface PreflightDeps extends LookDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  /** The catalog in force now. */
  readonly catalog: () => Catalog;
  /** Tells this process apart from the others; an id of its own for each start. */
  readonly looker: string;
  /** Told of faults that are tried again by themselves. For the log; it must not throw. */
  readonly report?: (error: unknown, accountId: string) => void;
}
