import { eq, gt, inArray, isNull, and, sql } from '../db/drizzle.ts';
import { settle } from '../approvals/decide.ts';
import { systemContext } from '../audit/event.ts';
import type { AuditKey } from '../audit/record.ts';
import type { Transact, Work } from '../audit/unit-of-work.ts';
import { beginEnding } from '../broker/begin-ending.ts';
import { newId } from '../db/ids.ts';
import {
  auditEvents,
  authorizationCodes,
  chatLinkCodes,
  chatLinks,
  closures,
  delegations,
  grants,
  requests,
  signInAttempts,
  signIns,
  totpFactors,
} from '../db/schema.ts';
import type { Reading } from './anchor.ts';
import { type ClosureReason, openClosure } from './closure-row.ts';
import { judge } from './judge.ts';
import { readStanding } from './standing.ts';
import { recordUnseenSession } from './unseen-sessions.ts';

// Shared by everything that leads to new access; see refuse_while_closed in migrations/0009_anchor.sql.
const closingLock = 4_221_775_119;

export interface Closing {
  readonly closure: string;
  readonly reason: ClosureReason;
}

/**
 * Closes the database, all of it in one commit: sign-ins revoked, live grants ending, pending requests cancelled, everything
 * that is good once or stands for somebody taken away, and the closure that keeps it so. What was compared is compared again
 * under the lock: of replicas that start together one closes. Null when there is no reason to close any more.
 */
export async function closeDatabase(
  deps: { readonly transact: Transact; readonly auditKey: AuditKey },
  reading: Exclude<Reading, { is: 'of-another-key' }>,
): Promise<Closing | null> {
  return deps.transact(systemContext, async (work) => {
    await work.queries.execute(sql`SELECT pg_advisory_xact_lock(${closingLock})`);
    const anchor = reading.is === 'read' ? reading.anchor : null;
    const standing = await readStanding(work.queries, deps.auditKey, anchor?.event ?? null);
    const verdict = judge(reading, standing);
    if (verdict.is !== 'close') return null;
    const { reason } = verdict;
    const [before, [newest]] = await Promise.all([
      openClosure(work.queries),
      work.queries
        .select({ id: auditEvents.id, time: auditEvents.time })
        .from(auditEvents)
        .orderBy(sql`${auditEvents.id} DESC`)
        .limit(1),
    ]);
    const undone = await undo(work);
    const id = newId('cls', work.now);
    if (before !== null) {
      work.write(
        work.queries
          .update(closures)
          .set({ openedAt: work.now, supersededBy: id })
          .where(eq(closures.id, before.id)),
      );
    }
    const row: typeof closures.$inferInsert = {
      id,
      closedAt: work.now,
      reason,
      anchorEvent: anchor?.event ?? null,
      anchorTime: anchor === null || anchor.time === null ? null : new Date(anchor.time),
      databaseEvent: newest?.id ?? null,
      databaseTime: newest === undefined ? null : new Date(newest.time),
    };
    work.write(work.queries.insert(closures).values(row));
    work.audit({
      kind: 'database.closed',
      outcome: 'success',
      details: {
        closure: id,
        reason,
        anchor: anchor === null ? null : { event: anchor.event, time: anchor.time },
        database: newest === undefined ? null : { event: newest.id },
        ...(before === null ? {} : { supersedes: before.id }),
        ...undone,
      },
    });
    return { closure: id, reason };
  });
}

/** Takes back what a restore may have brought back. Returns how much of each. */
async function undo(work: Work) {
  // Requests before grants, as when one is approved: who is approving right now is done before the grants are read.
  const cancelled = await cancelRequests(work);
  const ending = await endGrants(work);
  const taken = await endDelegations(work);
  const { queries, now } = work;
  const revoked = await queries
    .update(signIns)
    .set({ revokedAt: now })
    .where(and(isNull(signIns.revokedAt), gt(signIns.expiresAt, now)))
    .returning({ id: signIns.id });
  work.write(queries.delete(authorizationCodes));
  work.write(queries.delete(signInAttempts));
  work.write(queries.delete(chatLinkCodes));
  // A used code must not count again: neither this time step's nor the next one's, which a client's clock may show already.
  const step = Math.floor(now.getTime() / 1000 / 30) + 1;
  work.write(
    queries
      .update(totpFactors)
      .set({ lastUsedStep: sql`greatest(coalesce(${totpFactors.lastUsedStep}, 0), ${step})` }),
  );
  const unlinked = await unlinkChats(work);
  return {
    signInsRevoked: revoked.length,
    grantsEnding: ending,
    requestsCancelled: cancelled,
    chatAccountsUnlinked: unlinked,
    delegationsEnded: taken,
  };
}

/** Pending again can be what was denied or taken back since: nobody answers it a second time. */
async function cancelRequests(work: Work): Promise<number> {
  const pending = await work.queries
    .select()
    .from(requests)
    .where(eq(requests.state, 'pending'))
    .orderBy(requests.id)
    .for('update');
  for (const row of pending) settle(work, row, 'cancelled', { rule: 'closed-database-cancels' });
  return pending.length;
}

async function endGrants(work: Work): Promise<number> {
  const live = await work.queries
    .select()
    .from(grants)
    .where(inArray(grants.state, ['scheduled', 'activating', 'active']))
    .orderBy(grants.id)
    .for('update');
  for (const row of live) {
    await recordUnseenSession(work, row);
    await beginEnding(work, row, 'revoked');
  }
  return live.length;
}

/** A right that its owner took back since would be with somebody else again. */
async function endDelegations(work: Work): Promise<number> {
  const ended = await work.queries
    .update(delegations)
    .set({ endedAt: work.now })
    .where(and(isNull(delegations.endedAt), gt(delegations.endsAt, work.now)))
    .returning({ id: delegations.id, delegate: delegations.delegate, principal: delegations.principal });
  for (const { id, delegate, principal } of ended) {
    work.audit({
      kind: 'delegation.ended',
      outcome: 'success',
      subject: delegate,
      details: { delegation: id, principal },
    });
  }
  return ended.length;
}

/** A link that was ended since, for a lost account, would stand for its person again. */
async function unlinkChats(work: Work): Promise<number> {
  const removed = await work.queries.delete(chatLinks).returning();
  for (const { channel, workspace, externalId, personId } of removed) {
    work.audit({
      kind: 'chat.unlinked',
      outcome: 'success',
      subject: personId,
      details: { channel, workspace },
      personal: { externalId },
    });
  }
  return removed.length;
}
