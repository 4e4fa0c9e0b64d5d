import { seeded } from '../chaos/random.ts';
import { sharedError } from './error-codes.ts';
import type { AwsError, ServiceName } from './service.ts';

export const FAULT_KINDS = [
  'refuse',
  'throttle',
  'server-error',
  'hang',
  'cut',
  'cut-after',
  'rubbish',
  'wrong-account',
  'fail-late',
  'twice',
  'stale',
] as const;

/**
 * refuse: AccessDenied. throttle: the service's throttling error. server-error: 500. hang: never answered. cut: the connection
 * is closed before anything is done. cut-after: done, logged, then closed. rubbish: 200 with something unreadable.
 * wrong-account (AssumeRole): credentials of another account. fail-late (account assignments): accepted, FAILED later.
 * twice: acted on twice, the second answer is given. stale (IAM reads): answered as before the last write to that policy.
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  service: ServiceName;
  /** Name of the action, or `*`. */
  action: string;
  kind: FaultKind;
  /** Only calls that act in this account. Without it, any. */
  account?: string;
  /** How many calls it hits; without it, every call until clearFaults(). SDK retries are calls too. */
  times?: number;
  /** Hits the last of every so many calls that it fits. Not together with `probability`. */
  every?: number;
  /** Hits each call that it fits with this probability, above 0 and up to 1. */
  probability?: number;
  /** Decides the choices of `probability`: the same seed makes the same ones. Default: 1. */
  seed?: number;
  /** FailureReason of `fail-late`. */
  reason?: string;
}

interface SetFault {
  fault: Fault;
  left: number;
  /** Whether it hits the next call that it fits. */
  chooses: () => boolean;
}

/** Faults in the order in which they were set; the first that fits a call, and chooses it, hits it. */
export class Faults {
  #faults: SetFault[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY, chooses: chooser(fault) });
  }

  clear(): void {
    this.#faults = [];
  }

  /**
   * The fault that hits this call, used up by one; null for none.
   * @param account the one that the call acts in; null where it acts in none
   */
  take(service: Fault['service'], action: string, account: string | null = null): Fault | null {
    const fits = ({ fault }: SetFault): boolean => {
      return (
        fault.service === service &&
        (fault.action === '*' || fault.action === action) &&
        (fault.account === undefined || fault.account === account)
      );
    };
    const hit = this.#faults.find((one) => one.left > 0 && fits(one) && one.chooses());
    if (!hit) return null;
    hit.left -= 1;
    return hit.fault;
  }
}

function chooser({ every, probability, seed }: Fault): () => boolean {
  if (probability !== undefined) {
    const random = seeded(seed ?? 1);
    return () => random() < probability;
  }
  let calls = 0;
  return () => {
    calls += 1;
    return calls % (every ?? 1) === 0;
  };
}

/** The error that a fault makes a service answer, or null if the fault is of another sort. */
export function faultError(fault: Fault, service: ServiceName): AwsError | null {
  if (fault.kind === 'refuse') {
    return sharedError(service, 'denied', `Refused: User is not authorized to perform: ${fault.action}`);
  }
  if (fault.kind === 'throttle') return sharedError(service, 'throttled', 'Rate exceeded');
  if (fault.kind === 'server-error') {
    return sharedError(service, 'internal', 'The request processing has failed because of an unknown error.');
  }
  return null;
}
