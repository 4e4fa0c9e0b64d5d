import { createHash, type KeyObject, verify } from 'node:crypto';

/** What puts a catalog in force: two operators who approved it, a signature, or that the file says so. */
export const trustModes = ['two-operators', 'signature', 'file'] as const;
export type TrustMode = (typeof trustModes)[number];

/** A public key (Ed25519, RFC 8032) whose signature counts; `id` tells it from others in the record. */
export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

export interface Trust {
  readonly mode: TrustMode;
  /** Whose signatures count, also under `two-operators`; none: nobody's. */
  readonly keys: readonly SigningKey[];
}

/** What a detached signature says: the id of the key that made it, that there is none, or that no known key made it. */
export type Signature = { readonly kind: 'good'; readonly key: string } | { readonly kind: 'none' | 'bad' };

/**
 * Judges a detached signature over the exact bytes of a file.
 * @param signature base64 (RFC 4648), blanks around it allowed; null: there is none
 */
export function judgeSignature(
  bytes: Uint8Array,
  signature: string | null,
  keys: readonly SigningKey[],
): Signature {
  if (signature === null) return { kind: 'none' };
  const text = signature.trim();
  // 64 bytes are 88 characters; Node would skip whatever is no base64.
  if (!/^[A-Za-z0-9+/]{86}==$/.test(text)) return { kind: 'bad' };
  const made = Buffer.from(text, 'base64');
  const by = keys.find(({ key }) => verify(null, bytes, key, made));
  return by === undefined ? { kind: 'bad' } : { kind: 'good', key: by.id };
}

/** `sha256:` and the hex digest of exact bytes. */
export function digestOfBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
