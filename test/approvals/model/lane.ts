import type { ApprovalsDeps } from '../../../src/approvals/deps.ts';
import { notify } from '../../../src/approvals/notice.ts';
import { createTransact } from '../../../src/audit/unit-of-work.ts';
import type { BrokerDeps } from '../../../src/broker/deps.ts';
import { createRoleTarget } from '../../../src/broker/targets/role.ts';
import type { Pool } from '../../../src/db/pool.ts';
import { handOver } from '../../../src/hand-over.ts';

/** One replica of the service: connections of its own. */
export interface Lane {
  readonly approvals: ApprovalsDeps;
  readonly broker: BrokerDeps;
}

/** Approvals and the broker over connections of their own, joined as in production. */
export function lane(
  pool: Pool,
  clock: () => Date,
  auditKey: { id: string; key: Buffer },
  around: Pick<ApprovalsDeps, 'catalog' | 'onCall'>,
): Lane {
  const transact = createTransact({
    db: pool.db,
    clock,
    auditKey,
    // Jobs are hints: the model runs what they would, in any order.
    jobs: { enqueue: () => Promise.resolve([]) },
  });
  const joined = handOver(around);
  const never = () => Promise.reject(new Error('there is no AWS here'));
  return {
    approvals: { db: pool.db, transact, clock, tickets: null, notify, ...joined.approvals },
    broker: {
      db: pool.db,
      transact,
      clock,
      targets: {
        role: createRoleTarget({ db: pool.db, clock, assumeRole: never }),
        'permission-set': { activate: never, takeAway: never, removeOrphans: never, compare: never },
      },
      ...joined.broker,
    },
  };
}
