import { randomBytes } from 'node:crypto';
import { hashToken } from '../keys/token.ts';

// Crockford base32: no I, L, O or U to misread. 32 letters, so each byte's low five bits pick one without bias.
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const length = 10;

/** A fresh code of 10 characters, 50 random bits: it lives for minutes and each guess takes a signed callback. */
export function newLinkCode(): string {
  return [...randomBytes(length)].map((byte) => alphabet.charAt(byte & 31)).join('');
}

/** What is stored of a code that a person typed, or null when it cannot be one. Case, dashes and look-alikes do not matter. */
export function linkCodeHash(typed: string): Buffer | null {
  const code = typed.toUpperCase().replaceAll(/[-\s]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return /^[0-9A-HJKMNP-TV-Z]{10}$/.test(code) ? hashToken(`chat-link/${code}`) : null;
}
