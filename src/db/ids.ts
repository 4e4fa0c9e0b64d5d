import { randomBytes } from 'node:crypto';

/** Prefixes of ids, so that an id says what it names. */
export type IdPrefix =
  | 'prs'
  | 'sgn'
  | 'req'
  | 'rev'
  | 'cmt'
  | 'grt'
  | 'ses'
  | 'evt'
  | 'cls'
  | 'cpr'
  | 'ntc'
  | 'msg'
  | 'dlg'
  | 'fup'
  | 'elr'
  | 'eld';

// Crockford base32 in lower case: no i, l, o or u to misread, and it sorts as the bytes do.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

// The last random part given out for each of the newest milliseconds.
const latest = new Map<number, bigint>();
const millisecondsRemembered = 1_000;

/**
 * A new id that sorts by time: `prefix_` and 26 characters, 48 bits of milliseconds followed by 80 random bits (the layout
 * of a ULID). Ids that one process makes for the same millisecond sort in the order they were made, so the events of one
 * transaction read in the order they happened.
 */
export function newId(prefix: IdPrefix, now: Date): string {
  const ms = now.getTime();
  let value = (BigInt(ms) << 80n) | randomPart(ms);
  let text = '';
  for (let i = 0; i < 26; i++) {
    text = alphabet.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return `${prefix}_${text}`;
}

function randomPart(ms: number): bigint {
  const before = latest.get(ms);
  // The first leaves the top bit free, so that those after it have room to grow.
  const value = before === undefined ? randomBits(10) >> 1n : before + 1n + randomBits(4);
  latest.delete(ms);
  latest.set(ms, value);
  if (latest.size > millisecondsRemembered) {
    for (const oldest of latest.keys()) {
      latest.delete(oldest);
      break;
    }
  }
  return value;
}

function randomBits(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString('hex')}`);
}
