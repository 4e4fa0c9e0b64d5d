import { STATUS_CODES } from 'node:http';
import { type AssuranceDemand, type AssuranceLevel, assuranceLevels } from '../catalog/types.ts';
import { databaseFault } from '../db/fault.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { contentCodingCode } from './content-coding.ts';
import { inputFaults, type InputFault } from './validation-message.ts';

/** The HTTP status of each refusal (RFC 9110). */
export const refusalStatus: Readonly<Record<RefusalCode, number>> = {
  invalid_input: 400,
  sign_in_failed: 400,
  unauthenticated: 401,
  insufficient_assurance: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  digest_mismatch: 409,
  already_decided: 409,
  not_active: 409,
  outside_hours: 409,
  idempotency_mismatch: 422,
  not_possible: 422,
  rate_limited: 429,
  factor_locked: 429,
  aws_refused: 502,
  aws_wrong_identity: 502,
  aws_unavailable: 503,
  idp_unavailable: 503,
  audit_unavailable: 503,
  closed: 503,
};

/** Codes that only the edge gives: faults of HTTP itself, and of Daypass. */
export type EdgeCode =
  | 'method_not_allowed'
  | 'too_large'
  | 'too_slow'
  | 'unsupported_media_type'
  | 'unavailable'
  | 'internal_error';

/** What is answered: safe to show to the caller as it is. */
export interface Problem {
  readonly status: number;
  readonly code: RefusalCode | EdgeCode;
  readonly detail: string;
  readonly extra: Readonly<Record<string, unknown>>;
}

const titles: Partial<Record<Problem['code'], string>> = {
  invalid_input: 'The input is not valid',
  insufficient_assurance: 'A stronger or more recent sign-in is needed',
  unauthenticated: 'Not signed in',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  digest_mismatch: 'The request is not what was reviewed',
  internal_error: 'Internal error',
};
// Seconds to wait before another try, where waiting helps.
const retryAfterSeconds = 5;

/**
 * Turns whatever was thrown into what the caller may know. Only a Refusal speaks for itself; of anything unknown nothing
 * is told but that it happened.
 */
export function toProblem(error: unknown): Problem {
  if (error instanceof Refusal) {
    return { status: refusalStatus[error.code], code: error.code, detail: error.message, extra: error.extra };
  }
  if (databaseFault(error) === 'unavailable') {
    return edge(503, 'unavailable', 'Daypass cannot reach its database right now. Try again in a moment.');
  }
  const faults = inputFaults(error);
  if (faults !== null) return invalidInput(faults);
  return (isHttpError(error) ? fromHttpError(error) : null) ?? internalError;
}

export const internalError: Problem = edge(
  500,
  'internal_error',
  'Something went wrong inside Daypass. Give the request id to an operator.',
);

function edge(status: number, code: Problem['code'], detail: string): Problem {
  return { status, code, detail, extra: {} };
}

function invalidInput(errors: readonly InputFault[]): Problem {
  const detail = errors.map((fault) => fault.message).join(' ');
  return { status: 400, code: 'invalid_input', detail, extra: { errors } };
}

interface HttpError {
  readonly statusCode: number;
  readonly code?: unknown;
}

function isHttpError(error: unknown): error is HttpError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

// Errors of Fastify and its plugins: their texts can repeat input, so each gets a text of ours.
function fromHttpError(error: HttpError): Problem | null {
  switch (error.statusCode) {
    case 400:
      return edge(400, 'invalid_input', badRequestText(error.code));
    case 404:
      return edge(404, 'not_found', 'There is nothing at this address.');
    case 413:
    case 414:
      return edge(413, 'too_large', 'The input is too large: at most 64 KiB.');
    case 415:
      return edge(415, 'unsupported_media_type', mediaTypeText(error.code));
    case 429:
      return edge(429, 'rate_limited', 'Too many calls. Wait a moment and try again.');
    default:
      return null;
  }
}

function mediaTypeText(code: unknown): string {
  return code === contentCodingCode
    ? 'Send the body as it is: no `Content-Encoding` is taken.'
    : 'Send JSON, with `Content-Type: application/json`.';
}

function badRequestText(code: unknown): string {
  switch (code) {
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'The body is empty; it must be JSON, `{}` at the least.';
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return 'The body is not as long as Content-Length says.';
    case 'FST_ERR_BAD_URL':
      return 'The address is not valid: check its percent-encoding.';
    default:
      return 'The body is not valid JSON, or has keys that are not allowed in any.';
  }
}

/** The body of the answer (RFC 9457). */
export function problemBody(problem: Problem, requestId: string): Record<string, unknown> {
  return {
    ...problem.extra,
    type: `urn:daypass:problem:${problem.code}`,
    title: titles[problem.code] ?? STATUS_CODES[problem.status] ?? 'Problem',
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    requestId,
  };
}

type AcrValuesFor = (level: AssuranceLevel) => readonly string[];

/** Headers that go with a problem: the challenge of a 401 (RFC 6750, RFC 9470) and Retry-After. */
export function problemHeaders(problem: Problem, acrValuesFor: AcrValuesFor): Record<string, string> {
  const headers: Record<string, string> = {};
  if (problem.code === 'unauthenticated') headers['www-authenticate'] = 'Bearer realm="daypass"';
  if (problem.code === 'insufficient_assurance') {
    headers['www-authenticate'] = stepUpChallenge(problem, acrValuesFor);
  }
  if (problem.status === 503 || problem.status === 429) {
    const wait = problem.extra['retryAfterSeconds'];
    headers['retry-after'] = String(
      typeof wait === 'number' ? Math.max(1, Math.ceil(wait)) : retryAfterSeconds,
    );
  }
  return headers;
}

/** What a refused assurance demands. */
export function demandOf(problem: Problem): AssuranceDemand | null {
  const required = problem.extra['required'];
  if (typeof required !== 'object' || required === null || !('level' in required)) return null;
  const { level } = required;
  const maxAge = 'maxAgeSeconds' in required ? required.maxAgeSeconds : null;
  const known = assuranceLevels.find((each) => each === level);
  if (known === undefined) return null;
  return { level: known, maxAgeSeconds: typeof maxAge === 'number' ? maxAge : null };
}

function stepUpChallenge(problem: Problem, acrValuesFor: AcrValuesFor): string {
  const demand = demandOf(problem);
  const parts = [
    'Bearer error="insufficient_user_authentication"',
    `error_description="${quotable(problem.detail)}"`,
  ];
  const acr = demand === null ? [] : acrValuesFor(demand.level);
  if (acr.length > 0) parts.push(`acr_values="${quotable(acr.join(' '))}"`);
  const maxAge = demand?.maxAgeSeconds ?? null;
  if (maxAge !== null) parts.push(`max_age="${maxAge}"`);
  return parts.join(', ');
}

// Characters that RFC 6750 section 3 allows in these values; no quote and no backslash.
function quotable(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '');
}
