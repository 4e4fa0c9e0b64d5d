/** What a step still takes, and who could give it. */
export interface Seats {
  /** How many different people. */
  readonly needed: number;
  /** Person ids. */
  readonly people: readonly string[];
}

/**
 * The first step that cannot be met together with those before it, when nobody counts twice; null when all can be. Whether
 * everybody finds a seat of their own is a matching in a bipartite graph: each seat is filled along an augmenting path (Kuhn, 1955).
 */
export function firstUnmet(steps: readonly Seats[]): number | null {
  /** Which step each person sits in. */
  const seated = new Map<string, number>();
  const seatOne = (step: number, tried: Set<string>): boolean => {
    for (const person of steps[step]?.people ?? []) {
      if (tried.has(person)) continue;
      tried.add(person);
      const other = seated.get(person);
      if (other !== undefined && !seatOne(other, tried)) continue;
      seated.set(person, step);
      return true;
    }
    return false;
  };
  for (const [step, { needed }] of steps.entries()) {
    for (let seat = 0; seat < needed; seat += 1) if (!seatOne(step, new Set())) return step;
  }
  return null;
}
