import type { Entitlement, Subject } from './types.ts';

/** An answer that explains itself: `rule` names the rule that decided, `reason` says why. */
export interface Decision {
  readonly allowed: boolean;
  readonly rule: string;
  readonly reason: string;
}

/** May this subject ask for the entitlement? Reads nothing but the entitlement itself. */
export function mayAsk(entitlement: Entitlement, subject: Subject): Decision {
  return decide(`${entitlement.id}#ask.groups`, entitlement.ask.groups, subject);
}

/**
 * May this subject approve requests for the entitlement? That a requester never approves their own is decided where
 * the request is known.
 */
export function mayApprove(entitlement: Entitlement, subject: Subject): Decision {
  return decide(`${entitlement.id}#approve.groups`, entitlement.approve.groups, subject);
}

/** May this subject know that the entitlement exists? To others it answers as if it did not. */
export function isVisible(entitlement: Entitlement, subject: Subject): boolean {
  return mayAsk(entitlement, subject).allowed || mayApprove(entitlement, subject).allowed;
}

function decide(rule: string, groups: readonly string[], subject: Subject): Decision {
  if (subject.personId === '') return { allowed: false, rule, reason: 'nobody is asking' };
  // The checker refuses an empty list; were one to get here, it means no one.
  if (groups.length === 0) return { allowed: false, rule, reason: 'the rule names no group' };
  const group = groups.find((name) => subject.groups.includes(name));
  if (group !== undefined) return { allowed: true, rule, reason: `in group ${group}` };
  return { allowed: false, rule, reason: `in none of the groups ${groups.join(', ')}` };
}
