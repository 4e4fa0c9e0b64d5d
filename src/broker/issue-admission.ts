import type { Work } from '../audit/unit-of-work.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import type { Entitlement } from '../catalog/types.ts';
import { newId } from '../db/ids.ts';
import { sessions } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import type { Refusal } from '../refusal.ts';
import { activateRole } from './activation.ts';
import { accessEnd, type Clipped, clip, cutOff, lastPossibleUse } from './clip.ts';
import type { BrokerDeps } from './deps.ts';
import { type GrantRow, grantEvent } from './grant-row.ts';
import { hoursNow, lockIssuable, notActive } from './issue-conditions.ts';
import { roleSessionName } from './session-tags.ts';

/** A session that was committed as issuing, and all that is needed to ask STS for it. */
export interface Admitted {
  readonly sessionId: string;
  readonly grant: GrantRow;
  readonly entitlement: Entitlement;
  readonly roleArn: string;
  readonly clipped: Clipped;
  /** The end of the grant, or of the hours in which it may be used: from then on the session policy denies all. */
  readonly accessEndsAt: Date;
  readonly catalogVersion: string;
  readonly askedAt: Date;
  readonly lastPossibleUse: Date;
}

/**
 * The transaction before AWS is called: locks the grant, decides whether it may be used now, clips the session's lifetime,
 * and writes the attempt. A refusal is returned, not thrown, where something is to be committed with it.
 */
export async function admit(
  deps: Pick<BrokerDeps, 'objectionTo'>,
  work: Work,
  caller: Caller,
  grantId: string,
): Promise<Admitted | Refusal> {
  const { grant: locked, catalogVersion } = await lockIssuable(work, caller, grantId);
  const grant = await activeNow(deps, work, locked);
  if (grant === null) return notActive(locked, work.now);
  const entitlement = entitlementFromTerms(grant.terms);
  const { target } = entitlement;
  if (target.kind !== 'role') throw new Error('only roles have sessions');
  const hoursEndAt = hoursNow(entitlement, work.now);
  const accessEndsAt = accessEnd(grant.endsAt, hoursEndAt);
  const clipped = clip({
    now: work.now,
    grantEndsAt: grant.endsAt,
    hoursEndAt,
    sessionSeconds: entitlement.sessionSeconds,
    roleMaxSeconds: target.maxSessionSeconds,
  });
  if (grant.state !== 'active' || clipped === null) return notActive(grant, work.now);
  const sessionId = newId('ses', work.now);
  const admitted: Admitted = {
    sessionId,
    grant,
    entitlement,
    roleArn: target.roleArn,
    clipped,
    accessEndsAt,
    catalogVersion,
    askedAt: work.now,
    lastPossibleUse: lastPossibleUse(work.now, clipped.durationSeconds, accessEndsAt),
  };
  writeAttempt(work, caller, admitted);
  return admitted;
}

function writeAttempt(work: Work, caller: Caller, admitted: Admitted): void {
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
        ...(admitted.entitlement.choice === undefined ? {} : { choice: admitted.entitlement.choice.name }),
        deniedFrom: cutOff(admitted.accessEndsAt).toISOString(),
        lastPossibleUse: admitted.lastPossibleUse.toISOString(),
      },
    }),
  );
}

/**
 * The grant, made active here when its time has come and the job has not got there yet: a role needs nothing of AWS for
 * that. Null before or after its time.
 */
async function activeNow(
  deps: Pick<BrokerDeps, 'objectionTo'>,
  work: Work,
  grant: GrantRow,
): Promise<GrantRow | null> {
  if (work.now < grant.startsAt || work.now >= grant.endsAt) return null;
  return activateRole(deps, work, grant);
}
