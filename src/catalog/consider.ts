import type { ProposalState } from './proposal-states.ts';
import type { Signature, TrustMode } from './trust.ts';

/** What a file says, and how this process came to read it. */
export interface Offered {
  readonly version: string;
  readonly signature: Signature;
  /** Whether a catalog with exactly these bytes was in force by a signature before. */
  readonly signatureUsed: boolean;
  /** What the file of this process said before: null at its start. */
  readonly before: string | null;
}

/** What the database says at this moment. */
export interface Standing {
  readonly inForce: string | null;
  /** The last proposal. */
  readonly proposal: { readonly version: string; readonly state: ProposalState } | null;
}

/** What becomes of it. */
export type Verdict =
  | { readonly kind: 'enter'; readonly basis: 'first' | 'file' }
  | { readonly kind: 'enter'; readonly basis: 'signature'; readonly key: string }
  | { readonly kind: 'propose' | 'withdraw' | 'nothing' }
  | { readonly kind: 'refuse'; readonly because: string };

const nothing = { kind: 'nothing' } as const;

/**
 * What becomes of a catalog that a file says. Pure.
 *
 * A file that a replica starts with may be an older one: it neither withdraws what another replica proposed nor repeats what was
 * rejected. A file that changes under a running one is somebody's will.
 */
export function consider(mode: TrustMode, offered: Offered, standing: Standing): Verdict {
  const { version, signature, before } = offered;
  const { inForce, proposal } = standing;
  const changed = before !== null && before !== version;
  if (inForce === version) {
    const wasProposed = changed && proposal?.state === 'proposed' && proposal.version === before;
    return wasProposed ? { kind: 'withdraw' } : nothing;
  }
  if (mode === 'file') return { kind: 'enter', basis: 'file' };
  if (signature.kind === 'good' && !offered.signatureUsed) {
    return { kind: 'enter', basis: 'signature', key: signature.key };
  }
  if (mode === 'signature') return { kind: 'refuse', because: unsigned(signature) };
  if (inForce === null) return { kind: 'enter', basis: 'first' };
  if (proposal?.version === version) {
    if (proposal.state === 'proposed') return nothing;
    if (proposal.state === 'rejected' && !changed) return nothing;
  }
  return { kind: 'propose' };
}

function unsigned(signature: Signature): string {
  switch (signature.kind) {
    case 'none':
      return 'CATALOG_TRUST is signature and there is no signature beside the file: put one into <CATALOG>.sig';
    case 'bad':
      return 'the signature beside the file is not one of CATALOG_SIGNING_KEYS over its exact bytes: sign the file as it is';
    case 'good':
      return 'these signed bytes were in force before and were replaced: to go back to them, change a comment and sign anew';
  }
}
