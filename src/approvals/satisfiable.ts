/** A step that is asked for, and who could answer it: ids, never of those whom the request is about. */
export interface StepCandidates {
  readonly name: string;
  readonly needed: number;
  readonly people: readonly string[];
}

/**
 * Could the steps of one entitlement all be met, with each person counting once in all of them?
 * @returns the first step that cannot be, when those before it are; null when all can
 */
export function unsatisfiableStep(steps: readonly StepCandidates[]): StepCandidates | null {
  // A seat is one of the people that a step needs; augmenting paths give each a person of its own (Kuhn 1955).
  const seatOf = new Map<string, { readonly step: StepCandidates }>();
  const sit = (seat: { readonly step: StepCandidates }, tried: Set<string>): boolean => {
    for (const person of seat.step.people) {
      if (tried.has(person)) continue;
      tried.add(person);
      const sitting = seatOf.get(person);
      if (sitting !== undefined && !sit(sitting, tried)) continue;
      seatOf.set(person, seat);
      return true;
    }
    return false;
  };
  for (const step of steps) {
    for (let seat = 0; seat < step.needed; seat += 1) {
      if (!sit({ step }, new Set())) return step;
    }
  }
  return null;
}
