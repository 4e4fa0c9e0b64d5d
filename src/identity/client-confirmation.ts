import { and, eq, sql } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { signInAttempts } from '../db/schema.ts';
import type { MasterKey } from '../keys/master-key.ts';
import { hashToken, newToken } from '../keys/token.ts';
import type { SignInPurpose } from './attempt.ts';
import type { Assurance } from './caller.ts';
import type { PersonClaims } from './person-claims.ts';

export type ClientPurpose = Extract<SignInPurpose, { client: 'cli' }>;

/** A person proven to the identity provider who has not said yet that a command-line client may have it. */
export interface Confirmation {
  readonly purpose: ClientPurpose;
  readonly person: PersonClaims;
  readonly assurance: Assurance;
}

/** How long a person may take to press the button, in seconds. */
export const confirmSeconds = 300;

/**
 * Remembers what is to be confirmed, bound to the browser that holds `browserToken`. It stands beside the attempts, with the
 * person sealed. Returns the token of the form, which counts once.
 */
export async function saveConfirmation(
  queries: Queries,
  masterKey: MasterKey,
  now: Date,
  { browserToken, purpose, person, assurance }: Confirmation & { readonly browserToken: string },
): Promise<string> {
  const token = newToken('dpq');
  const stateHash = hashToken(token);
  const proven = JSON.stringify({
    person,
    level: assurance.level,
    authenticatedAt: assurance.authenticatedAt.toISOString(),
  });
  await queries.insert(signInAttempts).values({
    stateHash,
    browserHash: hashToken(browserToken),
    nonce: '',
    codeVerifier: masterKey.seal('sign-in', contextOf(stateHash), Buffer.from(proven)),
    purpose: { ...purpose, confirm: true },
    expiresAt: new Date(now.getTime() + confirmSeconds * 1000),
  });
  return token;
}

/** Takes what a form's token stands for, if this browser was shown that form: it is gone afterwards. Null otherwise. */
export async function takeConfirmation(
  queries: Queries,
  masterKey: MasterKey,
  now: Date,
  answer: { readonly token: string; readonly browserToken: string },
): Promise<Confirmation | null> {
  const stateHash = hashToken(answer.token);
  const rows = await queries
    .delete(signInAttempts)
    .where(
      and(
        eq(signInAttempts.stateHash, stateHash),
        eq(signInAttempts.browserHash, hashToken(answer.browserToken)),
        isConfirmation,
      ),
    )
    .returning();
  const row = rows[0];
  if (row === undefined || row.expiresAt <= now) return null;
  const opened = masterKey.open('sign-in', contextOf(stateHash), row.codeVerifier).toString();
  const { person, level, authenticatedAt } = JSON.parse(opened) as {
    person: PersonClaims;
    level: Assurance['level'];
    authenticatedAt: string;
  };
  const { redirectUri, codeChallenge, state } = row.purpose as ClientPurpose;
  return {
    purpose: { client: 'cli', redirectUri, codeChallenge, state },
    person,
    assurance: { level, authenticatedAt: new Date(authenticatedAt) },
  };
}

/** Tells what waits for a button from what waits for the identity provider: neither may be taken for the other. */
export const isConfirmation = sql`${signInAttempts.purpose} ? 'confirm'`;

// Apart from that of an attempt, whose sealed value lies in the same column.
function contextOf(stateHash: Buffer): string {
  return `confirm ${stateHash.toString('hex')}`;
}
