import { eq } from '../db/drizzle.ts';
import { systemContext } from '../audit/event.ts';
import { grants } from '../db/schema.ts';
import { activateRole, completeActivation, failActivation, startActivating } from './activation.ts';
import { beginEnding } from './begin-ending.ts';
import type { BrokerDeps, RunOptions } from './deps.ts';
import { backoffSeconds, type GrantRow, lockGrant, targetGrant } from './grant-row.ts';
import { type Activation, targetKind } from './targets/target.ts';

/**
 * Job: takes a grant whose time has come from scheduled through activating to active, or to failed. Runs any number of
 * times, and goes on from where a crash left it. A grant that was told to end meanwhile stays ending.
 */
export async function activateGrant(
  deps: BrokerDeps,
  { grantId }: { readonly grantId: string },
  run: RunOptions = {},
): Promise<void> {
  const row = await start(deps, grantId, run);
  if (row === null) return;
  let activation: Activation;
  try {
    activation = await deps.targets['permission-set'].activate(targetGrant(row));
  } catch (error) {
    deps.report?.(error, grantId);
    await deps.transact(systemContext, async (work) => {
      const current = await lockGrant(work.queries, grantId);
      if (current?.state !== 'activating') return;
      const attempts = current.attempts + 1;
      await work.queries.update(grants).set({ attempts }).where(eq(grants.id, grantId));
      const at = new Date(work.now.getTime() + backoffSeconds(attempts) * 1000);
      if (run.bySweep !== true) await work.enqueue('grant.activate', { grantId }, { at });
    });
    return;
  }
  await finish(deps, grantId, activation, run);
}

/** The grant, when there is work to do for it outside of a transaction. */
async function start(deps: BrokerDeps, grantId: string, run: RunOptions): Promise<GrantRow | null> {
  return deps.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, grantId, run);
    if (row === null || (row.state !== 'scheduled' && row.state !== 'activating')) return null;
    if (work.now >= row.endsAt) {
      await beginEnding(work, row, 'expired');
      return null;
    }
    if (row.state === 'scheduled' && work.now < row.startsAt) {
      if (run.bySweep !== true) await work.enqueue('grant.activate', { grantId }, { at: row.startsAt });
      return null;
    }
    if (targetKind(row.terms) === 'role') {
      await activateRole(deps, work, row);
      return null;
    }
    const begun = row.state === 'scheduled' ? await startActivating(deps, work, row) : row;
    return begun.state === 'activating' ? begun : null;
  });
}

async function finish(
  deps: BrokerDeps,
  grantId: string,
  activation: Activation,
  run: RunOptions,
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const row = await lockGrant(work.queries, grantId);
    if (row?.state !== 'activating') return;
    if (work.now >= row.endsAt) {
      await beginEnding(work, row, 'expired');
      return;
    }
    switch (activation.kind) {
      case 'active':
        completeActivation(work, row, activation.details);
        return;
      case 'failed':
        failActivation(work, row, activation.reason);
        return;
      case 'pending':
        if (run.bySweep !== true)
          await work.enqueue('grant.activate', { grantId }, { at: activation.lookAgainAt });
    }
  });
}
