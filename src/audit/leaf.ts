import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import canonicalize from 'canonicalize';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** What is written about an event for ever. Personal data appears only as commitments. */
export interface Leaf {
  readonly v: 1;
  readonly id: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly time: string;
  readonly kind: string;
  readonly outcome: string;
  readonly actor: { readonly type: string; readonly id: string | null };
  readonly subject?: string;
  readonly entitlement?: string;
  readonly account?: string;
  readonly request?: string;
  readonly grant?: string;
  readonly session?: string;
  readonly accessKeyId?: string;
  readonly requestId?: string;
  readonly rule?: string;
  readonly catalogVersion?: string;
  readonly details?: JsonObject;
  /** Field name to salted commitment, base64url. */
  readonly personal?: { readonly [field: string]: string };
}

/** The exact bytes of a leaf: canonical JSON (RFC 8785), so that the same event always has the same bytes. */
export function leafText(leaf: Leaf): string {
  const text = canonicalize(leaf);
  if (text === undefined) throw new Error('an audit leaf must be plain JSON');
  return text;
}

/**
 * A commitment to one piece of personal data: SHA-256 over field, 16-byte salt and value, base64url. Whoever has salt and
 * value can show that they belong to the event; once both are erased nothing leads back.
 */
export function commitment(field: string, salt: Uint8Array, value: string): string {
  return createHash('sha256')
    .update(`daypass/personal/v1\0${field}\0`)
    .update(salt)
    .update(value, 'utf8')
    .digest('base64url');
}

/** The MAC over a leaf's bytes: HMAC-SHA256 (RFC 2104) under a key that Postgres never sees. 32 bytes. */
export function leafMac(key: Uint8Array, leaf: string): Buffer {
  return createHmac('sha256', key).update('daypass/audit/v1\0').update(leaf, 'utf8').digest();
}

/** Whether `mac` is the MAC of `leaf` under `key`. */
export function leafMacHolds(key: Uint8Array, leaf: string, mac: Uint8Array): boolean {
  const expected = leafMac(key, leaf);
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}
