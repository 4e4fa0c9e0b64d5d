import { and, eq, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { authorizationCodes, people, signIns } from '../db/schema.ts';
import { Secret } from '../keys/secret.ts';
import { hashToken, newToken } from '../keys/token.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { verifierHolds } from './pkce.ts';
import { countStrangerFailure, strangerContext } from './stranger.ts';

export interface ExchangeCode {
  readonly code: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
}

export interface IssuedToken {
  readonly token: Secret<string>;
  /** Whole seconds from now. */
  readonly expiresInSeconds: number;
}

/**
 * Exchanges an authorization code for the access token of its sign-in, once. Null when the code is unknown, too old, used, or
 * redirect address or PKCE verifier are not those it was issued for: `invalid_grant` (RFC 6749 5.2, RFC 7636 4.6).
 * A code that comes a second time was stolen at one end: the sign-in it made is ended (RFC 6749 4.1.2).
 */
export async function exchangeCode(
  deps: Pick<IdentityDeps, 'transact' | 'countStranger'>,
  input: ExchangeCode,
  meta: CallMeta,
): Promise<IssuedToken | null> {
  const issued = await deps.transact(strangerContext(meta), (work) => exchange(work, input));
  if (issued === null) countStrangerFailure(deps, 'oauth.invalid_grant', meta);
  return issued;
}

async function exchange(work: Work, input: ExchangeCode): Promise<IssuedToken | null> {
  const { queries, now } = work;
  const codeHash = hashToken(input.code);
  const codes = await queries
    .select()
    .from(authorizationCodes)
    .where(eq(authorizationCodes.codeHash, codeHash))
    .for('update');
  const code = codes[0];
  if (code === undefined) return null;
  if (code.usedAt !== null) {
    await endSignInOfReusedCode(work, code.signInId);
    return null;
  }
  const asIssued =
    code.expiresAt > now &&
    code.redirectUri === input.redirectUri &&
    verifierHolds(input.codeVerifier, code.codeChallenge);
  if (!asIssued) return null;
  const holders = await queries
    .select({ expiresAt: signIns.expiresAt })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .where(and(eq(signIns.id, code.signInId), isNull(signIns.revokedAt), isNull(people.deactivatedAt)))
    .for('update', { of: signIns });
  const holder = holders[0];
  if (holder === undefined) return null;
  const token = newToken('dpt');
  await queries
    .update(authorizationCodes)
    .set({ usedAt: now })
    .where(eq(authorizationCodes.codeHash, codeHash));
  await queries
    .update(signIns)
    .set({ tokenHash: hashToken(token) })
    .where(eq(signIns.id, code.signInId));
  const expiresInSeconds = Math.floor((holder.expiresAt.getTime() - now.getTime()) / 1000);
  return { token: new Secret(token), expiresInSeconds };
}

async function endSignInOfReusedCode(work: Work, signInId: string): Promise<void> {
  const ended = await work.queries
    .update(signIns)
    .set({ revokedAt: work.now })
    .where(and(eq(signIns.id, signInId), isNull(signIns.revokedAt)))
    .returning({ personId: signIns.personId });
  for (const { personId } of ended) {
    work.audit({
      kind: 'signin.ended',
      outcome: 'success',
      subject: personId,
      details: { signIn: signInId, because: 'code_reused' },
    });
  }
}
