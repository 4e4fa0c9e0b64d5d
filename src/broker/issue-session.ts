import { eq } from '../db/drizzle.ts';
import type { AssumeRoleReply } from '../aws/assume-role.ts';
import { sessions } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { Secret } from '../keys/secret.ts';
import { Refusal } from '../refusal.ts';
import { assumedRoleArn } from './assumed-role.ts';
import { cutOff, type Limit } from './clip.ts';
import type { BrokerDeps } from './deps.ts';
import { grantEvent, lockGrant } from './grant-row.ts';
import { type Admitted, admit } from './issue-admission.ts';
import { notActive } from './issue-conditions.ts';
import { judgeReply, type Verdict } from './issue-verdict.ts';
import { type Exposure, residualExposure } from './residual.ts';
import { sessionPolicy } from './session-policy.ts';
import { roleSessionName, sessionNames } from './session-tags.ts';

/** Credentials as they are handed out, once. `expiration` is what STS said, RFC 3339 in UTC. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: string;
}

export interface IssuedSession {
  readonly sessionId: string;
  readonly grantId: string;
  readonly credentials: Secret<SessionCredentials>;
  /** When access ends: the expiration, or where it comes first the end of the grant or of its hours. RFC 3339 in UTC. */
  readonly endsAt: string;
  readonly limits: readonly Limit[];
  /** The longest that something of this session can still be used after the grant's end, where that is bounded. */
  readonly residualExposureSeconds: number;
  readonly residualExposures: readonly Exposure[];
}

/**
 * Issues one session under a grant. The attempt is committed before STS is called, the outcome before the caller sees it.
 * Throws Refusal: not_found (only the owner sees it here), not_possible (a permission set), not_active, outside_hours,
 * insufficient_assurance, unauthenticated, rate_limited, aws_refused, aws_unavailable, aws_wrong_identity, audit_unavailable.
 */
export async function issueSession(
  deps: BrokerDeps,
  caller: Caller,
  { grantId }: { readonly grantId: string },
): Promise<IssuedSession> {
  const admitted = await deps.transact(caller.context, (work) => admit(deps, work, caller, grantId));
  if (admitted instanceof Refusal) throw admitted;
  const reply = await askSts(deps, caller, admitted);
  const meant = {
    assumedArn: meantArn(admitted),
    roleArn: admitted.roleArn,
    durationSeconds: admitted.clipped.durationSeconds,
    askedAt: admitted.askedAt,
  };
  const verdict = judgeReply(reply, meant);
  await recordOutcome(deps, caller, admitted, verdict);
  if (reply.kind === 'fault') throw new Error('a fault is always refused');
  return handOut(admitted, reply);
}

async function askSts(deps: BrokerDeps, caller: Caller, admitted: Admitted): Promise<AssumeRoleReply> {
  const { entitlement, grant, sessionId } = admitted;
  const { allowOnward, allowIamWrite, conditions, choice, target } = entitlement;
  const names = sessionNames({
    sessionId,
    grantId: grant.id,
    personId: grant.personId,
    entitlement: entitlement.id,
    assurance: caller.assurance.level,
    allowOnward,
  });
  return deps.targets.role.assumeRole({
    ...names,
    roleArn: admitted.roleArn,
    durationSeconds: admitted.clipped.durationSeconds,
    policy: sessionPolicy({
      accessEndsAt: admitted.accessEndsAt,
      allowOnward,
      allowIamWrite,
      conditions,
      allow: choice?.allow,
      own: deps.ownNames,
    }),
    externalId: target.kind === 'role' ? target.externalId : null,
  });
}

function meantArn(admitted: Admitted): string {
  const { sessionId, roleArn, entitlement } = admitted;
  const arn = assumedRoleArn(roleArn, entitlement.target.accountId, roleSessionName(sessionId));
  if (arn === null) throw new Error('a role outside of its account');
  return arn;
}

/** The transaction after AWS was called. Throws the refusal when there is nothing to hand out; the record stands either way. */
async function recordOutcome(
  deps: BrokerDeps,
  caller: Caller,
  admitted: Admitted,
  verdict: Verdict,
): Promise<void> {
  const { sessionId, catalogVersion } = admitted;
  const refusal = await deps.transact(caller.context, async (work): Promise<Refusal | null> => {
    const [grant, [session]] = await Promise.all([
      lockGrant(work.queries, admitted.grant.id),
      work.queries.select().from(sessions).where(eq(sessions.id, sessionId)).for('update'),
    ]);
    if (grant === null || session === undefined) throw new Error('rows disappeared; they are never deleted');
    const usable = verdict.refusal === null && grant.state === 'active' && work.now < admitted.accessEndsAt;
    // Settled as unknown while AWS took its time: that stands, and the key is put on record beside it.
    const late = session.state !== 'issuing';
    const kind = late ? 'session.unknown' : (`session.${verdict.state}` as const);
    const lastUse = lastUseAfter(admitted, verdict);
    if (!late) {
      work.write(
        work.queries
          .update(sessions)
          .set({
            state: verdict.state,
            settledAt: work.now,
            failure: verdict.failure,
            accessKeyId: verdict.accessKeyId,
            expiration: verdict.expiration,
            lastPossibleUse: lastUse,
          })
          .where(eq(sessions.id, sessionId)),
      );
    }
    const outcome = kind === 'session.issued' ? 'success' : kind === 'session.failed' ? 'failure' : 'unknown';
    work.audit(
      grantEvent(grant, kind, outcome, {
        session: sessionId,
        catalogVersion,
        ...(verdict.accessKeyId === null ? {} : { accessKeyId: verdict.accessKeyId }),
        details: {
          handedOut: usable && !late,
          ...(verdict.failure === null ? {} : { reason: verdict.failure }),
          ...(verdict.expiration === null ? {} : { expiration: verdict.expiration.toISOString() }),
          lastPossibleUse: lastUse.toISOString(),
        },
      }),
    );
    if (verdict.refusal !== null) return verdict.refusal;
    if (late) {
      return new Refusal(
        'aws_unavailable',
        'AWS took too long, so no credentials were handed out. Try again.',
      );
    }
    return usable ? null : notActive(grant, work.now);
  });
  if (refusal !== null) throw refusal;
}

function lastUseAfter(admitted: Admitted, verdict: Verdict): Date {
  if (verdict.nothingIssued) return admitted.askedAt;
  // An expiration later than reckoned counts, up to the end of access, from which the session policy denies all.
  const latest = Math.max(admitted.lastPossibleUse.getTime(), verdict.expiration?.getTime() ?? 0);
  return new Date(Math.min(latest, admitted.accessEndsAt.getTime()));
}

function handOut(admitted: Admitted, reply: Extract<AssumeRoleReply, { kind: 'issued' }>): IssuedSession {
  const { grant, entitlement, sessionId, clipped } = admitted;
  const { accessKeyId, secretAccessKey, sessionToken } = reply.credentials.reveal();
  const ends = Math.min(reply.expiration.getTime(), cutOff(admitted.accessEndsAt).getTime());
  const residual = residualExposure({
    grantEndsAt: grant.endsAt,
    expiration: reply.expiration,
    allowOnward: entitlement.allowOnward,
    allowIamWrite: entitlement.allowIamWrite,
  });
  return {
    sessionId,
    grantId: grant.id,
    credentials: new Secret({
      accessKeyId,
      secretAccessKey,
      sessionToken,
      expiration: reply.expiration.toISOString(),
    }),
    endsAt: new Date(ends).toISOString(),
    limits: clipped.limits,
    residualExposureSeconds: residual.seconds,
    residualExposures: residual.exposures,
  };
}
