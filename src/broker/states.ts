export type GrantState = 'scheduled' | 'activating' | 'active' | 'failed' | 'ending' | 'ended';
export type SessionState = 'issuing' | 'issued' | 'failed' | 'unknown';
export type EndReason = 'expired' | 'revoked' | 'relinquished';

export const grantStates = ['scheduled', 'activating', 'active', 'failed', 'ending', 'ended'] as const;

type Transitions<S extends string> = Readonly<Record<S | 'new', readonly S[]>>;

/** Every legal step of a grant. The table grant_transitions says the same, and Postgres refuses the rest. */
export const grantTransitions: Transitions<GrantState> = {
  new: ['scheduled'],
  scheduled: ['activating', 'ending'],
  activating: ['active', 'failed', 'ending'],
  active: ['ending'],
  // Stays here until there is evidence; it never gives up.
  ending: ['ended'],
  ended: [],
  failed: [],
};

/** Every legal step of a session. The table session_transitions says the same. */
export const sessionTransitions: Transitions<SessionState> = {
  // Unknown from the start: may have been issued by a history of this database that is lost.
  new: ['issuing', 'unknown'],
  issuing: ['issued', 'failed', 'unknown'],
  issued: [],
  failed: [],
  // The reply of AWS was lost: credentials may exist, nobody has them, and they are waited out.
  unknown: [],
};

/** States in which a grant gives access, or may still do so. */
export const liveGrantStates = ['scheduled', 'activating', 'active', 'ending'] as const;

/** May this grant still be told to end? */
export function canEnd(state: GrantState): boolean {
  return grantTransitions[state].includes('ending');
}
