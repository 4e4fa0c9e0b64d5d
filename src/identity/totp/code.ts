import { generateURI, ScureBase32Plugin, verifySync } from 'otplib';

// RFC 6238 with what every authenticator app knows: SHA-1, six digits, steps of 30 seconds.
const form = { algorithm: 'sha1', digits: 6, period: 30 } as const;
const windowSeconds = 30;

/** Bytes of a seed: the length of the hash (RFC 4226, section 4, R6). */
export const seedBytes = 20;

const base32 = new ScureBase32Plugin();

/** What an app is set up with. Both parts are secret. */
export interface Enrolment {
  /** `otpauth://totp/…`, for a QR code. */
  readonly otpauthUri: string;
  /** The seed in base32, for typing in. */
  readonly secret: string;
}

/** The enrolment of a seed; `label` is what the app shows beside "Daypass". */
export function enrolmentOf(seed: Uint8Array, label: string): Enrolment {
  const secret = base32.encode(seed, { padding: false });
  return { secret, otpauthUri: generateURI({ issuer: 'Daypass', label, secret, ...form }) };
}

/** Whether `code` can be a one-time code: six digits. */
export function isCode(code: string): boolean {
  return /^\d{6}$/.test(code);
}

/** The time step whose code this is, one step either side of `now`; null when it is none of theirs. */
export function matchingStep(seed: Uint8Array, code: string, now: Date): number | null {
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ ...form, secret: seed, token: code, epoch, epochTolerance: windowSeconds });
  return result.valid && 'timeStep' in result ? result.timeStep : null;
}
