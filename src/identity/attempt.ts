import { and, eq, not } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { signInAttempts } from '../db/schema.ts';
import type { MasterKey } from '../keys/master-key.ts';
import { hashToken } from '../keys/token.ts';
import { isConfirmation } from './client-confirmation.ts';
import type { StartedSignIn } from './oidc.ts';

/** What a sign-in is for: a session of pages with one to come back to, or a command-line client with a PKCE of its own. */
export type SignInPurpose =
  | { readonly client: 'browser'; readonly returnTo: string }
  | {
      readonly client: 'cli';
      readonly redirectUri: string;
      readonly codeChallenge: string;
      /** The client's own state, handed back as it came; null when it gave none. */
      readonly state: string | null;
    };

/** A sign-in whose answer is awaited. */
export interface Attempt {
  readonly nonce: string;
  readonly codeVerifier: string;
  readonly purpose: SignInPurpose;
}

/** How long a person may take at the identity provider, in seconds. */
export const attemptSeconds = 600;

/** Remembers a sign-in that was sent to the provider: bound to the browser that holds `browserToken`, for ten minutes. */
export async function saveAttempt(
  queries: Queries,
  masterKey: MasterKey,
  now: Date,
  attempt: { started: StartedSignIn; browserToken: string; purpose: SignInPurpose },
): Promise<void> {
  const { state, nonce, codeVerifier } = attempt.started;
  const stateHash = hashToken(state);
  await queries.insert(signInAttempts).values({
    stateHash,
    browserHash: hashToken(attempt.browserToken),
    nonce,
    codeVerifier: masterKey.seal('sign-in', stateHash.toString('hex'), Buffer.from(codeVerifier)),
    purpose: attempt.purpose,
    expiresAt: new Date(now.getTime() + attemptSeconds * 1000),
  });
}

/**
 * Takes the attempt that `state` names, if this browser started it: it is gone afterwards, so an answer counts once. Null
 * when there is none, it is too old, or another browser's (whose attempt stays).
 */
export async function takeAttempt(
  queries: Queries,
  masterKey: MasterKey,
  now: Date,
  answer: { state: string; browserToken: string },
): Promise<Attempt | null> {
  const stateHash = hashToken(answer.state);
  const rows = await queries
    .delete(signInAttempts)
    .where(
      and(
        eq(signInAttempts.stateHash, stateHash),
        eq(signInAttempts.browserHash, hashToken(answer.browserToken)),
        not(isConfirmation),
      ),
    )
    .returning();
  const row = rows[0];
  if (row === undefined || row.expiresAt <= now) return null;
  return {
    nonce: row.nonce,
    codeVerifier: masterKey.open('sign-in', stateHash.toString('hex'), row.codeVerifier).toString(),
    purpose: row.purpose as SignInPurpose,
  };
}
