import type { Anchor, Reading } from './anchor.ts';
import type { ClosureReason } from './closure-row.ts';

/** What the database says about itself, beside an anchor. */
export interface Standing {
  readonly database: string;
  readonly mark: number;
  /** Whether the event that the anchor names is in the record, authentic. */
  readonly hasAnchoredEvent: boolean;
  /** When the newest closure was made, open or not, and the event of the anchor that it was made over. */
  readonly lastClosure: { readonly at: Date; readonly anchorEvent: string | null } | null;
  /** Whether no closure waits for its confirmations. */
  readonly isOpen: boolean;
}

export type Verdict =
  | { readonly is: 'holds' }
  /** No anchor to compare with. */
  | { readonly is: 'nothing-to-compare' }
  /** The anchor is of a history that a closure has dealt with. */
  | { readonly is: 'dealt-with' }
  | { readonly is: 'close'; readonly reason: ClosureReason };

/**
 * Compares an anchor with the database. An anchor from before the newest closure can only tell of what that closure dealt
 * with: replicas with a file each find it one after the other. One that cannot be read tells no time, so it closes what is
 * open and leaves alone what is closed.
 */
export function judge(reading: Exclude<Reading, { is: 'of-another-key' }>, standing: Standing): Verdict {
  switch (reading.is) {
    case 'none':
      return { is: 'nothing-to-compare' };
    case 'damaged':
    case 'forged': {
      const reason = reading.is === 'damaged' ? 'damaged_anchor' : 'forged_anchor';
      return standing.isOpen ? { is: 'close', reason } : { is: 'dealt-with' };
    }
    case 'read':
      break;
  }
  const { anchor } = reading;
  const reason = difference(anchor, standing);
  if (reason === null) return { is: 'holds' };
  return isDealtWith(anchor, standing.lastClosure) ? { is: 'dealt-with' } : { is: 'close', reason };
}

function difference(anchor: Anchor, standing: Standing): ClosureReason | null {
  if (anchor.database !== standing.database) return 'other_database';
  return standing.mark < anchor.mark || !standing.hasAnchoredEvent ? 'older_database' : null;
}

function isDealtWith(anchor: Anchor, closure: Standing['lastClosure']): boolean {
  if (closure === null) return false;
  // Without any event it is from before everything.
  if (anchor.time === null || Date.parse(anchor.time) < closure.at.getTime()) return true;
  return anchor.event === closure.anchorEvent;
}
