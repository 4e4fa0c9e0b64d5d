import { and, count, eq, gt, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';
import { newId } from '../db/ids.ts';
import { people, requests, sessions, signIns } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { completeActivation, startActivating } from './activation.ts';
import { type Clipped, clip, cutOff, lastPossibleUse } from './clip.ts';
import { type GrantRow, grantEvent, lockGrant } from './grant-row.ts';
import { roleSessionName } from './session-tags.ts';
import { settleAfterSeconds } from './settle-session.ts';

const sessionsPerMinute = 30;

/** A session that was committed as issuing, and all that is needed to ask STS for it. */
export interface Admitted {
  readonly sessionId: string;
  readonly grant: GrantRow;
  readonly entitlement: Entitlement;
  readonly roleArn: string;
  readonly clipped: Clipped;
  readonly catalogVersion: string;
  readonly askedAt: Date;
  readonly lastPossibleUse: Date;
}

/**
 * The transaction before AWS is called: locks the grant, decides whether it may be used now, clips the session's lifetime,
 * and writes the attempt. A refusal is returned, not thrown, where something is to be committed with it.
 */
export async function admit(work: Work, caller: Caller, grantId: string): Promise<Admitted | Refusal> {
  const locked = await lockGrant(work.queries, grantId);
  if (locked === null) throw new Error('a grant disappeared; rows are never deleted');
  await requireLiveSignIn(work, caller);
  const grant = await activeNow(work, locked);
  if (grant === null) return notActive(locked, work.now);
  const entitlement = entitlementFromTerms(grant.terms);
  const { target } = entitlement;
  if (target.kind !== 'role') throw new Error('only roles have sessions');
  const clipped = clip({
    now: work.now,
    grantEndsAt: grant.endsAt,
    sessionSeconds: entitlement.sessionSeconds,
    roleMaxSeconds: target.maxSessionSeconds,
  });
  if (grant.state !== 'active' || clipped === null) return notActive(grant, work.now);
  await limitRate(work, grantId);

  const [request] = await work.queries
    .select({ catalogVersion: requests.catalogVersion })
    .from(requests)
    .where(eq(requests.id, grant.requestId));
  const sessionId = newId('ses', work.now);
  const admitted: Admitted = {
    sessionId,
    grant,
    entitlement,
    roleArn: target.roleArn,
    clipped,
    catalogVersion: request?.catalogVersion ?? '',
    askedAt: work.now,
    lastPossibleUse: lastPossibleUse(work.now, clipped.durationSeconds, grant.endsAt),
  };
  await writeAttempt(work, caller, admitted);
  return admitted;
}

async function writeAttempt(work: Work, caller: Caller, admitted: Admitted): Promise<void> {
  const { sessionId, grant, clipped } = admitted;
  await work.queries.insert(sessions).values({
    id: sessionId,
    grantId: grant.id,
    signInId: caller.signInId,
    state: 'issuing',
    roleSessionName: roleSessionName(sessionId),
    durationSeconds: clipped.durationSeconds,
    lastPossibleUse: admitted.lastPossibleUse,
    createdAt: work.now,
  });
  await work.audit(
    grantEvent(grant, 'session.issuing', 'success', {
      session: sessionId,
      catalogVersion: admitted.catalogVersion,
      details: {
        role: admitted.roleArn,
        signIn: caller.signInId,
        assurance: caller.assurance.level,
        durationSeconds: clipped.durationSeconds,
        deniedFrom: cutOff(grant.endsAt).toISOString(),
        lastPossibleUse: admitted.lastPossibleUse.toISOString(),
      },
    }),
  );
  const at = new Date(work.now.getTime() + settleAfterSeconds * 1000);
  await work.enqueue('session.settle', { sessionId }, { at });
}

/**
 * The grant, made active here when its time has come and the job has not got there yet: a role needs nothing of AWS for
 * that. Null before or after its time.
 */
async function activeNow(work: Work, grant: GrantRow): Promise<GrantRow | null> {
  if (work.now < grant.startsAt || work.now >= grant.endsAt) return null;
  const begun = grant.state === 'scheduled' ? await startActivating(work, grant) : grant;
  return begun.state === 'activating' ? completeActivation(work, begun, {}) : begun;
}

async function requireLiveSignIn(work: Work, caller: Caller): Promise<void> {
  const [live] = await work.queries
    .select({ id: signIns.id })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .where(
      and(
        eq(signIns.id, caller.signInId),
        eq(signIns.personId, caller.personId),
        gt(signIns.expiresAt, work.now),
        isNull(signIns.revokedAt),
        isNull(people.deactivatedAt),
      ),
    );
  if (live === undefined) throw new Refusal('unauthenticated', 'Your sign-in has ended. Sign in again.');
}

async function limitRate(work: Work, grantId: string): Promise<void> {
  const minuteAgo = new Date(work.now.getTime() - 60_000);
  const [recent] = await work.queries
    .select({ sessions: count() })
    .from(sessions)
    .where(and(eq(sessions.grantId, grantId), gt(sessions.createdAt, minuteAgo)));
  if ((recent?.sessions ?? 0) >= sessionsPerMinute) {
    throw new Refusal(
      'rate_limited',
      `At most ${sessionsPerMinute} sessions a minute are issued under one grant. Keep credentials until they expire.`,
      { retryAfterSeconds: 60 },
    );
  }
}

/** The refusal for a grant that cannot be used now. For its owner only: it tells the state. */
export function notActive(grant: GrantRow, now: Date): Refusal {
  const extra = {
    state: grant.state,
    startsAt: grant.startsAt.toISOString(),
    endsAt: grant.endsAt.toISOString(),
  };
  if (now >= grant.endsAt || grant.state === 'ending' || grant.state === 'ended') {
    return new Refusal('not_active', 'This grant has ended. Ask again.', extra);
  }
  if (grant.state === 'failed') {
    return new Refusal('not_active', `This grant never became active: ${grant.failure ?? 'unknown'}`, extra);
  }
  return now < grant.startsAt
    ? new Refusal('not_active', `This grant starts at ${extra.startsAt}.`, extra)
    : new Refusal('not_active', 'This grant is being activated. Try again in a moment.', extra);
}
