import type { Subject } from '../catalog/types.ts';
import { advancedBy, type Approval, openStep, type Round, tally } from './quorum.ts';
import type { Answerer } from './rights.ts';

/**
 * The approval that this person could give now, by a right of their own or else by one that was handed to them; null when
 * none of theirs would count.
 */
export function candidateFor(
  round: Round,
  approvals: readonly Approval[],
  person: Answerer,
  at: Date,
): Approval | null {
  const { principals, ...reviewer } = person;
  const rights: readonly (Subject | null)[] = [null, ...principals];
  for (const principal of rights) {
    const candidate: Approval = { reviewer, principal, at };
    if (advancedBy(round, approvals, candidate).length > 0) return candidate;
  }
  return null;
}

/** What a request waits for, for somebody whose turn it is not: `prod/admin: security`. */
export function turnsText(round: Round, approvals: readonly Approval[]): string {
  const open = tally(round, approvals).flatMap((one) => {
    const step = openStep(one);
    return step === null ? [] : [`${one.entitlement}: ${step.step.name}`];
  });
  return open.join(', ');
}
