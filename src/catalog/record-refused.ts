import { systemContext } from '../audit/event.ts';
import type { Transact, Work } from '../audit/unit-of-work.ts';
import { desc, eq } from '../db/drizzle.ts';
import { auditEvents } from '../db/schema.ts';
import { takeTurn } from './in-force.ts';
import type { Problem } from './types.ts';

/**
 * Records that a catalog was refused, with the first problems and how many there were: once, however many replicas read it and
 * however often they start.
 * @param text digest of the bytes; null when the file could not be read
 */
export async function recordRefused(
  transact: Transact,
  text: string | null,
  problems: readonly Problem[],
): Promise<void> {
  const details = {
    text,
    problems: problems.length,
    first: problems
      .slice(0, 5)
      .map((problem) => `${problem.line}:${problem.column} ${problem.message.slice(0, 200)}`),
  };
  await transact(systemContext, async (work) => {
    await takeTurn(work);
    if (sameAs(await lastRefused(work), details)) return;
    work.audit({ kind: 'catalog.refused', outcome: 'failure', details });
  });
}

interface Refused {
  readonly text: string | null;
  readonly first: readonly string[];
}

async function lastRefused(work: Work): Promise<Refused | null> {
  const [event] = await work.queries
    .select({ leaf: auditEvents.leaf })
    .from(auditEvents)
    .where(eq(auditEvents.kind, 'catalog.refused'))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return event === undefined ? null : (JSON.parse(event.leaf) as { details: Refused }).details;
}

function sameAs(last: Refused | null, now: Refused): boolean {
  return last !== null && last.text === now.text && last.first.join('\n') === now.first.join('\n');
}
