import type { ProposalRow } from '../catalog/in-force.ts';
import type { ProposalState } from '../catalog/proposal-states.ts';
import { asc, inArray, eq } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { catalogApprovals, personalData } from '../db/schema.ts';
import { approvalsNeeded } from './deps.ts';

interface PersonView {
  readonly id: string;
  readonly name: string | null;
}

/** A proposed catalog as operators and auditors see it. Times are RFC 3339 in UTC. */
export interface ProposalView {
  readonly id: string;
  readonly version: string;
  readonly state: ProposalState;
  readonly proposedAt: string;
  readonly approvals: readonly { readonly person: PersonView; readonly approvedAt: string }[];
  readonly approvalsNeeded: number;
  readonly decidedAt: string | null;
  /** Who rejected it, or gave the last approval; null when neither happened. */
  readonly decidedBy: PersonView | null;
  /** Why it was rejected. */
  readonly because: string | null;
}

export async function viewProposals(
  queries: Pick<Queries, 'select'>,
  rows: readonly ProposalRow[],
): Promise<ProposalView[]> {
  const ids = rows.map(({ id }) => id);
  const approvals = await queries
    .select({
      proposal: catalogApprovals.proposalId,
      id: catalogApprovals.personId,
      name: personalData.name,
      approvedAt: catalogApprovals.approvedAt,
    })
    .from(catalogApprovals)
    .leftJoin(personalData, eq(personalData.personId, catalogApprovals.personId))
    .where(inArray(catalogApprovals.proposalId, ids))
    .orderBy(asc(catalogApprovals.approvedAt), asc(catalogApprovals.personId));
  const deciders = rows.map(({ decidedBy }) => decidedBy).filter((id) => id !== null);
  const names = await queries
    .select({ id: personalData.personId, name: personalData.name })
    .from(personalData)
    .where(inArray(personalData.personId, deciders));
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    state: row.state,
    proposedAt: row.proposedAt.toISOString(),
    approvals: approvals
      .filter(({ proposal }) => proposal === row.id)
      .map(({ id, name, approvedAt }) => ({ person: { id, name }, approvedAt: approvedAt.toISOString() })),
    approvalsNeeded,
    decidedAt: row.decidedAt?.toISOString() ?? null,
    decidedBy:
      row.decidedBy === null
        ? null
        : { id: row.decidedBy, name: names.find(({ id }) => id === row.decidedBy)?.name ?? null },
    because: row.because,
  }));
}

/** One of them, with what `changed` since the row was read. */
export async function viewProposal(
  queries: Pick<Queries, 'select'>,
  row: ProposalRow,
  changed: Partial<ProposalRow> = {},
): Promise<ProposalView> {
  const [view] = await viewProposals(queries, [{ ...row, ...changed }]);
  if (view === undefined) throw new Error('a proposal has no view');
  return view;
}
