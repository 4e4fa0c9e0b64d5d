import { checkedWords } from '../approvals/wording.ts';
import { eq } from '../db/drizzle.ts';
import { catalogProposals } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { type CatalogApprovalDeps, demand } from './deps.ts';
import { requireLiveSignIn } from '../identity/live-sign-in.ts';
import { takeOpenProposal } from './open-proposal.ts';
import { type ProposalView, viewProposal } from './proposal-view.ts';

const maxCharacters = 1_000;

/**
 * An operator rejects the catalog of exactly this digest; one is enough. A replica that starts with the same file does not propose
 * it again; a file that is changed to it anew does.
 * @param input.version `sha256:` and 64 hex digits
 * Throws Refusal: forbidden, invalid_input, not_found, insufficient_assurance, unauthenticated (the sign-in is over),
 * already_decided.
 */
export async function rejectCatalog(
  deps: CatalogApprovalDeps,
  caller: Caller,
  input: { readonly version: string; readonly because: string },
): Promise<ProposalView> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may reject a catalog.');
  const because = checkedWords('because', input.because, maxCharacters);
  return deps.transact(caller.context, async (work) => {
    const row = await takeOpenProposal(work, input.version);
    requireAssurance(caller, demand, work.now);
    await requireLiveSignIn(work, caller);
    const change = {
      state: 'rejected',
      decidedAt: work.now,
      decidedBy: caller.personId,
      because,
    } as const;
    await work.queries.update(catalogProposals).set(change).where(eq(catalogProposals.id, row.id));
    work.audit({
      kind: 'catalog.rejected',
      outcome: 'success',
      catalogVersion: row.version,
      details: { proposal: row.id, assurance: caller.assurance.level, signIn: caller.signInId },
      personal: { comment: because },
    });
    return viewProposal(work.queries, row, change);
  });
}
