import { advancedBy, type Approval, openStep, type Round, tally } from './quorum.ts';
import type { Answerer } from './rights.ts';

/**
 * The approval that this person could give now and that counts for the most: by a right of their own, unless one that was handed
 * to them goes further. Null when none of theirs would count.
 */
export function candidateFor(
  round: Round,
  approvals: readonly Approval[],
  person: Answerer,
  at: Date,
): Approval | null {
  const { principals, ...reviewer } = person;
  let best: Approval | null = null;
  let most = 0;
  for (const principal of [null, ...principals]) {
    const thought: Approval = { reviewer, principal, at, parts: null };
    const parts = advancedBy(round, approvals, thought);
    if (parts.length > most) [best, most] = [{ ...thought, parts }, parts.length];
  }
  return best;
}

/** What a request waits for, for somebody whose turn it is not: `prod/admin: security`. */
export function turnsText(round: Round, approvals: readonly Approval[]): string {
  const open = tally(round, approvals).flatMap((one) => {
    const step = openStep(one);
    return step === null ? [] : [`${one.entitlement}: ${step.step.name}`];
  });
  return open.join(', ');
}
