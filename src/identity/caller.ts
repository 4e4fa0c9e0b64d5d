import type { CallContext } from '../audit/event.ts';
import type { AssuranceLevel } from '../catalog/types.ts';

/** How strongly a caller proved who they are, and when. */
export interface Assurance {
  readonly level: AssuranceLevel;
  /** When the person last authenticated actively, as the identity provider said or as Daypass's own factor saw it. */
  readonly authenticatedAt: Date;
}

/** A known, signed-in person making a call. Made from a live sign-in only. */
export interface Caller {
  readonly personId: string;
  /** Display name as the identity provider gave it; null when it gave none. */
  readonly name: string | null;
  readonly groups: readonly string[];
  /** The subject that the identity provider knows the person by. */
  readonly subject: string;
  readonly isAuditor: boolean;
  readonly isOperator: boolean;
  readonly assurance: Assurance;
  readonly signInId: string;
  /** How the call reached Daypass. A chat proves less than a sign-in. */
  readonly via: 'browser' | 'cli' | 'slack';
  readonly context: CallContext;
}
