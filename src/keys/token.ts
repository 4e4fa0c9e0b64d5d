import { createHash, randomBytes } from 'node:crypto';

/** A fresh opaque token: `prefix_` and 256 random bits. Nothing can be read from it; the holder is who it was given to. */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a token. A plain hash is enough for 256 random bits: there is nothing to guess. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
