import { systemContext } from '../audit/event.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import { catalogs } from '../db/schema.ts';
import type { Catalog, Problem } from './types.ts';

/** Records that a catalog is in force from now on, and keeps its text: requests refer to it by version. */
export async function putInForce(transact: Transact, catalog: Catalog): Promise<void> {
  await transact(systemContext, async (work) => {
    await work.queries
      .insert(catalogs)
      .values({ version: catalog.version, source: catalog.source, loadedAt: work.now })
      .onConflictDoNothing();
    work.audit({
      kind: 'catalog.loaded',
      outcome: 'success',
      catalogVersion: catalog.version,
      details: { entitlements: catalog.entitlements.size },
    });
  });
}

/** Records that a catalog was refused, with the first problems and how many there were. */
export async function recordRefusedCatalog(transact: Transact, problems: readonly Problem[]): Promise<void> {
  await transact(systemContext, async (work) => {
    work.audit({
      kind: 'catalog.refused',
      outcome: 'failure',
      details: {
        problems: problems.length,
        first: problems
          .slice(0, 5)
          .map((problem) => `${problem.line}:${problem.column} ${problem.message.slice(0, 200)}`),
      },
    });
  });
}
