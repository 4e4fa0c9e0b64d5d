import type { Work } from '../audit/unit-of-work.ts';
import { takeTurn, type ProposalRow } from '../catalog/in-force.ts';
import { desc, eq } from '../db/drizzle.ts';
import { catalogProposals } from '../db/schema.ts';
import { notFound, Refusal } from '../refusal.ts';

/**
 * The proposal of this version that waits for operators, for this transaction alone to decide on. Throws Refusal: not_found when
 * it was never proposed, already_decided when it waits no more.
 */
export async function takeOpenProposal(work: Work, version: string): Promise<ProposalRow> {
  await takeTurn(work);
  const [row] = await work.queries
    .select()
    .from(catalogProposals)
    .where(eq(catalogProposals.version, version))
    .orderBy(desc(eq(catalogProposals.state, 'proposed')), desc(catalogProposals.id))
    .limit(1)
    .for('update');
  if (row === undefined) throw notFound('catalog');
  if (row.state !== 'proposed')
    throw new Refusal('already_decided', `This catalog is ${row.state} already: see daypass catalog status.`);
  return row;
}
