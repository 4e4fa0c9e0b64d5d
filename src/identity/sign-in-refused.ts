import type { Refusal } from '../refusal.ts';
import type { SignInPurpose } from './attempt.ts';

/** A sign-in failed after it was clear what it was for, so that the answer can go where the person came from. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
  readonly purpose: SignInPurpose;
  readonly refusal: Refusal;

  constructor(purpose: SignInPurpose, refusal: Refusal) {
    super(refusal.message);
    this.purpose = purpose;
    this.refusal = refusal;
  }
}
