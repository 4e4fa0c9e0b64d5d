import type { Session } from '../api.ts';
import type { AwsCredentials } from '../credentials/issue.ts';
import { credentialsFile } from '../settings/paths.ts';
import { readPrivateFile } from './private-file.ts';
import type { SignIn } from './sign-in-folder.ts';

/** Credentials as they are kept between runs. Times are RFC 3339. */
export interface Kept {
  readonly version: 1;
  readonly url: string;
  /** Name of the sign-in that they were fetched with. */
  readonly signIn: string;
  readonly entitlement: string;
  readonly grant: { readonly id: string; readonly endsAt: string };
  readonly session: Session;
  readonly credentials: AwsCredentials;
  /** The same as a `credential_process` prints them: the usual answer, ready made. */
  readonly line: string;
  /** When they were fetched, or looked after last. */
  readonly keptAt: string;
  /** From then on something longer is to be asked for. */
  readonly renewAt: string;
}

/** What is kept for an entitlement, however old; null where there is nothing, or nothing that can be trusted. */
export function readKept(signIn: SignIn, url: string, entitlement: string): Kept | null {
  const text = readPrivateFile(credentialsFile(signIn.folder, entitlement));
  if (typeof text !== 'string') return null;
  try {
    const kept: unknown = JSON.parse(text);
    return isKept(kept) && kept.url === url && kept.signIn === signIn.name && kept.entitlement === entitlement
      ? kept
      : null;
  } catch {
    return null;
  }
}

// A little before the end: what is handed out is used a moment later.
const leastMs = 5_000;

/** Whether they are handed out at `now` (milliseconds since the epoch) without asking the server. */
export function isFresh(kept: Kept, now: number): boolean {
  // A clock that was set back says nothing about what is left.
  return now >= Date.parse(kept.keptAt) - 60_000 && now < Date.parse(kept.renewAt) && isUsable(kept, now);
}

/** Whether they work at all at `now`. */
export function isUsable(kept: Kept, now: number): boolean {
  return now < Date.parse(kept.credentials.expiration) - leastMs;
}

function isKept(value: unknown): value is Kept {
  if (!isRecord(value) || !isRecord(value.grant) || !isRecord(value.credentials) || !isRecord(value.session))
    return false;
  const { accessKeyId, secretAccessKey, sessionToken, accountId, expiration } = value.credentials;
  return (
    value.version === 1 &&
    [accessKeyId, secretAccessKey, sessionToken, accountId].every(
      (text) => typeof text === 'string' && /^[\x21-\x7e]+$/.test(text),
    ) &&
    typeof value.grant.id === 'string' &&
    typeof value.line === 'string' &&
    [expiration, value.grant.endsAt, value.keptAt, value.renewAt].every(isTime)
  );
}

function isTime(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
