import type { CatalogKeeper } from '../../src/catalog/keeper.ts';
import type { Catalog } from '../../src/catalog/types.ts';

/** A keeper whose catalog never changes and whose file says the same. */
export function stillKeeper(catalog: Catalog): CatalogKeeper {
  return {
    trust: { mode: 'two-operators', keys: [] },
    current: () => catalog,
    sweep: () => Promise.resolve(),
    follow: () => Promise.resolve(),
    file: () => ({ version: catalog.version, problems: [] }),
    read: () => Promise.resolve({ ok: true, catalog }),
  };
}
