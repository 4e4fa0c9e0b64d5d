import { eq } from '../db/drizzle.ts';
import { catalogs } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { CatalogApprovalDeps } from './deps.ts';

/** The text of a catalog that is, was or may come in force. Times are RFC 3339 in UTC. */
export interface CatalogText {
  readonly version: string;
  /** YAML, as it was first seen. */
  readonly source: string;
  readonly firstSeenAt: string;
}

/** Throws Refusal: forbidden for anybody but operators, not_found for a version that was never seen. */
export async function getCatalog(
  deps: Pick<CatalogApprovalDeps, 'db'>,
  caller: Caller,
  version: string,
): Promise<CatalogText> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may read a catalog.');
  const [row] = await deps.db.select().from(catalogs).where(eq(catalogs.version, version));
  if (row === undefined) throw notFound('catalog');
  return { version, source: row.source, firstSeenAt: row.loadedAt.toISOString() };
}
