import type { Transact } from '../audit/unit-of-work.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';

/** What the use cases of this folder work with. */
export interface ApprovalsDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  /** The catalog in force now. */
  readonly catalog: () => Catalog;
}

/** One page of a list; `next` is the cursor of the following one, null on the last. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}
