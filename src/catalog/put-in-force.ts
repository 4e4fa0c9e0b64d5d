import { systemContext } from '../audit/event.ts';
import type { Transact } from '../audit/unit-of-work.ts';
import { enterInForce, newestInForce, takeTurn } from './in-force.ts';
import type { Catalog } from './types.ts';

/** Puts a catalog in force because a file says so, and nobody else has to: `CATALOG_TRUST=file`. In force already: nothing. */
export async function putInForce(transact: Transact, catalog: Catalog): Promise<void> {
  await transact(systemContext, async (work) => {
    await takeTurn(work);
    if ((await newestInForce(work.queries))?.version === catalog.version) return;
    await enterInForce(work, catalog, { basis: 'file' });
  });
}
