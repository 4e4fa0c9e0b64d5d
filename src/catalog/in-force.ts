import type { Work } from '../audit/unit-of-work.ts';
import { desc, eq, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { catalogInForce, catalogProposals, catalogs } from '../db/schema.ts';
import type { Catalog } from './types.ts';

export type InForceRow = typeof catalogInForce.$inferSelect;
export type ProposalRow = typeof catalogProposals.$inferSelect;

/** By what right a catalog comes in force. */
export type Right =
  | { readonly basis: 'first' | 'file' }
  | { readonly basis: 'operators'; readonly proposal: string }
  | { readonly basis: 'signature'; readonly signedText: string; readonly key: string };

// Any fixed number; the trigger on catalog_in_force takes the same (migrations/0013_catalog_approval.sql).
const lock = 4_221_775_213;

/** Who decides which catalog is in force, or what is proposed, takes turns: to the end of the transaction. */
export async function takeTurn(work: Work): Promise<void> {
  await work.queries.execute(sql`SELECT pg_advisory_xact_lock(${lock})`);
}

/** The catalog in force for every replica; null in a database that never had one. */
export async function newestInForce(queries: Pick<Queries, 'select'>): Promise<InForceRow | null> {
  const [row] = await queries.select().from(catalogInForce).orderBy(desc(catalogInForce.position)).limit(1);
  return row ?? null;
}

/** The proposal that is open, else the last one that was decided: there is one open at the most. */
export async function newestProposal(queries: Pick<Queries, 'select'>): Promise<ProposalRow | null> {
  const [row] = await queries
    .select()
    .from(catalogProposals)
    .orderBy(desc(eq(catalogProposals.state, 'proposed')), desc(catalogProposals.id))
    .limit(1);
  return row ?? null;
}

/** The text of a catalog as it was first seen; null when that version was never seen. */
export async function sourceOf(queries: Pick<Queries, 'select'>, version: string): Promise<string | null> {
  const [row] = await queries
    .select({ source: catalogs.source })
    .from(catalogs)
    .where(eq(catalogs.version, version));
  return row?.source ?? null;
}

/** Keeps the text of a catalog: requests, proposals and what is in force refer to it by version. */
export async function keepText(work: Work, { version, source }: Catalog): Promise<void> {
  await work.queries.insert(catalogs).values({ version, source, loadedAt: work.now }).onConflictDoNothing();
}

/** Puts a catalog in force, with its event. PostgreSQL refuses it without the right. Whoever calls has taken the turn. */
export async function enterInForce(work: Work, catalog: Catalog, right: Right): Promise<void> {
  await keepText(work, catalog);
  await work.queries.insert(catalogInForce).values({
    version: catalog.version,
    since: work.now,
    basis: right.basis,
    ...(right.basis === 'operators' ? { proposalId: right.proposal } : {}),
    ...(right.basis === 'signature' ? { signedText: right.signedText, signingKey: right.key } : {}),
  });
  work.audit({
    kind: 'catalog.loaded',
    outcome: 'success',
    catalogVersion: catalog.version,
    details: { entitlements: catalog.entitlements.size, ...right },
  });
}

/** The proposal that is open, if any, gives way to another catalog. */
export async function supersede(
  work: Work,
  because: 'other_proposed' | 'other_in_force' | 'withdrawn',
): Promise<void> {
  const gone = await work.queries
    .update(catalogProposals)
    .set({ state: 'superseded', decidedAt: work.now })
    .where(eq(catalogProposals.state, 'proposed'))
    .returning({ id: catalogProposals.id, version: catalogProposals.version });
  for (const { id, version } of gone) {
    work.audit({
      kind: 'catalog.superseded',
      outcome: 'success',
      catalogVersion: version,
      details: { proposal: id, because },
    });
  }
}
