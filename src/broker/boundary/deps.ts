import type { Transact } from '../../audit/unit-of-work.ts';
import type { BoundaryPolicy } from '../../aws/boundary-policy.ts';
import type { PermissionSet } from '../../aws/identity-center.ts';
import type { Clock } from '../../db/clock.ts';
import type { Database } from '../../db/pool.ts';

/** What is counted of the writing of boundary policies. It must not throw. */
export interface BoundaryObserver {
  /**
   * A policy was looked at in AWS. `written`: a new version is in force and read back; `unchanged`: it was as it should be;
   * `partial`: the same, and some denies could not be confirmed; `failed`: it is not known to be as it should be.
   */
  looked(outcome: 'written' | 'unchanged' | 'partial' | 'failed'): void;
  /** The deny of one grant was read back. @param seconds since its early end */
  confirmed(seconds: number): void;
  /** So many grants were denied together with all older sessions of their role: the policy had no more room. */
  roleWide(accountId: string, grants: number): void;
}

/** What writes the boundary policies works with. */
export interface BoundaryDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
  /** The boundary policy of an account. Nothing is asked of AWS until it is used. */
  readonly policyOf: (accountId: string) => Promise<BoundaryPolicy>;
  /** What AWS says of a permission set; rejects while it cannot be asked. */
  readonly permissionSet: (permissionSetArn: string, accountId: string) => Promise<PermissionSet>;
  /** Name of the boundary policy in every account, with its path, if any, and no leading slash. */
  readonly policyName: string;
  /** Tells this process apart from the others as a writer; an id of its own for each start. */
  readonly writer: string;
  /** From 0 to 1: spreads what is tried again, so that many do not come back at once. */
  readonly random: () => number;
  /** Told of faults that are tried again by themselves. For the log; it must not throw. */
  readonly report?: (error: unknown, accountId: string) => void;
  readonly observe?: BoundaryObserver;
}
