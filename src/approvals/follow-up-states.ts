export const followUpStates = ['owed', 'done', 'overdue'] as const;
export type FollowUpState = (typeof followUpStates)[number];

export const verdicts = ['justified', 'not-justified'] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Every step a follow-up may take. The database has the same table (follow_up_transitions) and refuses any other step by
 * itself; a test compares the two. `new` stands before the row exists.
 */
export const followUpTransitions = [
  ['new', 'owed'],
  ['owed', 'done'],
  ['owed', 'overdue'],
  ['overdue', 'done'],
] as const satisfies readonly (readonly [FollowUpState | 'new', FollowUpState])[];
