export const proposalStates = ['proposed', 'approved', 'rejected', 'superseded'] as const;
export type ProposalState = (typeof proposalStates)[number];

/**
 * Every step a proposed catalog may take. The database has the same table (catalog_proposal_transitions) and refuses any
 * other step by itself; a test compares the two. `new` stands before the row exists.
 */
export const proposalTransitions = [
  ['new', 'proposed'],
  ['proposed', 'approved'],
  ['proposed', 'rejected'],
  ['proposed', 'superseded'],
] as const satisfies readonly (readonly [ProposalState | 'new', ProposalState])[];
