import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { Secret } from './secret.ts';

const bytesInKey = 32;
const bytesInIv = 12;
const bytesInTag = 16;

/** What a key is for. Each purpose has a key of its own, so that none can stand in for another. */
export type KeyPurpose = 'audit-mac' | 'totp-seed' | 'sign-in' | 'page-form' | 'anchor-mac';

/** The root of Daypass's own keys. It never leaves the process and never touches Postgres. */
export class MasterKey {
  readonly #key: Secret<Buffer>;

  private constructor(key: Secret<Buffer>) {
    this.#key = key;
  }

  /** Reads 32 bytes in base64. Throws a plain sentence when it is anything else, without repeating it. */
  static parse(text: string): MasterKey {
    const key = Buffer.from(text.trim(), 'base64');
    if (key.length !== bytesInKey || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.trim())) {
      throw new Error(
        'the master key must be 32 random bytes in base64 (make one with `openssl rand -base64 32`)',
      );
    }
    return new MasterKey(new Secret(key));
  }

  /** The key of one purpose, 32 bytes (HKDF with SHA-256, RFC 5869). */
  derive(purpose: KeyPurpose): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key.reveal(), '', `daypass/${purpose}/v1`, bytesInKey));
  }

  /** A short public name of the key of a purpose: tells which key made a MAC, and nothing about the key. */
  keyId(purpose: KeyPurpose): string {
    return createHash('sha256')
      .update('daypass/key-id')
      .update(this.derive(purpose))
      .digest('base64url')
      .slice(0, 12);
  }

  /** Encrypts with AES-256-GCM. `context` (a row's id, say) must be the same to decrypt: a value moved elsewhere does not open. */
  seal(purpose: KeyPurpose, context: string, plain: Uint8Array): Buffer {
    const iv = randomBytes(bytesInIv);
    const cipher = createCipheriv('aes-256-gcm', this.derive(purpose), iv);
    cipher.setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  }

  /** Decrypts what `seal` made. Throws when it was changed, or belongs to another key, purpose or context. */
  open(purpose: KeyPurpose, context: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv('aes-256-gcm', this.derive(purpose), bytes.subarray(0, bytesInIv), {
      authTagLength: bytesInTag,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(bytesInIv, bytesInIv + bytesInTag));
    return Buffer.concat([decipher.update(bytes.subarray(bytesInIv + bytesInTag)), decipher.final()]);
  }
}
