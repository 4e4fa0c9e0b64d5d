import type { AuditEvent } from '../../audit/event.ts';
import type { AssignmentKey, AssignmentOperation } from '../../aws/identity-center.ts';

/** What the events about an assignment say it is for. */
export type About = Pick<AuditEvent, 'grant' | 'request' | 'entitlement' | 'subject'>;

function event(about: About, key: AssignmentKey, operation: AssignmentOperation) {
  const details = { operation, permissionSet: key.permissionSetArn, principal: key.principalId };
  return { ...about, account: key.accountId, details };
}

export function requested(about: About, key: AssignmentKey, operation: AssignmentOperation): AuditEvent {
  return { ...event(about, key, operation), kind: 'assignment.requested', outcome: 'success' };
}

export function confirmed(about: About, key: AssignmentKey, operation: AssignmentOperation): AuditEvent {
  return { ...event(about, key, operation), kind: 'assignment.confirmed', outcome: 'success' };
}

/** Somebody else took it away. */
export function missing(about: About, key: AssignmentKey, operation: AssignmentOperation): AuditEvent {
  const base = event(about, key, operation);
  const details = { ...base.details, reason: 'deleted by somebody else' };
  return { ...base, kind: 'assignment.drift', outcome: 'unknown', details };
}

export function failed(
  about: About,
  key: AssignmentKey,
  operation: AssignmentOperation,
  reason: string,
): AuditEvent {
  const base = event(about, key, operation);
  return { ...base, kind: 'assignment.failed', outcome: 'failure', details: { ...base.details, reason } };
}
