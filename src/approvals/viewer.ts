import type { Caller } from '../identity/caller.ts';
import type { Viewer } from './rights.ts';

/** What rights need of a caller. */
export function viewerOf(caller: Caller): Viewer {
  const { personId, groups, isAuditor, isOperator } = caller;
  return { personId, groups, isAuditor, isOperator };
}
