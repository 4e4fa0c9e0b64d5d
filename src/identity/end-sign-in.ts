import { and, eq, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { signIns } from '../db/schema.ts';
import { hashToken } from '../keys/token.ts';
import type { Caller } from './caller.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { strangerContext } from './stranger.ts';

/** Signs the caller out: their token is worth nothing from this commit on. Doing it twice changes nothing. */
export async function endSignIn(deps: Pick<IdentityDeps, 'transact'>, caller: Caller): Promise<void> {
  await deps.transact(caller.context, (work) => end(work, caller.signInId));
}

/**
 * Ends the sign-in of an access token (RFC 7009). An unknown token is no error: there is nothing left to do about it. Only
 * tokens of command-line clients; a browser signs out with its form.
 */
export async function revokeToken(
  deps: Pick<IdentityDeps, 'db' | 'transact'>,
  token: string,
  meta: CallMeta,
): Promise<void> {
  const rows = await deps.db
    .select({ id: signIns.id, personId: signIns.personId })
    .from(signIns)
    .where(
      and(eq(signIns.tokenHash, hashToken(token)), eq(signIns.client, 'cli'), isNull(signIns.revokedAt)),
    );
  const row = rows[0];
  if (row === undefined) return;
  const context = { ...strangerContext(meta), actor: { type: 'person', id: row.personId } } as const;
  await deps.transact(context, (work) => end(work, row.id));
}

async function end(work: Work, signInId: string): Promise<void> {
  const ended = await work.queries
    .update(signIns)
    .set({ revokedAt: work.now })
    .where(and(eq(signIns.id, signInId), isNull(signIns.revokedAt)))
    .returning({ id: signIns.id });
  if (ended.length === 0) return;
  work.audit({
    kind: 'signin.ended',
    outcome: 'success',
    details: { signIn: signInId, because: 'signed_out' },
  });
}
