import fastifyRateLimit from '@fastify/rate-limit';
import type { Clock } from '../db/clock.ts';
import { hashToken } from '../keys/token.ts';
import { Refusal } from '../refusal.ts';

/** Tokens that lead to nobody, from one address in a minute, before it is asked to wait. */
export const mostUnknown = 300;
// Of each kind: further addresses share one count, and further tokens are forgotten oldest first.
const mostAddresses = 10_000;
const mostRemembered = 10_000;
const others = 'others';

export interface UnknownTokens {
  /** Throws Refusal `rate_limited` where too many such tokens came from this address: before anything is looked up. */
  requireRoom(token: string, address: string): void;
  /** What came of looking a token up. */
  lookedUp(token: string, address: string, known: boolean): void;
}

/**
 * Keeps a flood of made-up tokens away from the database. People share an office's address, so tokens that led to somebody
 * before are looked up all the same: their holders are limited by their sign-in. Each replica counts for itself.
 */
export function limitUnknownTokens(clock: Clock): UnknownTokens {
  const remembered = new Set<string>();
  const unknown = new Map<string, number>();
  let minute = 0;

  const sourceOf = (address: string): string => {
    const now = Math.floor(clock().getTime() / 60_000);
    if (now !== minute) unknown.clear();
    minute = now;
    const source = fastifyRateLimit.normalizeIP(address, 64);
    return unknown.has(source) || unknown.size < mostAddresses ? source : others;
  };

  return {
    requireRoom(token, address) {
      if ((unknown.get(sourceOf(address)) ?? 0) < mostUnknown || remembered.has(keyOf(token))) return;
      throw new Refusal('rate_limited', 'Too many calls in a minute. Wait and try again.', {
        retryAfterSeconds: 60 - Math.floor((clock().getTime() % 60_000) / 1000),
      });
    },
    lookedUp(token, address, known) {
      const key = keyOf(token);
      remembered.delete(key);
      if (known) remembered.add(key);
      else {
        const source = sourceOf(address);
        unknown.set(source, (unknown.get(source) ?? 0) + 1);
      }
      const [oldest] = remembered;
      if (remembered.size > mostRemembered && oldest !== undefined) remembered.delete(oldest);
    },
  };
}

// Tokens themselves are kept nowhere, not even here.
function keyOf(token: string): string {
  return hashToken(token).toString('base64url');
}
