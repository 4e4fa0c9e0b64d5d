/**
 * Why a use case refuses. `code` is stable and public; the edge turns it into an HTTP status. `message` is one sentence for
 * a person that says what to do; it never carries secrets or what the caller may not know.
 */
export const refusalCodes = [
  'invalid_input',
  'unauthenticated',
  'insufficient_assurance',
  'forbidden',
  'not_found',
  'conflict',
  'digest_mismatch',
  'already_decided',
  'not_active',
  'outside_hours',
  'idempotency_mismatch',
  'not_possible',
  'rate_limited',
  'factor_locked',
  'aws_refused',
  'aws_unavailable',
  'aws_wrong_identity',
  'idp_unavailable',
  'audit_unavailable',
  'closed',
  'sign_in_failed',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  /** Public facts beside the message: what changed, what is demanded. */
  readonly extra: Readonly<Record<string, unknown>>;
  /** Facts for the audit log alone, which the caller may not know. Never part of an answer. */
  readonly recorded: Readonly<Record<string, unknown>>;

  constructor(
    code: RefusalCode,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
    recorded: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.code = code;
    this.extra = extra;
    this.recorded = recorded;
  }
}

/** The same answer for what does not exist and for what the caller may not see; `recorded` tells them apart in the log alone. */
export function notFound(what: string, recorded: Readonly<Record<string, unknown>> = {}): Refusal {
  return new Refusal('not_found', `There is no such ${what}, or it is not yours to see.`, {}, recorded);
}
