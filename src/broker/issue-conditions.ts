import { and, desc, eq, isNull } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { windowAt } from '../catalog/hours.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';
import { grants, people, requests, sessions, signIns } from '../db/schema.ts';
import { requireAssurance } from '../identity/assurance.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { GrantRow } from './grant-row.ts';

const sessionsPerMinute = 30;

/** What is known of a grant once it is locked, and of who wants to use it. */
export interface Conditions {
  readonly grant: GrantRow;
  readonly catalogVersion: string;
}

/**
 * Locks the caller's grant and sees whether credentials may be issued under it, as far as that does not depend on its being
 * active. All of it is read with the lock, in one go, and judged afterwards: what time it is may be asked only once the lock
 * is held. Throws Refusal: not_found, not_possible, not_active, outside_hours, insufficient_assurance, unauthenticated, rate_limited.
 */
export async function lockIssuable(work: Work, caller: Caller, grantId: string): Promise<Conditions> {
  const [grant, live, recent, renewed, catalogVersion] = await Promise.all([
    lockOwnGrant(work, caller, grantId),
    readSignIn(work, caller),
    readRecent(work, grantId),
    wasIssuedBefore(work, caller, grantId),
    readCatalogVersion(work, grantId),
  ]);
  if (grant === undefined) throw notFound('grant');
  requireIssuable(caller, grant, renewed, work.now);
  requireLiveSignIn(live, work.now);
  limitRate(recent, work.now);
  return { grant, catalogVersion };
}

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

/** The caller's grant, locked; of others' nothing is read, and nobody is held up. */
async function lockOwnGrant(work: Work, caller: Caller, grantId: string): Promise<GrantRow | undefined> {
  const [own] = await work.queries
    .select()
    .from(grants)
    .where(and(eq(grants.id, grantId), eq(grants.personId, caller.personId)))
    .for('update');
  return own;
}

/** Was a session issued before, under the same sign-in? */
async function wasIssuedBefore(work: Work, caller: Caller, grantId: string): Promise<boolean> {
  const [before] = await work.queries
    .select({ id: sessions.id })
    .from(sessions)
    .where(
      and(
        eq(sessions.grantId, grantId),
        eq(sessions.signInId, caller.signInId),
        eq(sessions.state, 'issued'),
      ),
    )
    .limit(1);
  return before !== undefined;
}

/** A first issue needs the entitlement's assurance; a renewal under the same sign-in needs only that this still lives. */
function requireIssuable(caller: Caller, grant: GrantRow, renewed: boolean, now: Date): void {
  const entitlement = entitlementFromTerms(grant.terms);
  if (entitlement.target.kind === 'permission-set') {
    throw new Refusal(
      'not_possible',
      'This grant is a permission set: sign in at the AWS access portal to use it.',
    );
  }
  // Nobody is asked to prove themselves for what is over.
  const over = grant.state === 'ending' || grant.state === 'ended' || grant.state === 'failed';
  if (over || now >= grant.endsAt) throw notActive(grant, now);
  hoursNow(entitlement, now);
  if (!renewed) requireAssurance(caller, entitlement.assurance.issue, now);
}

/**
 * When the hours end in which the entitlement may be used; null where it may be at any hour.
 * Throws Refusal outside_hours, which says when they begin.
 */
export function hoursNow(entitlement: Entitlement, now: Date): Date | null {
  const hours = entitlement.conditions?.hours;
  if (hours === undefined) return null;
  const window = windowAt(hours, now);
  if (window.open) return window.endsAt;
  const opensAt = window.opensAt.toISOString();
  throw new Refusal(
    'outside_hours',
    `${entitlement.id} may be used from ${hours.from} to ${hours.to} (${hours.days.join(', ')}, ${hours.zone}): next from ${opensAt.slice(0, 19)}Z.`,
    { rule: `${entitlement.id}#conditions.hours`, opensAt },
  );
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
