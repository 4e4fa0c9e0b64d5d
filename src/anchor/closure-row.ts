import { isNull } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { closures } from '../db/schema.ts';

export type ClosureRow = typeof closures.$inferSelect;
export type ClosureReason = ClosureRow['reason'];

/** The closure that is open: nothing leads to new access until two operators have confirmed. Null while Daypass is open. */
export async function openClosure(queries: Pick<Queries, 'select'>): Promise<ClosureRow | null> {
  const [row] = await queries.select().from(closures).where(isNull(closures.openedAt));
  return row ?? null;
}
