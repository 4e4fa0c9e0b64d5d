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
] as const;

/**
 * refuse: AccessDenied. throttle: the service's throttling error. server-error: 500. hang: never answered. cut: the connection
 * is closed before anything is done. cut-after: done, logged, then closed. rubbish: 200 with something unreadable.
 * wrong-account (AssumeRole): credentials of another account. fail-late (account assignments): accepted, FAILED later.
 */
export type FaultKind = (typeof FAULT_KINDS)[number];

export interface Fault {
  service: ServiceName;
  /** Name of the action, or `*`. */
  action: string;
  kind: FaultKind;
  /** How many calls it hits; without it, every call until clearFaults(). SDK retries are calls too. */
  times?: number;
  /** FailureReason of `fail-late`. */
  reason?: string;
}

/** Faults in the order in which they were set; the first that fits a call hits it. */
export class Faults {
  #faults: { fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault that hits this call, used up by one; null for none. */
  take(service: ServiceName, action: string): Fault | null {
    const entry = this.#faults.find(({ fault, left }) => {
      return left > 0 && fault.service === service && (fault.action === '*' || fault.action === action);
    });
    if (!entry) return null;
    entry.left -= 1;
    return entry.fault;
  }
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

/** Reads a fault from the JSON of `POST /_faults`; an Error says what is wrong with it. */
export function readFault(value: unknown): Fault {
  const input = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const service = (['sts', 's3', 'sso-admin', 'identitystore'] as const).find(
    (name) => name === input['service'],
  );
  const kind = FAULT_KINDS.find((name) => name === input['kind']);
  const { action, times, reason } = input;
  if (!service) throw new Error('service must be sts, s3, sso-admin or identitystore');
  if (!kind) throw new Error(`kind must be one of ${FAULT_KINDS.join(', ')}`);
  if (typeof action !== 'string' || action === '')
    throw new Error('action must be the name of an action, or *');
  if (times !== undefined && !(Number.isInteger(times) && Number(times) > 0)) {
    throw new Error('times must be a positive whole number');
  }
  if (reason !== undefined && typeof reason !== 'string') throw new Error('reason must be text');
  return {
    service,
    action,
    kind,
    ...(times === undefined ? {} : { times: Number(times) }),
    ...(reason === undefined ? {} : { reason }),
  };
}
