/** How somebody signs in at the development identity provider, and what the ID token then says about it. */
export type SignInMethod = 'password' | 'otp' | 'passkey';

export type MethodFacts = { label: string; acr: string; amr: readonly string[] };

/** Weakest first: the order is the ranking that `satisfies` uses. amr values are those of RFC 8176. */
export const METHODS: Readonly<Record<SignInMethod, MethodFacts>> = {
  password: { label: 'password only', acr: 'urn:daypass:dev:single', amr: ['pwd'] },
  otp: {
    label: 'with a second factor (one-time code)',
    acr: 'urn:daypass:dev:mfa',
    amr: ['pwd', 'otp', 'mfa'],
  },
  passkey: { label: 'with a passkey', acr: 'urn:daypass:dev:phr', amr: ['hwk', 'user', 'mfa'] },
};

const RANKED = Object.values(METHODS).map((method) => method.acr);

export const ACR_VALUES: readonly string[] = RANKED;

/** True for the name of a sign-in method. */
export function isSignInMethod(value: string): value is SignInMethod {
  return Object.hasOwn(METHODS, value);
}

/**
 * Whether a sign-in at level `acr` answers a request for `acrValues` (any one of them will do, OpenID Connect Core 3.1.2.1).
 * A stronger level answers for a weaker one; a value this provider does not know is answered by none.
 */
export function satisfies(acr: string | undefined, acrValues: readonly string[]): boolean {
  if (acrValues.length === 0) return true;
  const have = acr === undefined ? -1 : RANKED.indexOf(acr);
  return acrValues.some((wanted) => {
    const rank = RANKED.indexOf(wanted);
    return rank >= 0 && have >= rank;
  });
}
