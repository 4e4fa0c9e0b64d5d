import { and, desc, eq, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';
import { newId } from '../db/ids.ts';
import { grants, people, requests, sessions, signIns } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import { activateRole } from './activation.ts';
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
  const [locked, live, recent, catalogVersion] = await Promise.all([
    lockGrant(work.queries, grantId),
    readSignIn(work, caller),
    readRecent(work, grantId),
    readCatalogVersion(work, grantId),
  ]);
  if (locked === null) throw new Error('a grant disappeared; rows are never deleted');
  requireLiveSignIn(live, work.now);
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
  limitRate(recent, work.now);

  const sessionId = newId('ses', work.now);
  const admitted: Admitted = {
    sessionId,
    grant,
    entitlement,
    roleArn: target.roleArn,
    clipped,
    catalogVersion,
    askedAt: work.now,
    lastPossibleUse: lastPossibleUse(work.now, clipped.durationSeconds, grant.endsAt),
  };
  await writeAttempt(work, caller, admitted);
  return admitted;
}

async function writeAttempt(work: Work, caller: Caller, admitted: Admitted): Promise<void> {
  const { sessionId, grant, clipped } = admitted;
  work.write(
    work.queries.insert(sessions).values({
      id: sessionId,
      grantId: grant.id,
      signInId: caller.signInId,
      state: 'issuing',
      roleSessionName: roleSessionName(sessionId),
      durationSeconds: clipped.durationSeconds,
      lastPossibleUse: admitted.lastPossibleUse,
      createdAt: work.now,
    }),
  );
  work.audit(
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
  return activateRole(work, grant);
}

// Read with the lock, in one go, and judged afterwards: what time it is may be asked only once the lock is held.

interface LiveSignIn {
  readonly expiresAt: Date;
}

/** The caller's sign-in, unless it was revoked or its person is gone. */
async function readSignIn(work: Work, caller: Caller): Promise<LiveSignIn | undefined> {
  const [live] = await work.queries
    .select({ expiresAt: signIns.expiresAt })
    .from(signIns)
    .innerJoin(people, eq(people.id, signIns.personId))
    .where(
      and(
        eq(signIns.id, caller.signInId),
        eq(signIns.personId, caller.personId),
        isNull(signIns.revokedAt),
        isNull(people.deactivatedAt),
      ),
    );
  return live;
}

function requireLiveSignIn(live: LiveSignIn | undefined, now: Date): void {
  if (live === undefined || live.expiresAt <= now) {
    throw new Refusal('unauthenticated', 'Your sign-in has ended. Sign in again.');
  }
}

/** When the session was made that is the last one within the limit; null when there are fewer. */
async function readRecent(work: Work, grantId: string): Promise<Date | null> {
  const [oldest] = await work.queries
    .select({ createdAt: sessions.createdAt })
    .from(sessions)
    .where(eq(sessions.grantId, grantId))
    .orderBy(desc(sessions.id))
    .limit(1)
    .offset(sessionsPerMinute - 1);
  return oldest?.createdAt ?? null;
}

function limitRate(recent: Date | null, now: Date): void {
  if (recent !== null && recent.getTime() > now.getTime() - 60_000) {
    throw new Refusal(
      'rate_limited',
      `At most ${sessionsPerMinute} sessions a minute are issued under one grant. Keep credentials until they expire.`,
      { retryAfterSeconds: 60 },
    );
  }
}

async function readCatalogVersion(work: Work, grantId: string): Promise<string> {
  const [request] = await work.queries
    .select({ catalogVersion: requests.catalogVersion })
    .from(requests)
    .innerJoin(grants, eq(grants.requestId, requests.id))
    .where(eq(grants.id, grantId));
  return request?.catalogVersion ?? '';
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
