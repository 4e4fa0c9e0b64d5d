import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether `text` can be an S256 code challenge: 32 bytes in base64url (RFC 7636, 4.2). */
export function isCodeChallenge(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** Whether `verifier` is what `challenge` was made of (RFC 7636, 4.6, S256). */
export function verifierHolds(verifier: string, challenge: string): boolean {
  if (!/^[A-Za-z0-9._~-]{43,128}$/.test(verifier)) return false;
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const expected = Buffer.from(challenge);
  return made.length === expected.length && timingSafeEqual(made, expected);
}
