import { systemContext } from '../audit/event.ts';
import { settle } from './decide.ts';
import type { ApprovalsDeps } from './deps.ts';
import { lockRequest } from './lock.ts';
import { tellDecided } from './tell.ts';

/**
 * Expires a request that nobody answered in time. Safe to run at any moment and any number of times: what is decided, or not
 * due yet, stays as it is.
 * @returns whether it expired now
 */
export async function expireRequest(
  deps: Pick<ApprovalsDeps, 'transact' | 'notify'>,
  input: { readonly requestId: string },
): Promise<boolean> {
  return deps.transact(systemContext, async (work) => {
    const row = await lockRequest(work.queries, input.requestId);
    if (row?.state !== 'pending' || work.now < row.expiresAt) return false;
    settle(work, row, 'expired', {});
    tellDecided(deps, work, row, 'expire');
    return true;
  });
}
