import { randomBytes } from 'node:crypto';

/** Prefixes of ids, so that an id says what it names. */
export type IdPrefix = 'prs' | 'sgn' | 'req' | 'rev' | 'grt' | 'ses' | 'evt';

// Crockford base32 in lower case: no i, l, o or u to misread, and it sorts as the bytes do.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A new id that sorts by time: `prefix_` and 26 characters, 48 bits of milliseconds followed by 80 random bits (the layout
 * of a ULID).
 */
export function newId(prefix: IdPrefix, now: Date): string {
  let value = (BigInt(now.getTime()) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return `${prefix}_${text}`;
}
