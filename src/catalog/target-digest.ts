import { canonicalDigest } from './terms.ts';
import type { Entitlement } from './types.ts';

/** How long what was seen in AWS of a target counts, in milliseconds. */
export const preflightFreshMs = 86_400_000;

/** Stands for what an entitlement lends: what was seen of one target says nothing of another. Takes stored terms, too. */
export function targetDigest({
  target,
  sessionSeconds,
}: Pick<Entitlement, 'target' | 'sessionSeconds'>): string {
  return canonicalDigest({ target, sessionSeconds });
}
