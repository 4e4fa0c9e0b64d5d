import { type AssuranceDemand, type AssuranceLevel, assuranceLevels } from '../catalog/types.ts';
import { Refusal } from '../refusal.ts';
import type { Assurance, Caller } from './caller.ts';

/** Whether `a` is as strong as `b` or stronger. */
export function atLeast(a: AssuranceLevel, b: AssuranceLevel): boolean {
  return assuranceLevels.indexOf(a) >= assuranceLevels.indexOf(b);
}

/** Whether the proof is strong enough and, where the demand has an age, fresh enough at `now`. */
export function meets(assurance: Assurance, demand: AssuranceDemand, now: Date): boolean {
  if (!atLeast(assurance.level, demand.level)) return false;
  if (demand.maxAgeSeconds === null) return true;
  return now.getTime() - assurance.authenticatedAt.getTime() <= demand.maxAgeSeconds * 1000;
}

/**
 * Throws Refusal `insufficient_assurance` when the caller is proven too weakly or too long ago. Its `extra` says what is
 * required and what is there, so that the edge can make the step-up challenge of RFC 9470; `recorded` says in the log who
 * demanded it.
 */
export function requireAssurance(
  caller: Pick<Caller, 'assurance'>,
  demand: AssuranceDemand,
  now: Date,
  recorded: Readonly<Record<string, unknown>> = {},
): void {
  if (meets(caller.assurance, demand, now)) return;
  const age = demand.maxAgeSeconds === null ? '' : ` no longer than ${demand.maxAgeSeconds} seconds ago`;
  throw new Refusal(
    'insufficient_assurance',
    `This needs a ${demand.level} sign-in${age}: sign in again.`,
    {
      required: { level: demand.level, maxAgeSeconds: demand.maxAgeSeconds },
      current: {
        level: caller.assurance.level,
        authenticatedAt: caller.assurance.authenticatedAt.toISOString(),
      },
    },
    recorded,
  );
}
