import { and, eq, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { newId } from '../db/ids.ts';
import { authorizationCodes, signIns } from '../db/schema.ts';
import { Secret } from '../keys/secret.ts';
import { hashToken, newToken } from '../keys/token.ts';
import type { SignInPurpose } from './attempt.ts';
import type { Assurance } from './caller.ts';
import type { IdentityDeps } from './deps.ts';
import { groupsRecord } from './groups-record.ts';

export interface NewSignIn {
  readonly personId: string;
  readonly purpose: SignInPurpose;
  readonly assurance: Assurance;
  /** The person's groups until now, and from now on. */
  readonly groups: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** The session token that this sign-in takes the place of in the same browser, or null. */
  readonly replaces: string | null;
}

/** How long an authorization code waits for its client, in seconds (RFC 6749 4.1.2 recommends at most 600). */
const codeSeconds = 60;

/** Writes a sign-in and its event; returns the browser's token, or the code that a command-line client exchanges for one. */
export async function writeSignIn(
  deps: Pick<IdentityDeps, 'tokenSeconds'>,
  work: Work,
  input: NewSignIn,
): Promise<Secret<string>> {
  const { purpose } = input;
  const id = newId('sgn', work.now);
  const expiresAt = new Date(work.now.getTime() + deps.tokenSeconds * 1000);
  const secret = newToken(purpose.client === 'browser' ? 'dpb' : 'dpc');
  const { level, authenticatedAt } = input.assurance;
  await work.queries.insert(signIns).values({
    id,
    personId: input.personId,
    client: purpose.client,
    // A command-line client gets its token when it brings the code: until then nothing can act as this sign-in.
    tokenHash: purpose.client === 'browser' ? hashToken(secret) : null,
    assuranceLevel: level,
    authenticatedAt,
    createdAt: work.now,
    expiresAt,
  });
  work.audit({
    kind: 'signin.succeeded',
    outcome: 'success',
    details: {
      signIn: id,
      client: purpose.client,
      level,
      authenticatedAt: authenticatedAt.toISOString(),
      ...groupsRecord(input.groups.before, input.groups.after),
    },
  });
  if (purpose.client === 'cli') {
    await work.queries.insert(authorizationCodes).values({
      codeHash: hashToken(secret),
      signInId: id,
      redirectUri: purpose.redirectUri,
      codeChallenge: purpose.codeChallenge,
      expiresAt: new Date(work.now.getTime() + codeSeconds * 1000),
    });
  } else if (input.replaces !== null) {
    await endReplaced(work, input.personId, input.replaces);
  }
  return new Secret(secret);
}

// The old token must not live on beside the new one (OWASP ASVS 7.2.4).
async function endReplaced(work: Work, personId: string, token: string): Promise<void> {
  const ended = await work.queries
    .update(signIns)
    .set({ revokedAt: work.now })
    .where(
      and(eq(signIns.tokenHash, hashToken(token)), eq(signIns.client, 'browser'), isNull(signIns.revokedAt)),
    )
    .returning({ id: signIns.id, personId: signIns.personId });
  for (const old of ended) {
    work.audit({
      kind: 'signin.ended',
      outcome: 'success',
      ...(old.personId === personId ? {} : { subject: old.personId }),
      details: { signIn: old.id, because: 'replaced' },
    });
  }
}
