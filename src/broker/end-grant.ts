import { and, eq, sql } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { beginEnding } from './begin-ending.ts';
import type { BrokerDeps } from './deps.ts';
import { readView } from './get-grant.ts';
import type { GrantRow } from './grant-row.ts';
import { canEnd } from './states.ts';
import { type Access, accessOf, type GrantView, ownAccess } from './view.ts';

const maxCommentCharacters = 1_000;

/**
 * Ends a grant early: its owner gives it up (relinquished), who approved it or may approve it, or an operator, takes it back
 * (revoked). No more credentials are issued from here on; `ended` follows once there is evidence. Ending what is ending or ended changes nothing.
 * Throws Refusal: not_found, forbidden (may see it, may not end it), conflict (it never became active), invalid_input.
 */
export async function endGrant(
  deps: BrokerDeps,
  caller: Caller,
  { grantId, because = null }: { readonly grantId: string; readonly because?: string | null },
): Promise<GrantView> {
  return deps.transact(caller.context, async (work) => {
    // Giving up one's own, and taking back as an operator, ask no rule: they work whatever the catalog is like.
    const found =
      (await lockVisible(work, ownAccess(caller), grantId)) ??
      (await lockVisible(work, await accessOf(deps, work.queries, caller), grantId));
    if (found === undefined) throw notFound('grant');
    const { row, mayEnd, access } = found;
    if (!mayEnd) {
      throw new Refusal('forbidden', 'Only its owner, who may approve it, or an operator can end a grant.');
    }
    const owner = row.personId === caller.personId;
    const comment = because === null || because.trim() === '' ? null : because.trim();
    if (comment !== null && comment.length > maxCommentCharacters) {
      throw new Refusal('invalid_input', `because must have at most ${maxCommentCharacters} characters.`);
    }
    if (row.state !== 'ending' && row.state !== 'ended') {
      if (!canEnd(row.state)) {
        throw new Refusal('conflict', 'This grant never became active, so there is nothing to end.');
      }
      const reason = work.now >= row.endsAt ? 'expired' : owner ? 'relinquished' : 'revoked';
      await beginEnding(work, row, reason, { comment });
    }
    return readView(work.queries, access, grantId);
  });
}

/** The grant, locked; of what the caller may not see nothing is read, and nobody is held up. */
async function lockVisible(
  work: Work,
  access: Access,
  id: string,
): Promise<{ readonly row: GrantRow; readonly mayEnd: boolean; readonly access: Access } | undefined> {
  const [found] = await work.queries
    .select({ row: grants, mayEnd: sql<boolean>`(${access.ends})` })
    .from(grants)
    .where(and(eq(grants.id, id), access.sees))
    .for('update');
  return found === undefined ? undefined : { ...found, access };
}
