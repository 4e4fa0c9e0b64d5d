import { asc, eq } from '../db/drizzle.ts';
import type { Database, Queries } from '../db/pool.ts';
import { closureConfirmations, personalData } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type ClosureReason, type ClosureRow, openClosure } from './closure-row.ts';
import { whatToCheck } from './what-to-check.ts';

/** How many operators have to confirm. PostgreSQL holds the same number. */
export const confirmationsNeeded = 2;

/** A closure as operators and auditors see it. Times are RFC 3339 in UTC. */
export interface ClosureView {
  readonly id: string;
  readonly closedAt: string;
  readonly reason: ClosureReason;
  /** The newest event that was known outside of the database, and its time; null when the anchor could not be read. */
  readonly anchorEvent: string | null;
  readonly anchorTime: string | null;
  /** The newest event that the database had when it was closed, and its time. What happened between the two is lost. */
  readonly databaseEvent: string | null;
  readonly databaseTime: string | null;
  readonly openedAt: string | null;
  readonly confirmations: readonly {
    readonly person: { readonly id: string; readonly name: string | null };
    readonly because: string;
    readonly confirmedAt: string;
  }[];
  readonly confirmationsNeeded: number;
  /** What to look after before confirming. */
  readonly check: readonly string[];
}

/**
 * The closure that is open; null while Daypass is open. Throws Refusal `forbidden` for anybody but operators and auditors.
 */
export async function viewClosure(
  deps: { readonly db: Database },
  caller: Caller,
): Promise<ClosureView | null> {
  if (!caller.isOperator && !caller.isAuditor) {
    throw new Refusal('forbidden', 'Only operators and auditors may see why Daypass is closed.');
  }
  const row = await openClosure(deps.db);
  return row === null ? null : toView(deps.db, row);
}

export async function toView(queries: Pick<Queries, 'select'>, row: ClosureRow): Promise<ClosureView> {
  const confirmations = await queries
    .select({
      id: closureConfirmations.personId,
      name: personalData.name,
      because: closureConfirmations.because,
      confirmedAt: closureConfirmations.confirmedAt,
    })
    .from(closureConfirmations)
    .leftJoin(personalData, eq(personalData.personId, closureConfirmations.personId))
    .where(eq(closureConfirmations.closureId, row.id))
    .orderBy(asc(closureConfirmations.confirmedAt), asc(closureConfirmations.personId));
  return {
    id: row.id,
    closedAt: row.closedAt.toISOString(),
    reason: row.reason,
    anchorEvent: row.anchorEvent,
    anchorTime: row.anchorTime?.toISOString() ?? null,
    databaseEvent: row.databaseEvent,
    databaseTime: row.databaseTime?.toISOString() ?? null,
    openedAt: row.openedAt?.toISOString() ?? null,
    confirmations: confirmations.map(({ id, name, because, confirmedAt }) => ({
      person: { id, name },
      because,
      confirmedAt: confirmedAt.toISOString(),
    })),
    confirmationsNeeded,
    check: whatToCheck,
  };
}
