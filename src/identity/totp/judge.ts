/** What is remembered of a factor between two codes. */
export interface FactorMemory {
  readonly lastUsedStep: number | null;
  /** Consecutive wrong codes. */
  readonly failures: number;
  readonly lockedUntil: Date | null;
}

export type Verdict =
  | { readonly is: 'locked'; readonly until: Date }
  | { readonly is: 'wrong'; readonly replayed: boolean; readonly memory: FactorMemory }
  | { readonly is: 'right'; readonly memory: FactorMemory };

/** Wrong codes in a row that lock a factor, and for how long, in seconds. */
export const failuresBeforeLock = 5;
export const lockSeconds = 900;

/**
 * Judges a code by the time step that it matched (null: none). A step counts once, and none before it counts any more (RFC
 * 6238, 5.2; OWASP ASVS 6.5.1). The fifth wrong code in a row locks the factor, and so does each one after it until a right
 * one: 96 guesses a day, of which three in a million are right.
 */
export function judge(memory: FactorMemory, step: number | null, now: Date): Verdict {
  if (memory.lockedUntil !== null && memory.lockedUntil > now)
    return { is: 'locked', until: memory.lockedUntil };
  if (step !== null && (memory.lastUsedStep === null || step > memory.lastUsedStep)) {
    return { is: 'right', memory: { lastUsedStep: step, failures: 0, lockedUntil: null } };
  }
  const failures = memory.failures + 1;
  const lockedUntil = failures >= failuresBeforeLock ? new Date(now.getTime() + lockSeconds * 1000) : null;
  return { is: 'wrong', replayed: step !== null, memory: { ...memory, failures, lockedUntil } };
}
