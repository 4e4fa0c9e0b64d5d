import { readBefore } from '../audit/unavailable.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { BrokerDeps } from './deps.ts';
import { getGrant } from './get-grant.ts';
import { beginEnding, lockGrant, readGrant } from './grant-row.ts';
import { canEnd } from './states.ts';
import { type GrantView, maySee } from './view.ts';

const maxCommentCharacters = 1_000;

/**
 * Ends a grant early: its owner gives it up (relinquished), an operator takes it back (revoked). No more credentials are
 * issued from here on; `ended` follows once there is evidence. Ending what is ending or ended changes nothing.
 * Throws Refusal: not_found, forbidden (may see it, may not end it), conflict (it never became active), invalid_input.
 */
export async function endGrant(
  deps: BrokerDeps,
  caller: Caller,
  { grantId, because = null }: { readonly grantId: string; readonly because?: string | null },
): Promise<GrantView> {
  const seen = await readBefore(readGrant(deps.db, grantId));
  if (seen === null || !maySee(seen, caller)) throw notFound('grant');
  const owner = seen.personId === caller.personId;
  if (!owner && !caller.isOperator) {
    throw new Refusal('forbidden', 'Only its owner or an operator can end a grant.');
  }
  const comment = because === null || because.trim() === '' ? null : because.trim();
  if (comment !== null && comment.length > maxCommentCharacters) {
    throw new Refusal('invalid_input', `because must have at most ${maxCommentCharacters} characters.`);
  }
  await deps.transact(caller.context, async (work) => {
    const row = await lockGrant(work.queries, grantId);
    if (row === null || row.state === 'ending' || row.state === 'ended') return;
    if (!canEnd(row.state)) {
      throw new Refusal('conflict', 'This grant never became active, so there is nothing to end.');
    }
    const reason = work.now >= row.endsAt ? 'expired' : owner ? 'relinquished' : 'revoked';
    await beginEnding(work, row, reason, { comment });
  });
  return getGrant(deps, caller, { grantId });
}
