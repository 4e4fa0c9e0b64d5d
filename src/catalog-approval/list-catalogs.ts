import { newestInForce } from '../catalog/in-force.ts';
import type { TrustMode } from '../catalog/trust.ts';
import type { Problem } from '../catalog/types.ts';
import { desc, eq } from '../db/drizzle.ts';
import { catalogProposals } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { CatalogApprovalDeps } from './deps.ts';
import { type ProposalView, viewProposals } from './proposal-view.ts';

/** How catalogs stand. Times are RFC 3339 in UTC. */
export interface CatalogsView {
  /** What puts a catalog in force here. */
  readonly trust: TrustMode;
  readonly inForce: {
    readonly version: string;
    readonly since: string;
    readonly basis: string;
    readonly signingKey: string | null;
    /** What two operators approved; null on another basis. */
    readonly proposal: ProposalView | null;
  } | null;
  /** What the process that answers works with: another one when it could not take over the catalog in force. */
  readonly followed: string;
  /** The open one first, then the newest. */
  readonly proposals: readonly ProposalView[];
  /** What the process that answers last read in its file. */
  readonly file: {
    readonly version: string | null;
    /** How many problems it has; the first ones are in `problems`. */
    readonly problemCount: number;
    readonly problems: readonly Problem[];
  };
}

const mostProposals = 20;
const mostProblems = 50;

/** Throws Refusal `forbidden` for anybody but operators and auditors. */
export async function listCatalogs(deps: CatalogApprovalDeps, caller: Caller): Promise<CatalogsView> {
  if (!caller.isOperator && !caller.isAuditor)
    throw new Refusal('forbidden', 'Only operators and auditors may see how catalogs stand.');
  const inForce = await newestInForce(deps.db);
  const rows = await deps.db
    .select()
    .from(catalogProposals)
    .orderBy(desc(eq(catalogProposals.state, 'proposed')), desc(catalogProposals.id))
    .limit(mostProposals);
  const approved =
    inForce?.proposalId === undefined || inForce.proposalId === null
      ? []
      : await deps.db.select().from(catalogProposals).where(eq(catalogProposals.id, inForce.proposalId));
  const [basis] = await viewProposals(deps.db, approved);
  const { version, problems } = deps.keeper.file();
  return {
    trust: deps.keeper.trust.mode,
    inForce:
      inForce === null
        ? null
        : {
            version: inForce.version,
            since: inForce.since.toISOString(),
            basis: inForce.basis,
            signingKey: inForce.signingKey,
            proposal: basis ?? null,
          },
    followed: deps.keeper.current().version,
    proposals: await viewProposals(deps.db, rows),
    file: { version, problemCount: problems.length, problems: problems.slice(0, mostProblems) },
  };
}
