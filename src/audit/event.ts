import type { JsonObject } from './leaf.ts';

/** Every kind of event, `object.verb`. An event of any other kind cannot be written. */
export const auditKinds = [
  'signin.succeeded',
  'signin.failed',
  'signin.ended',
  'access.denied',
  'catalog.loaded',
  'catalog.refused',
  'catalog.proposed',
  'catalog.reviewed',
  'catalog.approved',
  'catalog.rejected',
  'catalog.superseded',
  'request.submitted',
  'request.approved',
  'request.denied',
  'request.cancelled',
  'request.expired',
  'request.narrowed',
  'request.commented',
  'request.reminded',
  'request.escalated',
  'review.recorded',
  'review.refused',
  'review.carried',
  'review.withdrawn',
  'delegation.created',
  'delegation.ended',
  'grant.scheduled',
  'grant.activating',
  'grant.active',
  'grant.extended',
  'grant.failed',
  'grant.ending',
  'grant.ended',
  'session.issuing',
  'session.issued',
  'session.failed',
  'session.unknown',
  'console.opened',
  'grant.silenced',
  'deny.written',
  'deny.confirmed',
  'deny.removed',
  'deny.drift',
  'assignment.requested',
  'assignment.confirmed',
  'assignment.failed',
  'assignment.drift',
  'factor.enrolled',
  'factor.used',
  'factor.failed',
  'factor.reset',
  'chat.linked',
  'chat.unlinked',
  'audit.read',
  'database.closed',
  'database.confirmed',
  'database.opened',
  'chat.requested',
  'preflight.changed',
  'breakglass.used',
  'followup.owed',
  'followup.overdue',
  'followup.done',
  'eligibility.opened',
  'eligibility.kept',
  'eligibility.dropped',
  'eligibility.lapsed',
  'eligibility.closed',
] as const;
export type AuditKind = (typeof auditKinds)[number];

export const outcomes = ['success', 'failure', 'denied', 'unknown'] as const;
export type Outcome = (typeof outcomes)[number];

/** Who acted: a person by id, Daypass itself, or somebody it does not know. */
export type AuditActor =
  | { readonly type: 'person'; readonly id: string }
  | { readonly type: 'system'; readonly id: 'daypass' }
  | { readonly type: 'stranger'; readonly id: null };

/** Where a call comes from. Filled into every event that the call writes. */
export interface CallContext {
  readonly actor: AuditActor;
  /** Network address of the caller, or null when there is none (jobs). Personal data: the log keeps a commitment to it. */
  readonly address: string | null;
  /** The id of the HTTP request or job, as it appears in logs and errors. */
  readonly requestId: string | null;
}

export const systemContext: CallContext = {
  actor: { type: 'system', id: 'daypass' },
  address: null,
  requestId: null,
};

/** What a use case says happened. */
export interface AuditEvent {
  readonly kind: AuditKind;
  readonly outcome: Outcome;
  /** The person it happened to, when that is not the actor alone. */
  readonly subject?: string;
  readonly entitlement?: string;
  readonly account?: string;
  readonly request?: string;
  readonly grant?: string;
  readonly session?: string;
  readonly accessKeyId?: string;
  /** The rule that decided, as the catalog names it. */
  readonly rule?: string;
  readonly catalogVersion?: string;
  /** Facts that are no personal data. */
  readonly details?: JsonObject;
  /** Personal data and people's own words (names, comments, reasons): stored apart, erasable. */
  readonly personal?: Readonly<Record<string, string>>;
}
