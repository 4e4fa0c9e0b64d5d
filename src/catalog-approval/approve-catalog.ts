import type { Work } from '../audit/unit-of-work.ts';
import { enterInForce, type ProposalRow } from '../catalog/in-force.ts';
import type { Catalog } from '../catalog/types.ts';
import { eq } from '../db/drizzle.ts';
import { catalogApprovals, catalogProposals, people } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { approvalsNeeded, type CatalogApprovalDeps, demand } from './deps.ts';
import { requireLiveSignIn } from '../identity/live-sign-in.ts';
import { takeOpenProposal } from './open-proposal.ts';
import { type ProposalView, viewProposal } from './proposal-view.ts';

/**
 * An operator approves the catalog of exactly this digest. The second one who does puts it in force, in the same commit; every
 * replica takes it over within one sweep. One person counts once, and only while they are an operator: when the second one
 * approves, the first is judged anew. Nobody is known to have written a file, so that nobody is kept from approving for it.
 * @param input.version `sha256:` and 64 hex digits
 * Throws Refusal: forbidden, not_found, insufficient_assurance, unauthenticated (the sign-in is over), already_decided (it waits no
 * more, or they have approved before), conflict (catalogs do not come in force by approvals here), not_possible (it does not pass
 * the checks of today).
 */
export async function approveCatalog(
  deps: CatalogApprovalDeps,
  caller: Caller,
  input: { readonly version: string },
): Promise<ProposalView> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may approve a catalog.');
  if (deps.keeper.trust.mode !== 'two-operators') {
    throw new Refusal(
      'conflict',
      `Catalogs come in force by ${deps.keeper.trust.mode} here (CATALOG_TRUST): approvals change nothing.`,
    );
  }
  // Texts never change, and reading one can take seconds: before the turn is taken.
  const stored = await deps.keeper.read(input.version);
  const view = await deps.transact(caller.context, async (work) => {
    const row = await takeOpenProposal(work, input.version);
    requireAssurance(caller, demand, work.now);
    await requireLiveSignIn(work, caller);
    if (!stored.ok) throw new Refusal('not_possible', `It may not be in force here: ${stored.because}.`);
    const first = await approve(work, caller, row);
    const standing = await standingApprovals(work, row, deps.operatorsGroup);
    if (standing.length >= approvalsNeeded) return putInForce(work, row, caller, stored.catalog, standing);
    if (!first)
      throw new Refusal('already_decided', 'You have approved it already: another operator has to.');
    return viewProposal(work.queries, row);
  });
  // What stands is followed by the next sweep, too.
  if (view.state === 'approved') await deps.keeper.follow().catch(() => undefined);
  return view;
}

/** False when they had approved before. */
async function approve(work: Work, caller: Caller, row: ProposalRow): Promise<boolean> {
  const written = await work.queries
    .insert(catalogApprovals)
    .values({
      proposalId: row.id,
      version: row.version,
      personId: caller.personId,
      signInId: caller.signInId,
      approvedAt: work.now,
    })
    .onConflictDoNothing()
    .returning({ personId: catalogApprovals.personId });
  if (written.length === 0) return false;
  work.audit({
    kind: 'catalog.reviewed',
    outcome: 'success',
    catalogVersion: row.version,
    details: {
      proposal: row.id,
      decision: 'approve',
      assurance: caller.assurance.level,
      signIn: caller.signInId,
    },
  });
  return true;
}

/** Who has approved and still is an operator, by the groups as stored now. */
async function standingApprovals(work: Work, row: ProposalRow, operatorsGroup: string): Promise<string[]> {
  const approved = await work.queries
    .select({ id: people.id, groups: people.groups, deactivatedAt: people.deactivatedAt })
    .from(catalogApprovals)
    .innerJoin(people, eq(people.id, catalogApprovals.personId))
    .where(eq(catalogApprovals.proposalId, row.id))
    .orderBy(people.id)
    .for('share', { of: people });
  return approved
    .filter((person) => person.deactivatedAt === null && person.groups.includes(operatorsGroup))
    .map((person) => person.id);
}

async function putInForce(
  work: Work,
  row: ProposalRow,
  caller: Caller,
  catalog: Catalog,
  approvedBy: readonly string[],
): Promise<ProposalView> {
  const change = { state: 'approved', decidedAt: work.now, decidedBy: caller.personId } as const;
  await work.queries.update(catalogProposals).set(change).where(eq(catalogProposals.id, row.id));
  work.audit({
    kind: 'catalog.approved',
    outcome: 'success',
    catalogVersion: row.version,
    details: { proposal: row.id, approvedBy },
  });
  await enterInForce(work, catalog, { basis: 'operators', proposal: row.id });
  return viewProposal(work.queries, row, change);
}
