import { eq } from '../db/drizzle.ts';
import { systemContext } from '../audit/event.ts';
import { sessions } from '../db/schema.ts';
import type { BrokerDeps } from './deps.ts';
import { grantEvent, readGrant } from './grant-row.ts';

/** An answer of STS comes within this or never, in seconds. */
export const settleAfterSeconds = 60;

/**
 * A session whose issuing was never finished (the process died, or Postgres was gone when AWS answered) becomes
 * unknown: credentials may exist, nobody was given them, and the grant's end waits for their last possible use.
 * Leaves alone what another replica is working on.
 */
export async function settleSession(
  deps: BrokerDeps,
  { sessionId }: { readonly sessionId: string },
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const [session] = await work.queries
      .select()
      .from(sessions)
      .where(eq(sessions.id, sessionId))
      .for('update', { skipLocked: true });
    if (session?.state !== 'issuing') return;
    const due = new Date(session.createdAt.getTime() + settleAfterSeconds * 1000);
    if (work.now < due) return;
    const grant = await readGrant(work.queries, session.grantId);
    if (grant === null) throw new Error('a session without its grant');
    const failure = 'no outcome was recorded';
    work.write(
      work.queries
        .update(sessions)
        .set({ state: 'unknown', settledAt: work.now, failure })
        .where(eq(sessions.id, sessionId)),
    );
    work.audit(
      grantEvent(grant, 'session.unknown', 'unknown', {
        session: sessionId,
        details: { reason: failure, lastPossibleUse: session.lastPossibleUse.toISOString() },
      }),
    );
  });
}
