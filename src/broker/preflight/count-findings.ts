import type { Database } from '../../db/pool.ts';
import { sql } from '../../db/drizzle.ts';
import type { Catalog } from '../../catalog/types.ts';
import { type FindingLevel, findingLevels } from './finding.ts';

/** How many findings of each level were seen last of what the catalog has. What is the account's own counts for each entitlement. */
export async function countFindings(
  db: Database,
  catalog: Catalog,
): Promise<ReadonlyMap<FindingLevel, number>> {
  const { rows } = await db.execute<{ level: string; count: string }>(sql`
    SELECT finding ->> 'level' AS level, count(*) AS count
    FROM preflight p, jsonb_array_elements(p.findings) AS finding
    WHERE p.entitlement IN (SELECT jsonb_array_elements_text(${JSON.stringify([...catalog.entitlements.keys()])}::jsonb))
    GROUP BY 1`);
  const counts = new Map(rows.map(({ level, count }) => [level, Number(count)]));
  return new Map(findingLevels.map((level) => [level, counts.get(level) ?? 0]));
}
