import type { Jobs } from '../db/jobs.ts';
import { activateGrant } from './activate-grant.ts';
import type { BoundaryWriters } from './boundary/writers.ts';
import type { BrokerDeps } from './deps.ts';
import { finishEnding } from './finish-ending.ts';

/** Registers what runs for the broker's jobs. */
export async function startBrokerJobs(
  deps: BrokerDeps,
  writers: Pick<BoundaryWriters, 'wake'>,
  jobs: Pick<Jobs, 'handle'>,
): Promise<void> {
  await jobs.handle('grant.end', (payload) => finishEnding(deps, payload));
  await jobs.handle('grant.activate', (payload) => activateGrant(deps, payload));
  // Done once the writer is awake: an account whose AWS hangs holds up no other's job.
  await jobs.handle('boundary.write', async ({ accountId }) => writers.wake(accountId));
}
