import type { Caller } from '../identity/caller.ts';
import { type OnCallNow, schedulesOf } from './on-call.ts';
import type { Principal } from './principal.ts';
import type { Viewer } from './rights.ts';

/**
 * What rights need of a caller.
 * @param principals who has handed the caller their right for now
 */
export function viewerOf(caller: Caller, onCall: OnCallNow, principals: readonly Principal[] = []): Viewer {
  const { personId, groups, subject, isAuditor, isOperator } = caller;
  return {
    personId,
    groups,
    subject,
    onCall: schedulesOf(onCall, subject),
    isAuditor,
    isOperator,
    principals,
  };
}
