import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { EgressRefused } from '../egress/refused.ts';

/**
 * Why a call to the identity provider failed:
 * `unavailable`: it could not be reached, or would not serve us; trying later may help.
 * `refused`: it said no, or the answer is one that anybody could have made up.
 * `invalid`: it answered with a token that does not verify.
 */
export type OidcFailureKind = 'unavailable' | 'refused' | 'invalid';

export class OidcFailure extends Error {
  override readonly name = 'OidcFailure';
  readonly kind: OidcFailureKind;
  /** A short word for logs and the record; never text of the provider or the browser. */
  readonly reason: string;

  constructor(kind: OidcFailureKind, reason: string) {
    super(`the identity provider's answer is ${kind} (${reason})`);
    this.kind = kind;
    this.reason = reason;
  }
}

/** What the log is told of a provider that could not be used. */
export interface OidcProblem {
  readonly name: string;
  readonly code: string;
  readonly message: string;
}

// Errors of OpenID Connect Core 3.1.2.6 and RFC 6749 4.1.2.1 that are worth telling apart; any other is `error`.
const knownErrors = new Set([
  'access_denied',
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
  'invalid_request',
  'invalid_scope',
  'invalid_grant',
  'unmet_authentication_requirements',
]);
const temporaryErrors = new Set(['server_error', 'temporarily_unavailable']);
// The provider does not take our client: an operator has to look, the person can do nothing.
const clientErrors = new Set(['invalid_client', 'unauthorized_client']);
// Codes of oauth4webapi for answers that are no answer of the protocol at all.
const transportCodes = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
]);

/** Sorts what openid-client throws; `problem` is what an operator should see, or null when it is nothing of theirs. */
export function oidcFailure(error: unknown): { failure: OidcFailure; problem: OidcProblem | null } {
  if (error instanceof OidcFailure) {
    return { failure: error, problem: error.kind === 'refused' ? null : describe(error, error.reason) };
  }
  if (error instanceof AuthorizationResponseError) {
    const kind = temporaryErrors.has(error.error) ? 'unavailable' : 'refused';
    return { failure: new OidcFailure(kind, known(error.error)), problem: null };
  }
  if (error instanceof ResponseBodyError) {
    const ours = error.status >= 500 || temporaryErrors.has(error.error) || clientErrors.has(error.error);
    const failure = new OidcFailure(ours ? 'unavailable' : 'refused', known(error.error));
    return { failure, problem: ours ? describe(error, known(error.error)) : null };
  }
  const refused = error instanceof Error ? error.cause : null;
  if (refused instanceof EgressRefused) {
    return {
      failure: new OidcFailure('unavailable', refused.code),
      problem: describe(refused, refused.code),
    };
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const answered = error instanceof ClientError && !transportCodes.has(code);
  const failure = new OidcFailure(answered ? 'invalid' : 'unavailable', code || 'error');
  return { failure, problem: describe(error, code) };
}

function known(error: string): string {
  return knownErrors.has(error) || temporaryErrors.has(error) || clientErrors.has(error) ? error : 'error';
}

// Name, code and the library's own sentence only: causes hold responses, and those hold tokens.
function describe(error: unknown, code: string): OidcProblem {
  if (!(error instanceof Error)) return { name: 'Error', code, message: 'unknown error' };
  const cause = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : '';
  return { name: error.name, code, message: `${error.message}${cause}` };
}
