import { AwsError, type ServiceName } from './service.ts';
import type { SignatureProblem } from './sigv4.ts';

type Code = readonly [code: string, status: number];

/** Errors that every service has, each under its own name. */
type Shared = SignatureProblem['kind'] | 'denied' | 'throttled' | 'internal' | 'unknown-action';

// AWS, "Common errors" of the STS and Identity Store API references; "S3 error responses".
const QUERY: Record<Shared, Code> = {
  missing: ['MissingAuthenticationToken', 403],
  incomplete: ['IncompleteSignature', 400],
  'unknown-key': ['InvalidClientTokenId', 403],
  'wrong-token': ['InvalidClientTokenId', 403],
  'wrong-signature': ['SignatureDoesNotMatch', 403],
  payload: ['SignatureDoesNotMatch', 403],
  'wrong-scope': ['SignatureDoesNotMatch', 403],
  skew: ['SignatureDoesNotMatch', 403],
  expired: ['ExpiredToken', 403],
  denied: ['AccessDenied', 403],
  throttled: ['Throttling', 400],
  internal: ['InternalFailure', 500],
  'unknown-action': ['InvalidAction', 400],
};
const REST_XML: Record<Shared, Code> = {
  missing: ['AccessDenied', 403],
  incomplete: ['AuthorizationHeaderMalformed', 400],
  'unknown-key': ['InvalidAccessKeyId', 403],
  'wrong-token': ['InvalidToken', 400],
  'wrong-signature': ['SignatureDoesNotMatch', 403],
  payload: ['XAmzContentSHA256Mismatch', 400],
  'wrong-scope': ['AuthorizationHeaderMalformed', 400],
  skew: ['RequestTimeTooSkewed', 403],
  expired: ['ExpiredToken', 400],
  denied: ['AccessDenied', 403],
  throttled: ['SlowDown', 503],
  internal: ['InternalError', 500],
  'unknown-action': ['NotImplemented', 501],
};
const JSON_1_1: Record<Shared, Code> = {
  missing: ['MissingAuthenticationTokenException', 400],
  incomplete: ['IncompleteSignatureException', 400],
  'unknown-key': ['UnrecognizedClientException', 400],
  'wrong-token': ['UnrecognizedClientException', 400],
  'wrong-signature': ['InvalidSignatureException', 400],
  payload: ['InvalidSignatureException', 400],
  'wrong-scope': ['InvalidSignatureException', 400],
  skew: ['InvalidSignatureException', 400],
  expired: ['ExpiredTokenException', 400],
  denied: ['AccessDeniedException', 400],
  throttled: ['ThrottlingException', 400],
  internal: ['InternalServerException', 500],
  'unknown-action': ['UnknownOperationException', 400],
};
const BY_SERVICE: Record<ServiceName, Record<Shared, Code>> = {
  sts: QUERY,
  // IAM API reference, errors of each action: ServiceFailure where STS says InternalFailure.
  iam: { ...QUERY, internal: ['ServiceFailure', 500] },
  s3: REST_XML,
  'sso-admin': JSON_1_1,
  identitystore: JSON_1_1,
  signin: QUERY,
};

const SIGNATURE_MESSAGES: Partial<Record<SignatureProblem['kind'], string>> = {
  missing: 'Request is missing Authentication Token',
  'unknown-key': 'The security token included in the request is invalid.',
  'wrong-token': 'The security token included in the request is invalid.',
  'wrong-signature':
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  payload: 'The provided content hash does not match what was computed.',
  expired: 'The security token included in the request is expired',
};

/** The error of a service for something that all services know. */
export function sharedError(service: ServiceName, kind: Shared, message: string): AwsError {
  const [code, status] = BY_SERVICE[service][kind];
  return new AwsError(code, message, status);
}

/** The error of a service for a request whose signature did not pass. */
export function signatureError(service: ServiceName, problem: SignatureProblem): AwsError {
  const message = 'message' in problem ? problem.message : (SIGNATURE_MESSAGES[problem.kind] ?? problem.kind);
  return sharedError(service, problem.kind, message);
}
