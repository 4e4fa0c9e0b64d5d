import { desc, eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { lastPossibleUse, roleChainingSeconds, stsMinimumSeconds } from '../broker/clip.ts';
import { grantEvent, type GrantRow } from '../broker/grant-row.ts';
import { roleSessionName } from '../broker/session-tags.ts';
import { targetKind } from '../broker/targets/target.ts';
import { newId } from '../db/ids.ts';
import { sessions, signIns } from '../db/schema.ts';

/**
 * A session may have been issued under a live grant after the copy was made, which is not in the copy; under one that the copy
 * has as not active yet, too, once its time has come. So the grant gets one of unknown outcome, as when an answer of STS is lost:
 * it is denied in AWS and waited out before the grant counts as ended. In the caller's transaction, before the ending begins.
 */
export async function recordUnseenSession(work: Work, row: GrantRow): Promise<void> {
  const mayHaveBeenActive =
    row.state === 'active' ||
    ((row.state === 'scheduled' || row.state === 'activating') && row.startsAt <= work.now);
  if (!mayHaveBeenActive || targetKind(row.terms) !== 'role' || work.now >= row.endsAt) return;
  const [signIn] = await work.queries
    .select({ id: signIns.id })
    .from(signIns)
    .where(eq(signIns.personId, row.personId))
    .orderBy(desc(signIns.id))
    .limit(1);
  // Nobody asks for anything without having signed in.
  if (signIn === undefined) return;
  const id = newId('ses', work.now);
  const durationSeconds = sessionSecondsOf(row.terms);
  const lastUse = lastPossibleUse(work.now, durationSeconds, row.endsAt);
  const failure = 'may have been issued after the copy of the database was made';
  work.write(
    work.queries.insert(sessions).values({
      id,
      grantId: row.id,
      signInId: signIn.id,
      state: 'unknown',
      roleSessionName: roleSessionName(id),
      durationSeconds,
      lastPossibleUse: lastUse,
      createdAt: work.now,
      settledAt: work.now,
      failure,
    }),
  );
  const details = { reason: failure, lastPossibleUse: lastUse.toISOString() };
  work.audit(grantEvent(row, 'session.unknown', 'unknown', { session: id, details }));
}

/** How long a session under these terms can last, in seconds. Reads no more of them, so that an ending never fails over the rest. */
function sessionSecondsOf(terms: unknown): number {
  const given =
    typeof terms === 'object' && terms !== null && 'sessionSeconds' in terms ? terms.sessionSeconds : null;
  if (typeof given !== 'number' || !Number.isInteger(given)) return roleChainingSeconds;
  return Math.min(roleChainingSeconds, Math.max(stsMinimumSeconds, given));
}
