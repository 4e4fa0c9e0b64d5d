import type { Transact } from '../audit/unit-of-work.ts';
import type { CatalogKeeper } from '../catalog/keeper.ts';
import type { AssuranceDemand } from '../catalog/types.ts';
import type { Database } from '../db/pool.ts';

export interface CatalogApprovalDeps {
  readonly db: Database;
  readonly transact: Transact;
  readonly operatorsGroup: string;
  readonly keeper: CatalogKeeper;
}

/** How many operators have to approve. PostgreSQL holds the same number. */
export const approvalsNeeded = 2;

/** Two factors, shown within this many seconds. */
export const demand: AssuranceDemand = { level: 'multi-factor', maxAgeSeconds: 900 };
