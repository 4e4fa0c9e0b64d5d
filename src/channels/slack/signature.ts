import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** A callback as it arrived. */
export interface SignedCallback {
  /** The header `X-Slack-Request-Timestamp`: seconds since 1970. */
  readonly timestamp: unknown;
  /** The header `X-Slack-Signature`. */
  readonly signature: unknown;
  /** The body, byte for byte. */
  readonly body: Uint8Array;
}

/** A good signature: its hash, and when it stops being acceptable and may be forgotten. */
export interface GoodSignature {
  readonly signatureHash: Buffer;
  readonly expiresAt: Date;
}

const windowSeconds = 300;

/**
 * Checks a callback's signature: HMAC-SHA256 over `v0:{timestamp}:{raw body}` (docs.slack.dev, Verifying requests from Slack),
 * compared in constant time. A timestamp more than 5 minutes away is refused in both directions: one from the future would
 * outlive what is remembered of it.
 * @returns null when the callback is not to be trusted, whatever the reason
 */
export function checkSignature(secret: string, callback: SignedCallback, now: Date): GoodSignature | null {
  const { timestamp, signature, body } = callback;
  if (secret === '') return null;
  if (typeof timestamp !== 'string' || !/^[1-9][0-9]{0,11}$/.test(timestamp)) return null;
  if (typeof signature !== 'string' || !/^v0=[0-9a-f]{64}$/.test(signature)) return null;
  const signedAt = Number(timestamp) * 1000;
  if (Math.abs(now.getTime() - signedAt) > windowSeconds * 1000) return null;
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  const given = Buffer.from(signature.slice('v0='.length), 'hex');
  if (!timingSafeEqual(expected, given)) return null;
  return {
    signatureHash: createHash('sha256').update(given).digest(),
    // One second more than the window, so that it is never forgotten while still accepted.
    expiresAt: new Date(signedAt + (windowSeconds + 1) * 1000),
  };
}
