import { Refusal } from '../refusal.ts';
import { type Asked, isOpen } from './rights.ts';

/** Throws Refusal already_decided when the request does not wait for an answer any more. */
export function requireOpen(asked: Pick<Asked, 'state' | 'expiresAt'>, now: Date): void {
  if (isOpen(asked, now)) return;
  const state = asked.state === 'pending' ? 'expired' : asked.state;
  throw new Refusal('already_decided', `This request is already ${state}: nothing was changed.`, { state });
}
