/**
 * What an error of the AWS SDK says about the call.
 * refused: AWS answered no, and will again. conflict: something else is changing the same thing, try later.
 * not-found: AWS does not know what was named. throttled: too many calls, nothing was done. unavailable: nothing was done,
 * try later. unknown-outcome: the answer was lost, so it may or may not have been done.
 */
export type AwsFaultKind =
  | 'refused'
  | 'conflict'
  | 'not-found'
  | 'throttled'
  | 'unavailable'
  | 'unknown-outcome';

export interface AwsFault {
  readonly kind: AwsFaultKind;
  /** The error's name, such as AccessDenied: a fixed word of AWS or the SDK, never its message. */
  readonly code: string;
}

/** Thrown before a call when the credentials of Daypass itself cannot be used: nothing was sent. */
export class OwnCredentialsError extends Error {
  override readonly name: string = 'OwnCredentialsError';
}

// Nothing was sent: the address was not found or nobody listened (Node.js, "Common system errors").
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
// AWS SDK for JavaScript v3, service-error-classification: THROTTLING_ERROR_CODES.
const throttling =
  /^(BandwidthLimitExceeded|EC2ThrottledException|LimitExceededException|PriorRequestNotComplete|ProvisionedThroughputExceededException|RequestLimitExceeded|RequestThrottled|RequestThrottledException|SlowDown|ThrottledException|Throttling|ThrottlingException|TooManyRequestsException|TransactionInProgressException)$/;
// What the SDK calls an answer it could not read an error code from.
const unreadable = new Set([
  '',
  'Error',
  'UnknownError',
  'Unknown',
  'SyntaxError',
  'TypeError',
  'TimeoutError',
  'AbortError',
]);

/** Sorts an error thrown by a client of the AWS SDK v3. What it cannot place has an unknown outcome. */
export function awsFault(error: unknown): AwsFault {
  if (!(error instanceof Error)) return { kind: 'unknown-outcome', code: 'Unknown' };
  const code = codeOf(error);
  if (error instanceof OwnCredentialsError) return { kind: 'unavailable', code: error.name };
  // The SDK's credential chain found nothing, so nothing was signed or sent.
  if (/^(CredentialsProviderError|TokenProviderError|ProviderError)$/.test(error.name)) {
    return { kind: 'unavailable', code: error.name };
  }
  if (neverSent.has(systemCode(error))) return { kind: 'unavailable', code: systemCode(error) };
  const status = httpStatus(error);
  // A status without a code is the word of a proxy, or a broken answer: AWS itself may have done it.
  if (!('$fault' in error) || status === undefined || unreadable.has(code) || /^\d+$/.test(code)) {
    return { kind: 'unknown-outcome', code: code === '' ? 'Unknown' : code };
  }
  if (throttling.test(code) || status === 429) return { kind: 'throttled', code };
  if (status >= 500) return { kind: 'unavailable', code };
  if (code === 'ConflictException') return { kind: 'conflict', code };
  if (code === 'ResourceNotFoundException' || code.startsWith('NoSuchEntity'))
    return { kind: 'not-found', code };
  if (status >= 400) return { kind: 'refused', code };
  return { kind: 'unknown-outcome', code };
}

function codeOf(error: Error): string {
  // Names come from the wire: only what looks like one goes on into records.
  return /^[A-Za-z0-9.:_-]{1,80}$/.test(error.name) ? error.name : '';
}

function systemCode(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function httpStatus(error: Error): number | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}
