import { whoText } from '../catalog/steps.ts';
import type { Who } from '../catalog/types.ts';
import type { OnCallNow } from './on-call.ts';
import type { PreflightWarning } from './preflight.ts';

/** A step that cannot be met as things are. */
export interface Unmet {
  readonly entitlement: string;
  readonly step: string;
  readonly who: Who;
  /** How many different people are missing. */
  readonly needed: number;
  /** How many who may answer are known and have not been counted. */
  readonly known: number;
  /** OIDC subject of the manager of whose access it is; null when none is known. */
  readonly manager: string | null;
}

/** Says that nobody could approve it, and why. It stops nothing: people come back, join, and sign in for the first time. */
export function nobodyEligible(unmet: Unmet, now: OnCallNow): PreflightWarning {
  const { entitlement, step, who, needed, known, manager } = unmet;
  const missing =
    known >= needed
      ? 'those who may answer it are needed for the steps before it, and nobody counts twice'
      : `${known === 0 ? 'nobody' : `only ${known}`} who may answer it is known besides those it is about`;
  const down = (who.onCall ?? []).filter((name) => now.get(name)?.kind !== 'known');
  const why = [
    ...down.map((name) => `Who is on call in ${name} cannot be said: its source is down.`),
    ...(who.manager === true && manager === null ? ['Whose manager is to answer is not known.'] : []),
  ];
  return {
    entitlement,
    check: 'nobody-eligible',
    level: 'warning',
    stops: false,
    message: [
      `It cannot be approved as things are: the step ${step} takes ${needed} of ${whoText(who)}, and ${missing}.`,
      ...why,
    ].join(' '),
  };
}
