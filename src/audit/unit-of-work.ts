import type { Clock } from '../db/clock.ts';
import { databaseFault, isClosed } from '../db/fault.ts';
import type { EnqueueOptions, JobName, JobPayloads, Jobs } from '../db/jobs.ts';
import type { Database, Queries } from '../db/pool.ts';
import { inTransaction, type Statement, type Transaction } from '../db/transaction.ts';
import { closedUntilConfirmed } from './closed.ts';
import type { AuditEvent, CallContext } from './event.ts';
import { type AuditKey, recordEvent, type Recorded, writeEvents } from './record.ts';
import { auditUnavailable } from './unavailable.ts';

/** What a use case works with inside its one transaction. */
export interface Work {
  readonly queries: Queries;
  /**
   * The instant this transaction decides at: read from the clock when it is first asked for, and the same from then on. Lock
   * first, then look at it: a time from before a wait for a lock would be one at which nothing was decided yet.
   */
  readonly now: Date;
  /**
   * Records an event; true if and only if the transaction commits. Returns the event's id. Events are written together at
   * the end, after everything else.
   */
  audit(event: AuditEvent): string;
  /** Writes without waiting for the answer: what is asked afterwards comes after it, and nothing is committed if it fails. */
  readonly write: Transaction['write'];
  /** Adds a job; it exists if and only if the transaction commits. */
  enqueue<N extends JobName>(name: N, payload: JobPayloads[N], options?: EnqueueOptions): Promise<void>;
}

/**
 * Runs `body` in one transaction. State, audit and jobs are one commit or nothing. The body may run again after a
 * deadlock, so it does nothing but read, decide and write; no external call belongs inside.
 * Throws Refusal `audit_unavailable` when Postgres cannot be reached or cannot commit, and when the answer to COMMIT was
 * lost: then the change stands, with its event, and nobody was told. Throws Refusal `closed` when Postgres refused to have
 * anything asked, answered, made active or issued until two operators confirm.
 */
export type Transact = <T>(context: CallContext, body: (work: Work) => Promise<T> | T) => Promise<T>;

export interface UnitOfWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly auditKey: AuditKey;
  readonly jobs: Pick<Jobs, 'enqueue'>;
}

const triesAfterDeadlock = 3;

interface OpenWork {
  readonly work: Work;
  /** What was put off to the end. */
  last(): readonly Statement[];
}

function openWork(deps: UnitOfWorkDeps, context: CallContext, { queries, write }: Transaction): OpenWork {
  let decidedAt: Date | undefined;
  const now = () => (decidedAt ??= deps.clock());
  const events: Recorded[] = [];
  const jobs: Statement[] = [];
  return {
    last: () => [...(events.length === 0 ? [] : [writeEvents(deps.auditKey, events)]), ...jobs],
    work: {
      queries,
      get now() {
        return now();
      },
      audit: (event) => {
        const recorded = recordEvent(deps.auditKey, context, now(), event);
        events.push(recorded);
        return recorded.id;
      },
      write,
      enqueue: async (name, payload, options = {}) => {
        jobs.push(...(await deps.jobs.enqueue(name, payload, later(options, now()))));
      },
    },
  };
}

// What is due already runs at once: workers are only woken for jobs whose time is not in the future, and the database's
// idea of the present began with the transaction, a little before `now`.
function later(options: EnqueueOptions, now: Date): EnqueueOptions {
  return options.at !== undefined && options.at > now ? options : {};
}

export function createTransact(deps: UnitOfWorkDeps): Transact {
  return async (context, body) => {
    for (let attempt = 1; ; attempt++) {
      try {
        let open: OpenWork | undefined;
        return await inTransaction(
          deps.db,
          'begin',
          async (transaction) => body((open = openWork(deps, context, transaction)).work),
          () => open?.last() ?? [],
        );
      } catch (error) {
        if (isClosed(error)) throw closedUntilConfirmed();
        const fault = databaseFault(error);
        if (fault === 'deadlock' && attempt < triesAfterDeadlock) continue;
        if (fault === 'unavailable' || fault === 'deadlock') {
          throw auditUnavailable();
        }
        throw error;
      }
    }
  };
}
