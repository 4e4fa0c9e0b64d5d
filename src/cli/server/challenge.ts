/** What a step-up challenge asks for (RFC 9470, section 3). */
export interface Challenge {
  /** Space-separated values for acr_values; null when none are named. */
  readonly acrValues: string | null;
  /** Seconds since the last active sign-in; null when any age will do. */
  readonly maxAge: number | null;
}

// One parameter of a challenge: a token, then a quoted string or a token (RFC 9110, section 11.2).
const parameter =
  /([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([A-Za-z0-9!#$%&'*+.^_`|~-]+))/g;

/**
 * Reads the WWW-Authenticate header of a 401. Returns null when it is no step-up challenge: then the caller is simply not
 * signed in. Values that are not as RFC 9470 has them are left out.
 */
export function parseChallenge(header: string | null): Challenge | null {
  const bearer = /(?:^|,\s*)Bearer\s+(.*)$/is.exec(header ?? '')?.[1];
  if (bearer === undefined) return null;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token] of bearer.matchAll(parameter)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? token ?? '');
  }
  if (parameters.get('error') !== 'insufficient_user_authentication') return null;
  const acrValues = parameters.get('acr_values') ?? '';
  const maxAge = parameters.get('max_age') ?? '';
  return {
    acrValues: /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(acrValues) ? acrValues : null,
    maxAge: /^\d{1,9}$/.test(maxAge) ? Number(maxAge) : null,
  };
}
