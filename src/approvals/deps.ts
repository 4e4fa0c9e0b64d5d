import type { Transact, Work } from '../audit/unit-of-work.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Clock } from '../db/clock.ts';
import type { Database } from '../db/pool.ts';
import type { grants } from '../db/schema.ts';
import type { Notify } from './notice.ts';
import type { OnCallNow } from './on-call.ts';
import type { TicketValidator } from './tickets.ts';

/** What the use cases of this folder work with. */
export interface ApprovalsDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  /** The catalog in force now. */
  readonly catalog: () => Catalog;
  /** Who is on call now, or at another time, as far as this process knows. */
  readonly onCall: (at?: Date) => OnCallNow;
  /**
   * Makes a grant active in the transaction that schedules it, where its time has come and nothing is to be done outside for
   * it. False: it waits for its job.
   */
  readonly activateAtOnce: (work: Work, grant: typeof grants.$inferSelect) => Promise<boolean>;
  /**
   * Ends the grants of a request before they have begun, in the transaction that takes its approval back. Throws Refusal
   * conflict when access was made for one of them.
   */
  readonly undoGrants: (work: Work, undone: { readonly requestId: string }) => Promise<void>;
  /** Moves the end of a live grant in the transaction that approves it. Throws Refusal not_possible. */
  readonly extendGrant: (
    work: Work,
    extension: {
      readonly grantId: string;
      readonly requestId: string;
      readonly from: string;
      readonly durationSeconds: number;
      readonly rule: string;
      readonly catalogVersion: string;
    },
  ) => Promise<void>;
  /** Says whether tickets are good; null: none is configured, and no catalog in force wants one. Never asked in a transaction. */
  readonly tickets: TicketValidator | null;
  /** Tells people of the change, in its transaction. */
  readonly notify: Notify;
}

/** One page of a list; `next` is the cursor of the following one, null on the last. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}
