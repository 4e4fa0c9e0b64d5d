import { eq } from '../db/drizzle.ts';
import { systemContext } from '../audit/event.ts';
import { sessions } from '../db/schema.ts';
import type { BrokerDeps, RunOptions } from './deps.ts';
import { grantEvent, readGrant } from './grant-row.ts';

/** An answer of STS comes within this or never, in seconds. */
export const settleAfterSeconds = 60;

/**
 * Job: a session whose issuing was never finished (the process died, or Postgres was gone when AWS answered) becomes
 * unknown: credentials may exist, nobody was given them, and the grant's end waits for their last possible use.
 */
export async function settleSession(
  deps: BrokerDeps,
  { sessionId }: { readonly sessionId: string },
  run: RunOptions = {},
): Promise<void> {
  await deps.transact(systemContext, async (work) => {
    const [session] = await work.queries
      .select()
      .from(sessions)
      .where(eq(sessions.id, sessionId))
      .for('update', run.bySweep === true ? { skipLocked: true } : {});
    if (session?.state !== 'issuing') return;
    const due = new Date(session.createdAt.getTime() + settleAfterSeconds * 1000);
    if (work.now < due) {
      if (run.bySweep !== true) await work.enqueue('session.settle', { sessionId }, { at: due });
      return;
    }
    const grant = await readGrant(work.queries, session.grantId);
    if (grant === null) throw new Error('a session without its grant');
    const failure = 'no outcome was recorded';
    await work.queries
      .update(sessions)
      .set({ state: 'unknown', settledAt: work.now, failure })
      .where(eq(sessions.id, sessionId));
    work.audit(
      grantEvent(grant, 'session.unknown', 'unknown', {
        session: sessionId,
        details: { reason: failure, lastPossibleUse: session.lastPossibleUse.toISOString() },
      }),
    );
  });
}
