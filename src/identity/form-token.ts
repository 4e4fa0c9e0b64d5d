import { createHmac, timingSafeEqual } from 'node:crypto';
import type { MasterKey } from '../keys/master-key.ts';

/** What every form of a page carries so that no other site can send it: an HMAC bound to the sign-in (OWASP CSRF cheat sheet). */
export function formToken(masterKey: MasterKey, signInId: string): string {
  return createHmac('sha256', masterKey.derive('page-form')).update(signInId).digest('base64url');
}

/** Whether a form carries the token of this sign-in. */
export function formTokenHolds(masterKey: MasterKey, signInId: string, presented: unknown): boolean {
  if (typeof presented !== 'string') return false;
  const expected = Buffer.from(formToken(masterKey, signInId));
  const given = Buffer.from(presented);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
