import { eq } from '../db/drizzle.ts';
import { systemContext } from '../audit/event.ts';
import { grants } from '../db/schema.ts';
import { beginEnding } from './begin-ending.ts';
import type { BrokerDeps, RunOptions } from './deps.ts';
import { backoffSeconds, type GrantRow, grantEvent, lockGrant, targetGrant } from './grant-row.ts';
import { canEnd } from './states.ts';
import { type Removal, targetKind } from './targets/target.ts';

/**
 * Job: begins the end of a grant that is due, and sees an ending through until there is evidence. Depends on the grant's
 * own rows alone. Never gives up: what does not work is tried again, with growing pauses, for as long as it takes.
 */
export async function finishEnding(
  deps: BrokerDeps,
  { grantId }: { readonly grantId: string },
  run: RunOptions = {},
): Promise<void> {
  const row = await begin(deps, grantId, run);
  if (row === null) return;
  let removal: Removal | null = null;
  try {
    removal = await deps.targets[targetKind(row.terms)].takeAway(targetGrant(row));
  } catch (error) {
    deps.report?.(error, grantId);
  }
  // A sweep looks again: there is nothing to write down.
  if (removal?.kind === 'pending' && removal.lookAgainAt === null) return;
  await conclude(deps, grantId, removal, run);
}

async function begin(deps: BrokerDeps, grantId: string, run: RunOptions): Promise<GrantRow | null> {
  return deps.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, grantId, run);
    if (row === null) return null;
    if (row.state === 'ending') return row;
    if (!canEnd(row.state)) return null;
    if (work.now < row.endsAt) {
      // A queue whose clock runs ahead.
      if (run.bySweep !== true) await work.enqueue('grant.end', { grantId }, { at: row.endsAt });
      return null;
    }
    return beginEnding(work, row, 'expired', { job: run.bySweep === true });
  });
}

async function conclude(
  deps: BrokerDeps,
  grantId: string,
  removal: Removal | null,
  run: RunOptions,
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, grantId);
    if (row?.state !== 'ending') return;
    if (removal?.kind === 'gone') {
      const { evidence } = removal;
      await work.queries
        .update(grants)
        .set({ state: 'ended', endedAt: work.now, evidence })
        .where(eq(grants.id, grantId));
      work.audit(
        grantEvent(row, 'grant.ended', 'success', { details: { because: row.endedBecause, evidence } }),
      );
      return;
    }
    let at = removal?.lookAgainAt ?? null;
    if (at === null) {
      const attempts = row.attempts + 1;
      await work.queries.update(grants).set({ attempts }).where(eq(grants.id, grantId));
      at = new Date(work.now.getTime() + backoffSeconds(attempts) * 1000);
    }
    if (run.bySweep !== true) await work.enqueue('grant.end', { grantId }, { at });
  });
}
