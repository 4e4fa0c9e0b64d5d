import { systemContext } from '../audit/event.ts';
import type { Transact, Work } from '../audit/unit-of-work.ts';
import { eq } from '../db/drizzle.ts';
import { newId } from '../db/ids.ts';
import { catalogInForce, catalogProposals } from '../db/schema.ts';
import type { CheckResult } from './check.ts';
import { consider, type Verdict } from './consider.ts';
import { enterInForce, keepText, newestInForce, newestProposal, supersede, takeTurn } from './in-force.ts';
import { unreadable } from './load.ts';
import type { FileRead } from './read-file.ts';
import { recordRefused } from './record-refused.ts';
import { digestOfBytes, judgeSignature, type Trust } from './trust.ts';
import type { Catalog, Problem } from './types.ts';

export interface ProposeDeps {
  readonly transact: Transact;
  readonly trust: Trust;
  /** Whether a text may be in force here: the catalog, or every problem. */
  readonly check: (source: string) => CheckResult;
}

/** A file as it was read just now. */
export interface FileSeen {
  readonly read: FileRead;
  /** What stands in the file beside it; null when there is none. */
  readonly signature: string | null;
  /** The version that this process read before; null at its start. */
  readonly before: string | null;
}

export interface Proposed {
  /** What the file says; null when it says nothing that can be used. */
  readonly version: string | null;
  readonly problems: readonly Problem[];
  readonly became: Verdict['kind'];
}

/**
 * Takes what a file says to where it belongs: in force by its trust, a proposal for two operators, or refused. The same file twice
 * changes nothing the second time, whoever reads it. A bad file leaves the catalog in force as it is.
 */
export async function proposeCatalog(deps: ProposeDeps, seen: FileSeen): Promise<Proposed> {
  const { read } = seen;
  const text = read.ok ? digestOfBytes(read.bytes) : null;
  const checked = read.ok ? deps.check(read.source) : unreadable(read.reason);
  const refuse = async (problems: readonly Problem[]): Promise<Proposed> => {
    await recordRefused(deps.transact, text, problems);
    return { version: null, problems, became: 'refuse' };
  };
  if (!read.ok || !checked.ok) return refuse(checked.ok ? [] : checked.problems);
  const { catalog } = checked;
  const signature = judgeSignature(read.bytes, seen.signature, deps.trust.keys);
  const signedText = digestOfBytes(read.bytes);
  const verdict = await deps.transact(systemContext, async (work) => {
    await takeTurn(work);
    const offered = {
      version: catalog.version,
      signature,
      signatureUsed: signature.kind === 'good' && (await wasSigned(work, signedText)),
      before: seen.before,
    };
    const inForce = (await newestInForce(work.queries))?.version ?? null;
    const proposal = await newestProposal(work.queries);
    const decided = consider(deps.trust.mode, offered, { inForce, proposal });
    await carryOut(work, catalog, signedText, decided);
    return decided;
  });
  if (verdict.kind === 'refuse') return refuse(unreadable(verdict.because).problems);
  return { version: catalog.version, problems: [], became: verdict.kind };
}

async function carryOut(work: Work, catalog: Catalog, signedText: string, verdict: Verdict): Promise<void> {
  switch (verdict.kind) {
    case 'enter':
      await supersede(work, 'other_in_force');
      return enterInForce(
        work,
        catalog,
        verdict.basis === 'signature'
          ? { basis: 'signature', signedText, key: verdict.key }
          : { basis: verdict.basis },
      );
    case 'withdraw':
      return supersede(work, 'withdrawn');
    case 'propose':
      await supersede(work, 'other_proposed');
      return propose(work, catalog);
    case 'nothing':
    case 'refuse':
      return;
  }
}

async function propose(work: Work, catalog: Catalog): Promise<void> {
  await keepText(work, catalog);
  const id = newId('cpr', work.now);
  const { version } = catalog;
  await work.queries
    .insert(catalogProposals)
    .values({ id, version, state: 'proposed', proposedAt: work.now });
  work.audit({
    kind: 'catalog.proposed',
    outcome: 'success',
    catalogVersion: version,
    details: { proposal: id, entitlements: catalog.entitlements.size },
  });
}

async function wasSigned(work: Work, signedText: string): Promise<boolean> {
  const found = await work.queries
    .select({ position: catalogInForce.position })
    .from(catalogInForce)
    .where(eq(catalogInForce.signedText, signedText));
  return found.length > 0;
}
