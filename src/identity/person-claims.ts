/** What an identity provider says about a person. */
export interface PersonClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly groups: readonly string[];
  /** The subject of their manager; null when the provider says none. */
  readonly manager: string | null;
}

const mostGroups = 1_000;
const longestGroup = 256;

/**
 * Reads a person from the claims of a verified ID token. Groups come from `groupsClaim`: an array of strings or one string;
 * anything else means none. The manager comes from `managerClaim`, as the subject the provider knows them by. At most 1,000 groups of at most 256 characters; longer names are left out, never cut.
 * Null when issuer or subject cannot be a key (OpenID Connect Core 2: a subject has at most 255 ASCII characters).
 */
export function personFromClaims(
  claims: Readonly<Record<string, unknown>>,
  groupsClaim: string,
  managerClaim: string | null = null,
): PersonClaims | null {
  const { iss, sub } = claims;
  if (typeof iss !== 'string' || !isSubject(sub)) return null;
  const manager = managerClaim === null ? null : claims[managerClaim];
  return {
    issuer: iss,
    subject: sub,
    name: shownText(claims['name'], 200),
    email: shownText(claims['email'], 320),
    groups: groupNames(claims[groupsClaim]),
    // Nobody is their own manager.
    manager: isSubject(manager) && manager !== sub ? manager : null,
  };
}

function isSubject(value: unknown): value is string {
  return typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value);
}

function groupNames(claim: unknown): string[] {
  const values: unknown[] = typeof claim === 'string' ? [claim] : Array.isArray(claim) ? claim : [];
  const names = values.filter(
    (value): value is string =>
      typeof value === 'string' &&
      value !== '' &&
      value.length <= longestGroup &&
      value.isWellFormed() &&
      !/[\u0000-\u001f\u007f]/.test(value),
  );
  return [...new Set(names)].slice(0, mostGroups);
}

// Shown to other people, in pages, chats and terminals: nothing that controls, turns text around, breaks lines or does not show
// (Unicode TR 36, section 2), and not without end. The two joiners stay: Persian and many Indic scripts are written with them.
const unshown = /[\p{Cc}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

function shownText(claim: unknown, longest: number): string | null {
  if (typeof claim !== 'string') return null;
  const text = claim.replace(unshown, '').trim();
  return text === '' ? null : text.slice(0, longest).toWellFormed();
}
