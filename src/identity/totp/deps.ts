import { Refusal } from '../../refusal.ts';
import type { IdentityDeps } from '../deps.ts';
import { isCode } from './code.ts';

export type TotpDeps = Pick<IdentityDeps, 'transact' | 'masterKey' | 'totpEnabled'>;

/** Throws Refusal `not_found` where Daypass's own codes are off: a provider with a second factor must not be bypassed. */
export function requireTotp(deps: Pick<TotpDeps, 'totpEnabled'>): void {
  if (deps.totpEnabled) return;
  throw new Refusal(
    'not_found',
    "One-time codes of Daypass's own are off here: use the second factor of your identity provider.",
  );
}

/** Throws Refusal `invalid_input` for what cannot be a code; it counts as no attempt. */
export function requireCodeForm(code: string): void {
  if (!isCode(code)) throw new Refusal('invalid_input', 'A one-time code is six digits.');
}
