import { and, count, eq, lte, ne } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { followUps, requests } from '../db/schema.ts';

/** How often the glass was broken, and what is still to be looked at. */
export interface BreakGlassMeasures {
  readonly uses: number;
  readonly owed: number;
  /** Of those owed, the ones that are due. */
  readonly overdue: number;
}

export async function readBreakGlassMeasures(queries: Queries, now: Date): Promise<BreakGlassMeasures> {
  const open = ne(followUps.state, 'done');
  const [[uses], [owed], [overdue]] = await Promise.all([
    queries.select({ n: count() }).from(requests).where(eq(requests.basis, 'break-glass')),
    queries.select({ n: count() }).from(followUps).where(open),
    queries
      .select({ n: count() })
      .from(followUps)
      .where(and(open, lte(followUps.dueAt, now))),
  ]);
  return { uses: uses?.n ?? 0, owed: owed?.n ?? 0, overdue: overdue?.n ?? 0 };
}
