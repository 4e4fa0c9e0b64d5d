export const requestStates = ['pending', 'approved', 'denied', 'cancelled', 'expired'] as const;
export type RequestState = (typeof requestStates)[number];

/**
 * Every step a request may take. The database has the same table (request_transitions) and refuses any other step by
 * itself; a test compares the two. `new` stands before the row exists.
 */
export const requestTransitions = [
  ['new', 'pending'],
  ['pending', 'approved'],
  ['pending', 'denied'],
  ['pending', 'cancelled'],
  ['pending', 'expired'],
] as const satisfies readonly (readonly [RequestState | 'new', RequestState])[];

/** May a request in state `from` go to state `to`? */
export function mayBecome(from: RequestState | 'new', to: RequestState): boolean {
  return requestTransitions.some(([before, after]) => before === from && after === to);
}
