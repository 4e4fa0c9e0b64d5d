import type { ApprovalsDeps } from './deps.ts';

/** What is said aloud of a use of break-glass. Ids and facts, no names. */
export interface BreakGlassUsed {
  readonly request: string;
  readonly person: string;
  readonly entitlements: readonly string[];
  /** ISO 8601 in UTC. */
  readonly until: string;
}

export interface BreakGlassDeps extends ApprovalsDeps {
  /** Its members are told of every use, and of every follow-up that is overdue. */
  readonly operatorsGroup: string;
  /** Told of every use, once it is committed. For the log; it must not throw. */
  readonly announce: (used: BreakGlassUsed) => void;
}
